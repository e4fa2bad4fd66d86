//! The monthly late list (SPEC §9): who is late, by how much, and whether it was apologised for and
//! explained.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::basis::{Basis, STANDING};
use crate::column::Column;
use crate::dimension::Key;
use crate::dossier::Dossier;
use crate::error::Error;
use crate::fact::Fact;
use crate::instant::Instant;
use crate::slug::slugs;
use crate::tally::Tally;
use crate::verdict::{Class, Due, Judge, Standing, State, Window};

slugs! {
    /// Phụ lục nào của danh sách chậm muộn: the list a late dossier is on.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::LateKind;
    /// assert_eq!("open_overdue".parse::<LateKind>()?, LateKind::OpenOverdue);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    LateKind as "late list" {
        /// Phụ lục I: ended in the period, late.
        ResolvedLate = "resolved_late",
        /// Phụ lục II: open and overdue at the cut.
        OpenOverdue = "open_overdue",
    }
}

/// Một hồ sơ chậm muộn: a line of the list.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Judge, LateCase, LateKind, Policy, Window, WorkCalendar};
/// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
/// let window = Window { start: "2026-03-01".parse()?, cut: "2026-03-31".parse()? };
/// let dossier = Dossier {
///     due_at: Some("2026-03-13".parse()?), // a Friday
///     completed_at: Some("2026-03-16T09:00".parse()?),
///     explained: Some(false),
///     ..Dossier::received("2026-03-02".parse()?)
/// };
/// let late = LateCase::of(&dossier, &judge, window).unwrap();
/// assert_eq!((late.kind, late.days_late, late.calendar_days_late), (LateKind::ResolvedLate, Some(1), Some(3)));
/// assert!(late.by_date && late.owes()); // no apology is known, and no explanation was made
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateCase {
    /// The list it is on.
    pub kind: LateKind,
    /// Unit that handles it.
    pub agency: Option<String>,
    /// Who handles it.
    pub officer: Option<String>,
    /// Id.
    pub dossier_id: Option<String>,
    /// Code of the procedure.
    pub procedure_code: Option<String>,
    /// Name of the procedure.
    pub procedure: Option<String>,
    /// Field.
    pub field: Option<String>,
    /// Receipt.
    pub received_at: Instant,
    /// The due date it was judged by, after the rules of the policy; none when it is late by the number
    /// of requests for papers alone and no due date is known.
    pub due_at: Option<Instant>,
    /// The end; none while open.
    pub ended_at: Option<Instant>,
    /// Working days after the due day, up to the end or the cut: 0 within the due day. None without a
    /// due date, outside the covered calendar, or when the end is not after the due date.
    pub days_late: Option<u32>,
    /// The same in days of the calendar.
    pub calendar_days_late: Option<u32>,
    /// Late by its due date: it then owes an apology and an explanation. Else it is late only by the rule
    /// `late_after_supplements`.
    pub by_date: bool,
    /// Whether it was apologised for; none is unknown.
    pub apologised: Option<bool>,
    /// Whether it was explained; none is unknown.
    pub explained: Option<bool>,
}

impl LateCase {
    /// The line of a dossier; none when it is not late in the window.
    pub fn of(dossier: &Dossier, judge: &Judge, window: Window) -> Option<Self> {
        if judge.exclusion(dossier).is_some() {
            return None;
        }
        let verdict = judge.verdict(dossier, window);
        let (kind, until) = match verdict.state? {
            State::Resolved { class: Class::Late } => (LateKind::ResolvedLate, verdict.end?),
            State::Open { standing: Standing::Overdue } => {
                (LateKind::OpenOverdue, Instant::from_day(window.cut))
            }
            _ => return None,
        };
        let due = match verdict.due {
            Due::At(due) | Due::AtLeast(due) => Some(due),
            Due::Waived | Due::Unknown => None,
        };
        let span = due.map(|due| (due.day(), until.day()));
        Some(LateCase {
            kind,
            agency: dossier.agency.clone(),
            officer: dossier.officer.clone(),
            dossier_id: dossier.dossier_id.clone(),
            procedure_code: dossier.procedure_code.clone(),
            procedure: dossier.procedure.clone(),
            field: dossier.field.clone(),
            received_at: dossier.received_at,
            due_at: due,
            ended_at: (kind == LateKind::ResolvedLate).then_some(until),
            days_late: span.and_then(|(due, end)| judge.calendar().between(due, end)),
            calendar_days_late: span
                .and_then(|(due, end)| end.number().checked_sub(due.number()))
                .and_then(|days| u32::try_from(days).ok()),
            by_date: verdict.overdue_ever,
            apologised: dossier.apologised,
            explained: dossier.explained,
        })
    }

    /// Whether it is to be apologised for or explained, and is not known to be.
    pub fn owes(&self) -> bool {
        self.by_date && (self.apologised != Some(true) || self.explained != Some(true))
    }

    /// The order of the list: by agency, officer, list, due date, receipt and id; unknown ones last.
    fn order(&self) -> impl Ord + '_ {
        let last = |text: &'_ Option<String>| (text.is_none(), text.clone());
        (
            (last(&self.agency), last(&self.officer)),
            (self.kind, self.due_at.is_none(), self.due_at, self.received_at),
            (last(&self.dossier_id), last(&self.procedure_code), last(&self.procedure), last(&self.field)),
            (self.ended_at, self.apologised, self.explained),
        )
    }
}

/// Văn bản xin lỗi, hoặc giải trình: of the dossiers that owe one, how many have it.
///
/// See [`LateList`] for an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Letters {
    /// Have it.
    pub made: u64,
    /// Have it not.
    pub lacking: u64,
    /// Not known.
    pub unknown: u64,
}

impl Letters {
    fn count(&mut self, made: Option<bool>) {
        let place = match made {
            Some(true) => &mut self.made,
            Some(false) => &mut self.lacking,
            None => &mut self.unknown,
        };
        *place = place.saturating_add(1);
    }
}

/// Một cán bộ của một đơn vị trong danh sách: how many late dossiers one officer of one agency has.
///
/// See [`LateList`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LateDesk {
    /// The agency; none is unknown, and none in the total.
    pub agency: Option<String>,
    /// The officer; none is unknown, and none in the total.
    pub officer: Option<String>,
    /// Dossiers on Phụ lục I.
    pub resolved_late: u64,
    /// Dossiers on Phụ lục II.
    pub open_overdue: u64,
    /// The most working days that one of them is late; none where none is known.
    pub most_days_late: Option<u32>,
    /// Apologies of those late by date.
    pub apologies: Letters,
    /// Explanations of those late by date.
    pub explanations: Letters,
}

impl LateDesk {
    fn count(&mut self, case: &LateCase) {
        let place = match case.kind {
            LateKind::ResolvedLate => &mut self.resolved_late,
            LateKind::OpenOverdue => &mut self.open_overdue,
        };
        *place = place.saturating_add(1);
        self.most_days_late = self.most_days_late.max(case.days_late);
        if case.by_date {
            self.apologies.count(case.apologised);
            self.explanations.count(case.explained);
        }
    }
}

/// Danh sách hồ sơ chậm muộn của một kỳ: resolved late (Phụ lục I), open and overdue at the cut (Phụ lục
/// II), and who owes an apology or an explanation.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, LateCase, LateKind, LateList, Plan, Query, Tally};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026-03".parse()?).check()?;
/// let overdue = Dossier {
///     agency: Some("Bộ phận Một cửa".into()),
///     due_at: Some("2026-03-20".parse()?),
///     apologised: Some(true),
///     ..Dossier::received("2026-03-02".parse()?)
/// };
/// let mut tally = Tally::new(&query);
/// tally.add(&overdue)?;
/// let list = LateList::of(&tally, LateCase::of(&overdue, query.judge(), query.window()))?;
/// assert_eq!((list.on(LateKind::ResolvedLate).count(), list.on(LateKind::OpenOverdue).count()), (0, 1));
/// assert_eq!((list.total.apologies.made, list.total.explanations.unknown), (1, 1));
/// assert_eq!((list.owing().count(), list.desks.len()), (1, 1)); // the explanation is not known
/// assert_eq!(list.total.most_days_late, Some(7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateList {
    /// What stands behind the list.
    #[serde(flatten)]
    pub basis: Basis,
    /// Every late dossier: by agency, officer, list and due date; unknown ones last.
    pub cases: Vec<LateCase>,
    /// By agency and officer, in the same order.
    pub desks: Vec<LateDesk>,
    /// All of them.
    pub total: LateDesk,
}

impl LateList {
    /// The list of the late ones among the dossiers that a tally has counted.
    ///
    /// # Errors
    /// [`Error::BrokenIdentity`] when the tally has counted other late dossiers than these.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{LateList, Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026-03".parse()?).check()?;
    /// assert!(LateList::of(&Tally::new(&query), [])?.cases.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(tally: &Tally, cases: impl IntoIterator<Item = LateCase>) -> Result<Self, Error> {
        let mut cases: Vec<LateCase> = cases.into_iter().collect();
        cases.sort_by(|one, other| one.order().cmp(&other.order()));
        let mut desks: BTreeMap<[Key; 2], LateDesk> = BTreeMap::new();
        let mut total = LateDesk::default();
        for case in &cases {
            let key = [&case.agency, &case.officer].map(|name| name.as_deref().map_or(Key::Null, Key::of));
            let desk = desks.entry(key).or_insert_with(|| LateDesk {
                agency: case.agency.clone(),
                officer: case.officer.clone(),
                ..LateDesk::default()
            });
            desk.count(case);
            total.count(case);
        }
        let owed =
            |letters: Letters| letters.made.saturating_add(letters.lacking).saturating_add(letters.unknown);
        let counted = |fact| tally.total().fact(fact);
        for (listed, fact, identity) in [
            (total.resolved_late, Fact::Late, "late list I = resolved late"),
            (total.open_overdue, Fact::OpenOverdue, "late list II = open and overdue"),
            (owed(total.apologies), Fact::OverdueEver, "apologies owed = overdue by date"),
            (total.apologies.made, Fact::Apologised, "apologies of the list = apologised"),
            (total.explanations.made, Fact::Explained, "explanations of the list = explained"),
        ] {
            if listed != counted(fact) {
                return Err(Error::BrokenIdentity { identity });
            }
        }
        let basis = Basis::of(tally).warned_of(
            tally,
            WARNINGS,
            &[STANDING, &[Column::Apologised, Column::Explained]].concat(),
        );
        Ok(LateList { basis, cases, desks: desks.into_values().collect(), total })
    }

    /// The dossiers of one of the two lists.
    pub fn on(&self, kind: LateKind) -> impl Iterator<Item = &LateCase> {
        self.cases.iter().filter(move |case| case.kind == kind)
    }

    /// The dossiers that are to be apologised for or explained and are not known to be.
    pub fn owing(&self) -> impl Iterator<Item = &LateCase> {
        self.cases.iter().filter(|case| case.owes())
    }

    /// The list as JSON.
    ///
    /// # Errors
    /// [`Error::BadTally`] never in practice: every part is serialisable.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{LateList, Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026-03".parse()?).check()?;
    /// let list = LateList::of(&Tally::new(&query), [])?;
    /// assert_eq!(serde_json::from_str::<LateList>(&list.to_json()?)?, list);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|error| Error::BadTally { detail: error.to_string() })
    }
}

/// Warnings of a tally that concern the list.
const WARNINGS: &[&str] = &[
    "period_without_data",
    "cut_after_data",
    "cut_before_data",
    "rows_set_aside",
    "month_first",
    "end_unknown",
    "end_from_return",
    "late_unsettled",
    "provisional_calendar",
];
