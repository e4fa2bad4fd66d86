//! What surrounds the table of an official output: who reports, to whom, who signs.

use std::collections::BTreeMap;

use tthc_kpi::{Error, UnknownName, nearest};

/// Phần đầu và phần ký của biểu mẫu: what an office prints around a table. What is not given is left to be
/// filled in by hand.
///
/// # Example
/// ```
/// use std::collections::BTreeMap;
/// use tthc_kpi_arrow::Heading;
/// let ours = BTreeMap::from([("agency".to_owned(), "UBND phường Đồng Nguyên".to_owned())]);
/// assert_eq!(Heading::of(&ours)?.agency.as_deref(), Some("UBND phường Đồng Nguyên"));
/// let slip = BTreeMap::from([("agancy".to_owned(), String::new())]);
/// assert!(Heading::of(&slip).unwrap_err().to_string().contains("did you mean \"agency\"?"));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heading {
    /// The office above, printed over the agency.
    pub superior: Option<String>,
    /// The office that reports.
    pub agency: Option<String>,
    /// The office that receives the report.
    pub receiver: Option<String>,
    /// Number of the document, such as `12/BC-UBND`.
    pub number: Option<String>,
    /// Where it is signed.
    pub place: Option<String>,
    /// When it is signed: a date (`2026-04-02`), or words.
    pub date: Option<String>,
    /// The title, instead of the form's own.
    pub title: Option<String>,
    /// Who made the table: name.
    pub preparer: Option<String>,
    /// What the signer is, such as `CHỦ TỊCH`.
    pub signer_title: Option<String>,
    /// Who signs: name.
    pub signer: Option<String>,
}

impl Heading {
    /// Names of the parts.
    pub const PARTS: &'static [&'static str] = &[
        "superior",
        "agency",
        "receiver",
        "number",
        "place",
        "date",
        "title",
        "preparer",
        "signer_title",
        "signer",
    ];

    /// A heading of parts by their names; a text of spaces is none.
    ///
    /// # Errors
    /// [`Error::UnknownName`] for a part that there is not; it names the nearest.
    pub fn of(parts: &BTreeMap<String, String>) -> Result<Self, Error> {
        let mut heading = Heading::default();
        for (name, text) in parts {
            let place = match name.as_str() {
                "superior" => &mut heading.superior,
                "agency" => &mut heading.agency,
                "receiver" => &mut heading.receiver,
                "number" => &mut heading.number,
                "place" => &mut heading.place,
                "date" => &mut heading.date,
                "title" => &mut heading.title,
                "preparer" => &mut heading.preparer,
                "signer_title" => &mut heading.signer_title,
                "signer" => &mut heading.signer,
                _ => {
                    return Err(UnknownName {
                        what: "part of a heading",
                        text: name.clone(),
                        expected: Self::PARTS.join(", "),
                        nearest: nearest(name, Self::PARTS.iter().copied()).map(str::to_owned),
                    }
                    .into());
                }
            };
            *place = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        }
        Ok(heading)
    }
}
