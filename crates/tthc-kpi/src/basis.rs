//! What stands behind the figures of an output, whichever output it is.

use serde::{Deserialize, Serialize};

use crate::accounting::Accounting;
use crate::column::{Column, ColumnSet};
use crate::outcome::Note;
use crate::scorecard::{CalendarRef, DataRef, PolicyRef, QueryRef};
use crate::tally::Tally;
use crate::warning;

/// Căn cứ của số liệu: the question, the rules, the calendar, the data and its rows, and what a reader
/// must know first. Every official output prints it.
///
/// # Example
/// ```
/// use tthc_kpi::{Basis, Plan, Query, Tally};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026-03".parse()?).check()?;
/// let basis = Basis::of(&Tally::new(&query));
/// assert_eq!((basis.query.cut, basis.policy.profile.as_str()), ("2026-03-31".parse()?, "plan"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// What was asked.
    pub query: QueryRef,
    /// The calendar used.
    pub calendar: CalendarRef,
    /// The rules used.
    pub policy: PolicyRef,
    /// The data as a whole.
    pub data: DataRef,
    /// Where every row went.
    pub accounting: Accounting,
    /// What a reader must know before using a figure.
    pub warnings: Vec<Note>,
}

impl Basis {
    /// That of what a tally has counted.
    pub fn of(tally: &Tally) -> Self {
        let query = tally.query();
        let (policy, calendar, window) = (query.policy(), query.judge().calendar(), query.window());
        Basis {
            query: QueryRef {
                period: query.period().to_string(),
                period_rule: policy.period_rule,
                start: window.start,
                end: query.end(),
                as_of: query.as_of(),
                cut: window.cut,
                by: query.by().iter().map(|dimension| dimension.name().to_owned()).collect(),
                digest: query.digest().to_owned(),
                total_digest: query.total_digest().to_owned(),
            },
            calendar: CalendarRef {
                name: calendar.name().to_owned(),
                version: calendar.version().to_owned(),
                first_year: calendar.first_year(),
                last_year: calendar.last_year(),
                provisional_years: calendar.provisional_years().to_vec(),
            },
            policy: PolicyRef {
                profile: policy.profile_name().to_owned(),
                profile_version: policy.profile_version().to_owned(),
                rules: policy.rules(),
                notes: policy.notes().to_vec(),
            },
            data: DataRef {
                data_through: tally.data_through(),
                uniqueness: tally.uniqueness(),
                missing_columns: tally.missing_columns().iter().collect(),
            },
            accounting: tally.accounting().clone(),
            warnings: warning::warnings(tally),
        }
    }

    /// The same with only those warnings that concern an output: of a form that knows no plan, not those of
    /// the plan; of refused cells, those in the columns it looks at.
    #[must_use]
    pub(crate) fn warned_of(mut self, tally: &Tally, codes: &[&str], columns: &[Column]) -> Self {
        self.warnings.retain(|warning| codes.contains(&warning.code.as_str()));
        let refused: ColumnSet =
            columns.iter().copied().filter(|column| tally.refused().has(*column)).collect();
        self.warnings.extend(warning::cells_refused(refused));
        self
    }
}

/// Columns that say where a dossier stands.
pub(crate) const STANDING: &[Column] = &[
    Column::Status,
    Column::ReceivedAt,
    Column::DueAt,
    Column::CompletedAt,
    Column::ReturnedAt,
    Column::LimitDays,
    Column::SupplementRequests,
    Column::PausedDays,
    Column::SupplementRequestedAt,
    Column::SupplementedAt,
    Column::Channel,
];
