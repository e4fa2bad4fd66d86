//! The cells of a sheet that are merged over rows. They are written below all its cells, so the part of the
//! sheet is unpacked once before it is read; it is not parsed, which costs far more.

use std::fs::File;
use std::io::{BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use memchr::memmem;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::Workbook;

/// Row, column and last row of a cell merged over rows, from 0.
pub(in super::super) type Merge = (u32, u32, u32);

/// Bytes of a sheet that are looked through, and of its list of merged cells.
const MAX_SHEET: u64 = 4 << 30;
const MAX_LIST: usize = 64 << 20;

/// The cells of a sheet merged over rows, in order. None where the file is not laid out as new workbooks are.
pub(super) fn scan(path: &Path, sheet: &str) -> Option<Vec<Merge>> {
    let mut input = BufReader::new(File::open(path).ok()?);
    let mut start = [0; 2];
    input.read_exact(&mut start).ok()?;
    if start != *b"PK" {
        return None;
    }
    let mut archive = ZipArchive::new(input).ok()?;
    let part = part(&mut archive, sheet)?;
    let list = list(archive.by_name(&part).ok()?.take(MAX_SHEET))?;
    let mut merges = Vec::new();
    let mut rest = list.as_slice();
    while let Some(at) = memmem::find(rest, b"ref=") {
        rest = rest.get(at + 4..)?;
        let area = rest.get(1..)?;
        let quote = *rest.first()?;
        let area = area.get(..memchr::memchr(quote, area)?)?;
        merges.extend(of_area(area));
    }
    merges.sort_unstable();
    Some(merges)
}

/// What `calamine` knows of them.
pub(super) fn asked(workbook: &mut Workbook, sheet: &str) -> Vec<Merge> {
    let found = match workbook {
        Workbook::New(workbook) => {
            let read = || workbook.merge_cells_by_sheet_name(sheet);
            catch_unwind(AssertUnwindSafe(read)).ok().and_then(Result::ok)
        }
        Workbook::Old(workbook) => workbook.merge_cells_by_sheet_name(sheet).ok(),
        Workbook::OpenDocument(_) => None,
    };
    let areas = found.unwrap_or_default().into_iter();
    let mut merges: Vec<Merge> = areas
        .map(|area| (area.start.0, area.start.1, area.end.0))
        .filter(|(top, _, end)| top < end)
        .collect();
    merges.sort_unstable();
    merges
}

type Archive = ZipArchive<BufReader<File>>;

/// The name of the part that a sheet is.
fn part(archive: &mut Archive, sheet: &str) -> Option<String> {
    let id = find(archive, "xl/workbook.xml", |tag| {
        let is_it = tag.local_name().as_ref() == "sheet" && attribute(tag, "name")? == sheet;
        is_it.then(|| attribute(tag, "id")).flatten()
    })?;
    let target = find(archive, "xl/_rels/workbook.xml.rels", |tag| {
        let is_it = tag.local_name().as_ref() == "Relationship" && attribute(tag, "Id")? == id;
        is_it.then(|| attribute(tag, "Target")).flatten()
    })?;
    Some(match target.strip_prefix('/') {
        Some(whole) => whole.to_owned(),
        None => format!("xl/{target}"),
    })
}

/// What is found at the first tag of a part at which something is.
fn find<T>(archive: &mut Archive, part: &str, at: impl Fn(&BytesStart<'_>) -> Option<T>) -> Option<T> {
    let mut text = String::new();
    archive.by_name(part).ok()?.take(MAX_LIST as u64).read_to_string(&mut text).ok()?;
    let mut reader = quick_xml::Reader::from_str(&text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => {
                if let Some(found) = at(&tag) {
                    return Some(found);
                }
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// An attribute whatever its prefix.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        tag.attributes().with_checks(false).flatten().find(|one| one.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(Into::into)
}

/// The list of merged cells of a sheet, as it is written: empty where there is none.
fn list(mut sheet: impl Read) -> Option<Vec<u8>> {
    const TAG: &[u8] = b"mergeCells";
    const BEFORE: usize = 64;
    let finder = memmem::Finder::new(TAG);
    let mut buffer = vec![0; 1 << 18];
    let mut kept = 0;
    loop {
        let read = sheet.read(buffer.get_mut(kept..)?).ok()?;
        let filled = buffer.get(..kept + read)?;
        if let Some(at) = finder.find_iter(filled).find(|at| is_tag(filled, *at)) {
            let mut list = filled.get(at + TAG.len()..)?.to_vec();
            while memmem::find(&list, TAG).is_none() && list.len() < MAX_LIST {
                let from = list.len();
                (&mut sheet).take(1 << 16).read_to_end(&mut list).ok()?;
                if list.len() == from {
                    break;
                }
            }
            let end = memmem::find(&list, TAG).unwrap_or(list.len());
            list.truncate(end);
            return Some(list);
        }
        if read == 0 {
            return Some(Vec::new());
        }
        // The tag may be cut in two.
        let tail = filled.len().saturating_sub(BEFORE);
        let length = filled.len();
        buffer.copy_within(tail..length, 0);
        kept = length - tail;
    }
}

/// Whether a name stands where one of a tag does: behind "<", with or without a prefix. The text of a cell
/// has no "<".
fn is_tag(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let Some(open) = memchr::memrchr(b'<', before) else { return false };
    match before.get(open + 1..) {
        Some([]) => true,
        Some([prefix @ .., b':']) => prefix.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_'),
        _ => false,
    }
}

/// "A4:B7", where it is over rows.
fn of_area(area: &[u8]) -> Option<Merge> {
    let (from, to) = std::str::from_utf8(area).ok()?.split_once(':')?;
    let (top, column) = of_cell(from)?;
    let (last, _) = of_cell(to)?;
    (top < last).then_some((top, column, last))
}

/// Row and column of "B7", from 0.
fn of_cell(text: &str) -> Option<(u32, u32)> {
    let text = text.trim();
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (column, row) = text.split_at_checked(letters)?;
    let column = column.bytes().try_fold(0_u32, |sum, letter| {
        sum.checked_mul(26)?.checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    })?;
    Some((row.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_found_wherever_it_is_cut() {
        // A word of a cell is no tag, and the tag lies across the end of a block.
        let cells = "<c><t>mergeCells x:mergeCells</t></c>";
        for far in ((1 << 18) - 40)..((1 << 18) + 4) {
            for (open, close) in
                [("<mergeCells>", "</mergeCells>"), ("<x:mergeCells count=\"1\">", "</x:mergeCells>")]
            {
                let blank = " ".repeat(far - cells.len());
                let sheet =
                    format!("{cells}{blank}{open}<mergeCell ref=\"A4:B7\"/>{close}<a ref=\"A1:A9\"/>");
                let found = list(sheet.as_bytes()).unwrap();
                let found = String::from_utf8(found).unwrap();
                assert!(found.contains("ref=\"A4:B7\"") && !found.contains("A1:A9"), "{far}");
            }
        }
        assert_eq!(list(format!("<a>{}</a>", cells.repeat(20_000)).as_bytes()), Some(Vec::new()));
    }

    #[test]
    fn areas() {
        assert_eq!(of_area(b"A4:B7"), Some((3, 0, 6)));
        assert_eq!(of_area(b"XFD1:XFD1048576"), Some((0, 16_383, 1_048_575)));
        for none in ["A4:B4", "A4", "4:7", "A0:A5", "A4:", "ZZZZZZZZZZZZ1:A5", ""] {
            assert_eq!(of_area(none.as_bytes()), None, "{none}");
        }
    }
}
