//! The question an index answers: which scheme, whose counts, at what level.

use std::sync::Arc;

use crate::dimension::{Dimension, Key};
use crate::error::Error;
use crate::index::{Index, SchemeRef};
use crate::index_counts::OfficeCounts;
use crate::index_figures::{FromDossiers, Sources};
use crate::index_registers::RegistersBeside;
use crate::index_score::{note_dossiers, note_index, rows, sums};
use crate::index_table::CountTable;
use crate::outcome::Note;
use crate::policy::Policy;
use crate::register::Registers;
use crate::scheme::Scheme;
use crate::scheme_row::{Level, ScopeReading};
use crate::scorecard::{Group, Scorecard};
use crate::tally::Tally;

/// Câu hỏi về bộ chỉ số: what an [`Index`] is asked of. Several sources of counts may be given; a row
/// takes its figures from the first that has them: declared, the table, dossiers.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, IndexQuery, Level, OfficeCounts, Plan, Policy, Query, Scheme};
/// let scheme = Scheme::builtin("qd-766-2026")?;
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?)
///     .period("2026-08".parse()?)
///     .policy(Policy::profile("qd-766")?)
///     .check()?;
/// let dossier = Dossier {
///     due_at: Some("2026-08-12T17:00".parse()?),
///     completed_at: Some("2026-08-11T09:00".parse()?),
///     ..Dossier::received("2026-08-05T08:00".parse()?)
/// };
/// let card = query.scorecard(&[dossier])?;
/// let index = IndexQuery::new(&scheme).level(Level::Commune).dossiers(&card).one()?;
/// assert_eq!(index.row("2.1")?.score.unwrap().to_string(), "20.00");
/// assert!(index.row("5.2")?.missing.iter().any(|slug| slug == "petitions"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct IndexQuery<'q> {
    scheme: &'q Scheme,
    level: Option<Level>,
    scope: ScopeReading,
    period: Option<String>,
    counts: Option<&'q CountTable>,
    declared: Option<&'q CountTable>,
    card: Option<&'q Scorecard>,
    registers: Option<RegistersBeside<'q>>,
}

impl<'q> IndexQuery<'q> {
    /// A question of a scheme.
    pub fn new(scheme: &'q Scheme) -> Self {
        IndexQuery {
            scheme,
            level: None,
            scope: ScopeReading::Stated,
            period: None,
            counts: None,
            declared: None,
            card: None,
            registers: None,
        }
    }

    /// Level of the offices whose counts do not say it. There is no default.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{CountTable, IndexQuery, OfficeCounts, Scheme};
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// let table = CountTable::of(OfficeCounts::default());
    /// assert_eq!(IndexQuery::new(&scheme).counts(&table).one().unwrap_err().code(), "no_level");
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = Some(level);
        self
    }

    /// How scopes are read. Default: as stated.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{CountTable, IndexQuery, Level, OfficeCounts, ScopeReading, Scheme};
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// let table = CountTable::of(OfficeCounts::default());
    /// let query = IndexQuery::new(&scheme).level(Level::Commune).counts(&table);
    /// assert_eq!(query.clone().one()?.group("digitisation")?.maximum.to_string(), "16");
    /// assert_eq!(query.scope(ScopeReading::Shown).one()?.group("digitisation")?.maximum.to_string(), "22");
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    #[must_use]
    pub fn scope(mut self, scope: ScopeReading) -> Self {
        self.scope = scope;
        self
    }

    /// What period the counts are of, where they do not say it: a label. Counted dossiers bring theirs.
    #[must_use]
    pub fn period(mut self, period: &str) -> Self {
        self.period = Some(period.to_owned());
        self
    }

    /// A table of counts.
    #[must_use]
    pub fn counts(mut self, counts: &'q CountTable) -> Self {
        self.counts = Some(counts);
        self
    }

    /// A table of declarations.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{CountTable, CountsSource, IndexQuery, Level, Scheme};
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// let counts = CountTable::from_csv("c.csv", "procedures_content_full,procedures_public\n80,89\n", &scheme)?;
    /// let text = "indicator,numerator,denominator,source,date\n1.3,87,89,BC 12/BC-UBND,2026-09-05\n";
    /// let declared = CountTable::declared_from_csv("d.csv", text, &scheme)?;
    /// let index = IndexQuery::new(&scheme).level(Level::Commune).counts(&counts).declared(&declared).one()?;
    /// let row = index.row("1.3")?; // a declaration goes before a table
    /// assert_eq!((row.numerator, row.counts_from), (Some(87), Some(CountsSource::Declared)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn declared(mut self, declared: &'q CountTable) -> Self {
        self.declared = Some(declared);
        self
    }

    /// Counted dossiers, from [`Tally::scorecard`](crate::Tally::scorecard): only facts are read, so
    /// any plan will do. One index per group, or one of the total where there is no breakdown.
    #[must_use]
    pub fn dossiers(mut self, card: &'q Scorecard) -> Self {
        self.card = Some(card);
        self
    }

    /// Registers beside dossiers counted for the same period: rows that need a register are counted from
    /// them, with the dossiers of their procedures. A tally without dossiers says the period alone.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{
    ///     IndexQuery, Level, OnlineLevel, Plan, Policy, Procedure, Query, RegisterTable, Registers, Scheme, Tally,
    /// };
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?)
    ///     .period("2026".parse()?)
    ///     .policy(Policy::profile("qd-766")?)
    ///     .check()?;
    /// let entry = |code: &str, level| Procedure {
    ///     code: Some(code.into()),
    ///     online_level: Some(level),
    ///     ..Procedure::default()
    /// };
    /// let table = RegisterTable::of([entry("A", OnlineLevel::Partial), entry("B", OnlineLevel::Offline)]);
    /// let registers = Registers { procedures: Some(table), ..Registers::default() };
    /// let (scheme, tally) = (Scheme::builtin("qd-766-2026")?, Tally::new(&query));
    /// let index = IndexQuery::new(&scheme).level(Level::Commune).registers(&registers, &tally).one()?;
    /// let row = index.row("3.1")?;
    /// assert_eq!((row.numerator, row.denominator), (Some(1), Some(2)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn registers(mut self, registers: &'q Registers, tally: &'q Tally) -> Self {
        self.registers = Some(RegistersBeside { registers, tally });
        self
    }

    /// The index, where there is one.
    ///
    /// # Errors
    /// Those of [`IndexQuery::all`]; [`Error::ManyOffices`] when there are several.
    ///
    /// # Example
    /// See [`IndexQuery`].
    pub fn one(&self) -> Result<Index, Error> {
        let mut all = self.all()?;
        match (all.pop(), all.len()) {
            (Some(index), 0) => Ok(index),
            (_, rest) => Err(Error::ManyOffices { offices: rest.saturating_add(1) }),
        }
    }

    /// The indices: of each group of the dossiers, then of each office of the tables that is not
    /// among them, in the order of the tables.
    ///
    /// # Errors
    /// [`Error::NoCounts`] when nothing was given; [`Error::NoLevel`]; [`Error::NotByOffice`] of
    /// dossiers counted by what is no office, such as a month; [`Error::OtherOnTimeBase`] of
    /// dossiers judged on another base than the scheme's profile; [`Error::OfficesDoNotMatch`] when
    /// tables cannot be matched with the dossiers' groups; [`Error::Overflow`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{CountTable, IndexQuery, Scheme};
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// let text = "agency,level,received,on_time\nA,commune,10,9\nB,province,20,19\n";
    /// let table = CountTable::from_csv("counts.csv", text, &scheme)?;
    /// let scores: Vec<String> = IndexQuery::new(&scheme).counts(&table).all()?
    ///     .iter()
    ///     .map(|index| index.groups[1].score.unwrap().to_string())
    ///     .collect();
    /// assert_eq!(scores, ["18.00", "19.00"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn all(&self) -> Result<Vec<Index>, Error> {
        let nothing = self.counts.is_none() && self.declared.is_none() && self.card.is_none();
        if nothing && self.registers.is_none() {
            return Err(Error::NoCounts);
        }
        let offices = self.offices()?;
        let scheme = Arc::new(SchemeRef::of(self.scheme));
        let Some(card) = self.card else {
            if offices.is_empty() {
                return Ok(vec![self.index(&scheme, None, None)?]);
            }
            return offices.iter().map(|office| self.index(&scheme, Some(office), None)).collect();
        };
        if let Some(name) = card.query.by.iter().find(|name| !is_of_offices(name)) {
            return Err(Error::NotByOffice { name: name.clone() });
        }
        let policy = self.judged_by(card)?;
        let groups: &[Group] = match card.query.by.as_slice() {
            [] => std::slice::from_ref(&card.total),
            _ => &card.groups,
        };
        let by_agency = matches!(card.query.by.as_slice(), [name] if name == "agency");
        let mut left: Vec<&OfficeCounts> = offices.iter().collect();
        let mut indices = Vec::with_capacity(groups.len());
        for group in groups {
            let office = if card.query.by.is_empty() {
                if left.len() > 1 {
                    return Err(Error::OfficesDoNotMatch { what: "many_offices" });
                }
                left.pop()
            } else if by_agency {
                let is_theirs = |office: &&OfficeCounts| {
                    matches!((group.keys.first(), &office.agency),
                        (Some(Key::Text(name)), Some(agency)) if **name == **agency)
                };
                let found = left.iter().position(is_theirs).map(|place| left.remove(place));
                if left.iter().any(is_theirs) {
                    return Err(Error::OfficesDoNotMatch { what: "several_periods" });
                }
                found
            } else {
                None
            };
            let dossiers = FromDossiers { card, group, policy: &policy };
            indices.push(self.index(&scheme, office, Some(dossiers))?);
        }
        if !left.is_empty() && (!by_agency || left.iter().any(|office| office.agency.is_none())) {
            return Err(Error::OfficesDoNotMatch { what: "other_breakdown" });
        }
        for office in left {
            indices.push(self.index(&scheme, Some(office), None)?);
        }
        Ok(indices)
    }

    /// The offices of the tables: a declaration joins the counts of its office.
    fn offices(&self) -> Result<Vec<OfficeCounts>, Error> {
        let mut offices: Vec<OfficeCounts> =
            self.counts.map(|table| table.offices.clone()).unwrap_or_default();
        for declared in self.declared.iter().flat_map(|table| &table.offices) {
            let mut same = offices.iter_mut().filter(|office| office.is_same_office(declared));
            match (same.next(), same.next()) {
                (Some(office), None) => {
                    for (id, declaration) in &declared.declared {
                        if office.declared.insert(id.clone(), declaration.clone()).is_some() {
                            return Err(Error::RowTwice { row: id.clone() });
                        }
                    }
                    office.level = office.level.or(declared.level);
                }
                (Some(_), Some(_)) => return Err(Error::OfficesDoNotMatch { what: "several_periods" }),
                (None, _) => {
                    let alone = declared.agency.is_none() && declared.agency_code.is_none();
                    match offices.as_mut_slice() {
                        // One office, and a declaration that names none: it can be no other's.
                        [office] if alone => office.declared.extend(declared.declared.clone()),
                        [_, _, ..] if alone => {
                            return Err(Error::OfficesDoNotMatch { what: "nameless_declaration" });
                        }
                        _ => offices.push(declared.clone()),
                    }
                }
            }
        }
        Ok(offices)
    }

    /// The policy the dossiers were judged by; its on-time base must be that of the scheme.
    fn judged_by(&self, card: &Scorecard) -> Result<Policy, Error> {
        let mut policy = Policy::profile(&card.policy.profile)?;
        for rule in &card.policy.rules {
            policy = policy.with(&rule.rule, &rule.value)?;
        }
        let expected = Policy::profile(self.scheme.profile())?.on_time_base;
        if policy.on_time_base != expected {
            return Err(Error::OtherOnTimeBase { found: policy.on_time_base, expected });
        }
        Ok(policy)
    }

    fn index(
        &self,
        scheme: &Arc<SchemeRef>,
        office: Option<&OfficeCounts>,
        dossiers: Option<FromDossiers<'_>>,
    ) -> Result<Index, Error> {
        let level = office.and_then(|office| office.level).or(self.level).ok_or(Error::NoLevel)?;
        let mut keys: Vec<(String, Key)> = Vec::new();
        let mut period = office.and_then(|office| office.period.clone()).or_else(|| self.period.clone());
        if let (None, Some(beside)) = (&period, &self.registers) {
            period = Some(beside.tally.query().period().to_string());
        }
        let mut notes: Vec<Note> = Vec::new();
        if let Some(dossiers) = &dossiers {
            for (name, key) in dossiers.card.query.by.iter().zip(&dossiers.group.keys) {
                keys.push((name.clone(), key.clone()));
            }
            period = Some(dossiers.card.query.period.clone());
            notes.extend(note_dossiers(dossiers));
        }
        if let Some(office) = office {
            let named = [("agency_code", &office.agency_code), ("agency", &office.agency)];
            for (name, value) in named {
                if let Some(value) = value
                    && !keys.iter().any(|(known, _)| known == name)
                {
                    keys.push((name.to_owned(), Key::of(value)));
                }
            }
        }
        let group = dossiers.as_ref().filter(|of| !of.card.query.by.is_empty()).map(|of| &*of.group.keys);
        let registers = self.registers.map(|beside| beside.figures(self.scheme, group)).transpose()?;
        let registers = registers.unwrap_or_default();
        let sources = Sources { office, registers: &registers, dossiers };
        let rows = rows(self.scheme, level, self.scope, &sources)?;
        let (groups, total) = sums(self.scheme, &rows)?;
        notes.extend(note_index(self.scheme, level, self.scope, period.as_deref(), &rows));
        let ignored =
            [self.counts, self.declared].into_iter().flatten().filter(|table| !table.ignored.is_empty());
        for table in ignored {
            let list = table.ignored.join(", ");
            notes.push(Note::new(
                "columns_ignored",
                format!("Cột không dùng của {}: {list}.", table.name),
                format!("Columns of {} that were not used: {list}.", table.name),
            ));
        }
        Ok(Index {
            scheme: Arc::clone(scheme),
            level,
            scope: self.scope,
            period,
            keys,
            rows,
            groups,
            total,
            notes,
            sources: self.scheme.sources().into(),
        })
    }
}

/// Whether a breakdown is by offices; what a column of the caller's own is, only the caller knows.
fn is_of_offices(name: &str) -> bool {
    match name.parse() {
        Ok(dimension) => matches!(dimension, Dimension::Agency | Dimension::ReceivingAgency),
        Err(_) => true,
    }
}
