//! Errors of the library: a caller's mistake, said in one sentence. A bad row is never an error
//! but an [`Issue`](crate::Issue).

use crate::calendar_error::CalendarError;
use crate::index_table::CountTableError;
use crate::instant::Day;
use crate::period::PeriodError;
use crate::plan::PlanError;
use crate::policy::{OnTimeBase, PolicyError};
use crate::scheme::SchemeError;
use crate::slug::UnknownName;

/// A caller's mistake. [`Error::code`] is stable; the message is for people.
///
/// # Example
/// ```
/// use tthc_kpi::{Plan, Query};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let draft = Query::new(&plan).period("2026-Q2".parse()?).as_of("2026-03-31".parse()?);
/// let error = draft.check().unwrap_err();
/// assert_eq!(error.code(), "period_after_as_of");
/// assert!(error.to_string().starts_with("the period starts on 2026-04-01"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A name that does not exist.
    #[error(transparent)]
    UnknownName(#[from] UnknownName),
    /// A policy that cannot be made.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A period that cannot be read.
    #[error(transparent)]
    Period(#[from] PeriodError),
    /// The calendar was asked for what it does not cover, or cannot be made.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// A plan with errors, all of them.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A scheme with errors, all of them.
    #[error(transparent)]
    Scheme(#[from] SchemeError),
    /// A table of counts with errors, all of them.
    #[error(transparent)]
    Counts(#[from] CountTableError),
    /// A code that several rows of a scheme share.
    #[error("code {code} is that of several rows: expected one of {ids}")]
    AmbiguousCode {
        /// The code.
        code: String,
        /// Ids of the rows.
        ids: String,
    },
    /// A row of a scheme given twice.
    #[error("row {row} is given twice: expected once")]
    RowTwice {
        /// Id of the row.
        row: String,
    },
    /// A declaration without a document.
    #[error("a declaration names no document: expected the document that states the figures")]
    NoDocument,
    /// An index of nothing.
    #[error("the index has no counts: expected dossiers, a table of counts, or declarations")]
    NoCounts,
    /// An index of an office whose level is not known.
    #[error("the level of the office is not known: expected commune or province")]
    NoLevel,
    /// One index was asked for where there are several offices, or none.
    #[error("{offices} offices: expected one")]
    ManyOffices {
        /// How many.
        offices: usize,
    },
    /// Tables of counts that cannot be matched with the dossiers, or with each other.
    #[error("counts cannot be matched with offices: {}", offices_en(what))]
    OfficesDoNotMatch {
        /// Why: `many_offices`, `several_periods`, `other_breakdown` or `nameless_declaration`.
        what: &'static str,
    },
    /// Dossiers for an index that were counted by something that is no office.
    #[error(
        "an index is of an office in a period, not by {name}: expected by agency or receiving_agency, and for other periods an index of each"
    )]
    NotByOffice {
        /// The dimension.
        name: String,
    },
    /// Dossiers judged on another on-time base than an index needs.
    #[error("dossiers were counted with on_time_base {found}: expected {expected}, as the index divides")]
    OtherOnTimeBase {
        /// The base they were judged on.
        found: OnTimeBase,
        /// The base of the scheme's profile.
        expected: OnTimeBase,
    },
    /// A query without a period.
    #[error("the query has no period: expected one such as 2026, 2026-Q2, 2026-03 or 2026-01-01..2026-03-31")]
    NoPeriod,
    /// The period has not begun at `as_of`.
    #[error("the period starts on {start}, after as_of {as_of}: expected a period that has begun")]
    PeriodAfterAsOf {
        /// First day of the period.
        start: Day,
        /// The day asked for.
        as_of: Day,
    },
    /// A dimension named twice.
    #[error("dimension {name} is named twice")]
    RepeatedDimension {
        /// The dimension.
        name: String,
    },
    /// More than one of month, quarter, week, day.
    #[error("month, quarter, week and day cannot be combined: expected at most one of them in `by`")]
    TwoBuckets,
    /// Two rows of one id, where the caller asked for none.
    #[error("{rows} rows share an id with another row: expected unique dossier ids (duplicates = \"error\")")]
    DuplicateIds {
        /// Rows beyond the first of their id.
        rows: u64,
    },
    /// A tally of another query, plan or calendar.
    #[error("tallies of different {what} cannot be merged")]
    DifferentTally {
        /// What differs.
        what: &'static str,
    },
    /// Tallies that have counted the same file.
    #[error("{name} and {other} hold the same: their rows would be counted twice")]
    SameSource {
        /// Name of the file.
        name: String,
        /// Its name in the other.
        other: String,
    },
    /// A dimension of time that cannot be taken away by itself.
    #[error(
        "{name} cannot be taken out of a breakdown: each is judged as a period of its own, so they do not add up; count again, or keep it"
    )]
    BucketDropped {
        /// The dimension.
        name: String,
    },
    /// A tally saved by another version of the library.
    #[error(
        "a saved tally of version {found}, this library reads {expected}: {}",
        if found > expected { "update the library" } else { "count the dossiers again" }
    )]
    TallyVersion {
        /// Its version.
        found: u32,
        /// That of this library.
        expected: u32,
    },
    /// A saved tally whose query this version of the library understands otherwise.
    #[error("saved with {what} that differ from those of this version: count the dossiers again")]
    StaleTally {
        /// What differs.
        what: &'static str,
    },
    /// A saved tally that is cut short or was changed.
    #[error("a saved tally that is cut short or changed: get or make it again")]
    DamagedTally,
    /// A tally of parts with and without a column that changes how a dossier is counted.
    #[error(
        "some of the data had the column {column} and some had not: expected tallies of one kind, to remove from"
    )]
    MixedColumns {
        /// The column.
        column: crate::column::Column,
    },
    /// A dossier taken out that was never put in.
    #[error("a dossier cannot be removed that this tally does not hold")]
    NotInTally,
    /// A saved tally that cannot be read.
    #[error("not a saved tally of this version: {detail}")]
    BadTally {
        /// What is wrong, in words.
        detail: String,
    },
    /// A tally that form 06a cannot be made of.
    #[error("form 06a needs dossiers counted by field alone: expected by = [\"field\"]")]
    NotByField,
    /// Counts of an official output that contradict each other.
    #[error("the counts contradict each other: {identity} does not hold")]
    BrokenIdentity {
        /// The identity, by column numbers of the form or in words.
        identity: &'static str,
    },
    /// A number beyond its range.
    #[error("overflow in {what}")]
    Overflow {
        /// What overflowed.
        what: &'static str,
    },
}

fn offices_en(what: &str) -> &'static str {
    match what {
        "many_offices" => "the dossiers are of one, the counts of several; count the dossiers by agency",
        "several_periods" => "an office has counts of several periods; expected one",
        "other_breakdown" => "the dossiers are counted by something else; expected by agency, by its name",
        _ => "a declaration names no agency while there are several; expected a column agency",
    }
}

impl Error {
    /// A stable slug of the kind of error.
    ///
    /// # Example
    /// ```
    /// assert_eq!(tthc_kpi::Plan::builtin("none").unwrap_err().code(), "unknown_plan");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Error::UnknownName(unknown) | Error::Policy(PolicyError::Unknown(unknown)) => {
                match unknown.what {
                    "policy rule" => "unknown_rule",
                    "indicator" => "unknown_indicator",
                    "dimension" => "unknown_dimension",
                    "plan" => "unknown_plan",
                    "scheme" => "unknown_scheme",
                    "row" => "unknown_row",
                    "group" => "unknown_group",
                    "count" => "unknown_count",
                    "unit" => "unknown_unit",
                    "task" => "unknown_task",
                    "instance" => "unknown_instance",
                    _ => "unknown_value",
                }
            }
            Error::Period(_) => "bad_period",
            Error::Calendar(_) => "calendar",
            Error::Plan(_) => "bad_plan",
            Error::Scheme(_) => "bad_scheme",
            Error::Counts(_) => "bad_counts",
            Error::AmbiguousCode { .. } => "ambiguous_code",
            Error::RowTwice { .. } => "row_twice",
            Error::NoDocument => "no_document",
            Error::NoCounts => "no_counts",
            Error::NoLevel => "no_level",
            Error::ManyOffices { .. } => "many_offices",
            Error::OfficesDoNotMatch { .. } => "offices_do_not_match",
            Error::NotByOffice { .. } => "not_by_office",
            Error::OtherOnTimeBase { .. } => "other_on_time_base",
            Error::NoPeriod => "no_period",
            Error::PeriodAfterAsOf { .. } => "period_after_as_of",
            Error::RepeatedDimension { .. } => "repeated_dimension",
            Error::TwoBuckets => "two_buckets",
            Error::DuplicateIds { .. } => "duplicate_ids",
            Error::DifferentTally { .. } => "different_tally",
            Error::SameSource { .. } => "same_source",
            Error::BucketDropped { .. } => "bucket_dropped",
            Error::TallyVersion { .. } => "tally_version",
            Error::StaleTally { .. } => "stale_tally",
            Error::DamagedTally => "damaged_tally",
            Error::MixedColumns { .. } => "mixed_columns",
            Error::NotInTally => "not_in_tally",
            Error::BadTally { .. } => "bad_tally",
            Error::NotByField => "not_by_field",
            Error::BrokenIdentity { .. } => "broken_identity",
            Error::Overflow { .. } => "overflow",
        }
    }
}
