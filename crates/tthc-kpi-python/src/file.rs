//! Reading the text of a small file of ours: a plan, a scheme, a table of counts.

use std::path::Path;

use crate::error::Raise;

/// What messages call a file: its name, never its folders.
pub fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The name and the text of a file; `class` is raised where there is one that cannot be read.
pub fn text_of(path: &Path, class: &'static str) -> Result<(String, String), Raise> {
    let name = name_of(path);
    match std::fs::read_to_string(path) {
        Ok(text) => Ok((name, text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let told = format!("không có tệp {name} [no such file]");
            Err(Raise::new("MissingFileError", "missing_file", told)
                .in_english(format!("no such file: {name}")))
        }
        Err(error) => {
            let kind = error.kind();
            let told = format!("không đọc được {name}: cần tệp chữ UTF-8 [cannot be read: {kind}]");
            let english = format!("{name} cannot be read: expected a UTF-8 text file ({kind})");
            Err(Raise::new(class, "unreadable_file", told).in_english(english))
        }
    }
}
