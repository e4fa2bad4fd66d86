//! Turns the dossiers of Vietnam's administrative procedures (hồ sơ thủ tục hành chính) into the
//! indicators by which an office's plan is judged.
//!
//! The way of a dossier: a [`Dossier`] is judged in a window by a [`Judge`] (a [`Policy`] and a
//! [`WorkCalendar`]); its [`Verdict`] becomes [`Facts`], one bit each; a [`Tally`] counts them per
//! group; a [`Scorecard`] reads the counts against the targets of a [`Plan`]. Numbers are
//! integers and exact decimals; there is no clock, no I/O and no float.
//!
//! ```
//! use tthc_kpi::{Dossier, Plan, Query, Tally};
//! let plan = Plan::builtin("dong-nguyen-2026")?;
//! let query = Query::new(&plan).period("2026-Q2".parse()?).as_of("2026-06-14".parse()?).check()?;
//! let mut tally = Tally::new(&query);
//! tally.add(&Dossier {
//!     due_at: Some("2026-04-10T17:00".parse()?),
//!     completed_at: Some("2026-04-09T15:20".parse()?),
//!     ..Dossier::received("2026-04-02T08:30".parse()?)
//! })?;
//! let card = tally.scorecard()?;
//! assert_eq!(card["on_time_rate"].numerator, 1.into());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![deny(clippy::float_arithmetic)]

mod accounting;
mod alphabet;
mod basis;
mod bit_counts;
mod calendar;
mod calendar_error;
mod certainty;
mod column;
mod counts;
mod day_counts;
mod digest;
mod dimension;
mod dossier;
mod english;
mod error;
mod explain;
mod fact;
mod field_memory;
mod form_06a;
mod index;
mod index_counts;
mod index_explain;
mod index_figures;
mod index_query;
mod index_registers;
mod index_score;
mod index_table;
mod instant;
mod integrity;
mod issue;
mod late_list;
mod layout;
mod measure;
mod outcome;
mod period;
mod plan;
mod policy;
mod procedure_use;
mod query;
mod ratio;
mod reason_words;
mod register;
mod regroup;
mod room;
mod saved_calendar;
mod saved_tally;
mod schedule;
mod scheme;
mod scheme_row;
mod scorecard;
mod slug;
mod source;
mod tally;
mod target;
mod toml_reader;
mod toml_words;
mod verdict;
mod vietnamese;
mod warning;
mod work_hours;

pub use accounting::{Accounting, Uniqueness};
pub use alphabet::{alphabet_key, reading_order};
pub use basis::Basis;
pub use calendar::{DayKind, Holiday, WorkCalendar};
pub use calendar_error::{CalendarError, HolidayPlace};
pub use certainty::{Aspect, Certainty, Evidence};
pub use column::{Column, ColumnSet, ColumnType};
pub use counts::Counts;
pub use day_counts::DayCounts;
pub use dimension::{Dimension, Key};
pub use dossier::{ApplicantKind, Channel, Dossier, ExtraValue, Status};
pub use english::singular;
pub use error::Error;
pub use explain::Language;
pub use fact::{Contribution, Fact, Facts, Quantity};
pub use form_06a::{Form06a, FormColumn, FormRow, Placed};
pub use index::{CountsSource, Index, IndexRow, IndexStatus, IndexSum, SchemeRef};
pub use index_counts::{Declared, OfficeCounts};
pub use index_query::IndexQuery;
pub use index_table::{CountProblem, CountTable, CountTableError};
pub use instant::{Day, Instant, InstantError};
pub use integrity::{Flag, FlagCount, FlagGroup, IntegrityReport, IntegrityTally, Rarity, Signs};
pub use issue::{Action, Issue, Reason, RegisterIssue, ValueKind};
pub use late_list::{LateCase, LateDesk, LateKind, LateList, Letters};
pub use layout::{Belongs, FilteredFact, FilteredSum, Layout, Membership, Outcome};
pub use measure::{Measure, MeasureFacts, Unit};
pub use outcome::{Document, IndicatorResult, Interval, Note, Response, ResultStatus, Share};
pub use period::{Bucket, Period, PeriodError, PeriodRule};
pub use plan::{Clause, FieldGroup, Indicator, Plan, PlanError, Scope};
pub use policy::{
    Comparison, DueOnDayOff, EarlyBase, EarlyBy, LateAfterSupplements, MissingDue, OnTimeBase, OnlinePayment,
    Policy, PolicyError, ReductionBase, RuleUsed, SatisfiedFrom, Stopped, Supplement, Text, Waiting,
    Withdrawn,
};
pub use procedure_use::ProcedureUse;
pub use query::{BucketWindow, Query, QueryDraft};
pub use ratio::{Ratio, wilson};
pub use reason_words::reason_words;
pub use register::{
    ArchivedResult, AssignedTask, Declaration, DoneTask, InternalKind, Lacking, OnlineLevel, Petition,
    Procedure, Record, Register, RegisterCase, RegisterColumn, RegisterFault, RegisterPart, RegisterPlace,
    RegisterRef, RegisterTable, RegisterType, RegisterValue, Registers, Review, Silenced,
};
pub use room::Room;
pub use schedule::{
    Appendix, BeforeDate, BodyClause, Cadence, CadenceKind, Correction, Duty, Instance, InstanceKind,
    InstanceState, InstanceStatus, LeadCounts, Milestone, PlanUnit, Provision, Remarks, ReviewGroup,
    ReviewScope, Schedule, ScheduleCounts, ScheduleState, Section, Task, TaskLine,
};
pub use scheme::{Scheme, SchemeError, SchemeGroup, SchemeSource};
pub use scheme_row::{
    CountsFrom, Formula, Level, RegisterRule, RowCounts, RowScope, SchemeRow, ScopeReading, ZeroRule,
};
pub use scorecard::{CalendarRef, DataRef, Group, PlanRef, PolicyRef, ProcessingTime, QueryRef, Scorecard};
pub use slug::{UnknownName, nearest};
pub use source::Source;
pub use tally::{GroupKey, Tally};
pub use target::{Target, TargetOp};
pub use toml_reader::Problem;
pub use verdict::{Class, Due, Exclusion, Judge, Standing, State, Verdict, Window, row_exclusion};
pub use work_hours::WorkHours;
