//! What is said beside a quoted text: corrections and notes. The text itself stays as printed.

use serde::{Deserialize, Serialize};

use crate::policy::Text;
use crate::slug::UnknownName;

/// Lỗi in: a misprint, and what was meant. The printed text is kept.
///
/// # Example
/// ```
/// use tthc_kpi::Plan;
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let task = plan.schedule().and_then(|schedule| schedule.task("III.1").ok()).unwrap();
/// let misprint = &task.remarks.corrections[0];
/// assert_eq!((&*misprint.field, &*misprint.printed, &*misprint.correct), ("product", "Niên yết", "Niêm yết"));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The quoted field it stands in.
    pub field: String,
    /// As printed; it occurs in the field exactly once.
    pub printed: String,
    /// What was meant.
    pub correct: String,
    /// Whether the plan's own text proves it; otherwise it is probable.
    pub sure: bool,
    /// How one knows.
    pub note: Text,
}

impl Correction {
    /// What is wrong with it, and the key at which, given all fields of its entry and their texts.
    pub(super) fn fault(&self, fields: &[(&str, Option<String>)]) -> Option<(&'static str, Text)> {
        let Some((_, text)) = fields.iter().find(|(name, _)| *name == self.field) else {
            let names = fields.iter().map(|(name, _)| *name);
            return Some(("field", UnknownName::new("quoted field", &self.field, names).told()));
        };
        if self.printed == self.correct {
            let told = Text::new("đính chính không đổi gì", "the correction changes nothing");
            return Some(("correct", told));
        }
        let Some(text) = text else {
            let field = &self.field;
            let told = Text::new(
                format!("không có {field:?} để đính chính"),
                format!("the entry has no {field:?} to correct"),
            );
            return Some(("field", told));
        };
        let times = text.matches(&self.printed).count();
        (times != 1).then(|| {
            let (printed, field) = (&self.printed, &self.field);
            let told = Text::new(
                format!("{printed:?} có {times} lần trong {field:?}: cần đúng một lần"),
                format!("{printed:?} occurs {times} times in {field:?}: expected exactly once"),
            );
            ("printed", told)
        })
    }
}

/// Đính chính và ghi chú: what is said beside an entry of the schedule.
///
/// # Example
/// ```
/// use tthc_kpi::Plan;
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let task = plan.schedule().and_then(|schedule| schedule.task("I.1").ok()).unwrap();
/// assert_eq!(task.remarks.notes.len(), 2);
/// let read = task.remarks.corrected("text", &task.text);
/// assert!(task.text.contains("Công Dịch vụ công") && read.contains("Cổng Dịch vụ công"));
/// assert!(!read.contains("thuộc UBND phường")); // only probable: left as printed
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remarks {
    /// Misprints.
    #[serde(default)]
    pub corrections: Vec<Correction>,
    /// Notes on how the text was read, and where the plan says otherwise elsewhere.
    #[serde(default)]
    pub notes: Vec<Text>,
}

impl Remarks {
    /// The text of a field with its sure corrections made.
    ///
    /// # Example
    /// ```
    /// assert_eq!(tthc_kpi::Remarks::default().corrected("text", "Niên yết"), "Niên yết");
    /// ```
    #[must_use]
    pub fn corrected(&self, field: &str, printed: &str) -> String {
        self.corrections
            .iter()
            .filter(|correction| correction.sure && correction.field == field)
            .fold(printed.to_owned(), |text, correction| {
                text.replacen(&correction.printed, &correction.correct, 1)
            })
    }
}
