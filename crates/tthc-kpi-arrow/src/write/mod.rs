//! Results as Excel workbooks. Every text is written as text, so a name that starts with `=` is never a
//! formula; the only formulas are totals, each with its value beside it. The same result gives the same
//! bytes.

mod aside;
mod card_basis;
mod card_rates;
mod card_style;
mod form_06a;
mod heading;
mod late_list;
mod sheet;
mod style;
mod technical;
mod words;
mod workbook;

pub use aside::write_set_aside;
pub use form_06a::write_form_06a;
pub use heading::Heading;
pub use late_list::write_late_list;
pub use workbook::write_workbook;

use rust_xlsxwriter::XlsxError;

/// A workbook that could not be written.
///
/// # Example
/// ```
/// use tthc_kpi::{Language, Plan, Query, Tally};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let card = Tally::new(&query).scorecard()?;
/// let path = "no/such/folder/card.xlsx".as_ref();
/// let error = tthc_kpi_arrow::write_workbook(&card, path, Language::Vi).unwrap_err();
/// assert!(error.to_string().starts_with("the workbook could not be written"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error("the workbook could not be written: {0}")]
pub struct WorkbookError(String);

impl From<XlsxError> for WorkbookError {
    fn from(error: XlsxError) -> Self {
        WorkbookError(error.to_string())
    }
}
