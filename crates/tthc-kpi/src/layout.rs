//! What a tally counts per group: every fact, and under each field group the facts that the
//! plan's filtered indicators ask for.

use crate::fact::{Fact, Facts, Quantity};
use crate::plan::{Indicator, Plan, words};

/// How a dossier stands to a field group.
///
/// # Example
/// ```
/// use tthc_kpi::{Belongs, Membership, Plan};
/// let unknown = Membership::of(&Plan::builtin("dong-nguyen-2026")?, None);
/// assert!(unknown.matches(0, Belongs::Unknown) && !unknown.matches(0, Belongs::Yes));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Belongs {
    /// Its field is in the group.
    Yes,
    /// Its field is unknown: it could be in the group.
    Unknown,
}

/// One count under a field group.
///
/// # Example
/// ```
/// use tthc_kpi::{Belongs, Fact, FilteredFact, Plan, Query};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let land_rated = FilteredFact { group: 0, belongs: Belongs::Yes, fact: Fact::Rated };
/// assert!(query.layout().filtered_facts().contains(&land_rated));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FilteredFact {
    /// Index of the field group in the plan.
    pub group: usize,
    /// Dossiers in the group, or those that could be.
    pub belongs: Belongs,
    /// The fact counted.
    pub fact: Fact,
}

/// One sum under a field group.
///
/// # Example
/// ```
/// use tthc_kpi::{FilteredSum, Plan, Quantity, Query};
/// let plan = Plan::from_toml("my.toml", r#"
/// id = "my-ward-2026"
/// title = "Kế hoạch của xã"
/// [[field_groups]]
/// id = "land"
/// name = { vi = "Đất đai", en = "Land" }
/// words = ["đất đai"]
/// [[indicators]]
/// id = "land_payments"
/// name = { vi = "Thanh toán trực tuyến", en = "Online payments" }
/// measure = "online_payments"
/// filter = "land"
/// target = { op = ">=", percent = 75 }
/// clauses = [{ clause = "II.5", text = "75% giao dịch thanh toán trực tuyến" }]
/// "#)?;
/// let query = Query::new(&plan).period("2026".parse()?).check()?;
/// assert!(query.layout().filtered_sums().contains(&FilteredSum { group: 0, quantity: Quantity::Payments }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FilteredSum {
    /// Index of the field group in the plan.
    pub group: usize,
    /// The quantity summed over the dossiers in the group.
    pub quantity: Quantity,
}

/// The counts and sums of a tally beyond the plain facts, in a fixed order given by the plan.
///
/// # Example
/// ```
/// use tthc_kpi::{Plan, Query};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// // Satisfaction is asked of three field groups; no payments are.
/// assert!(query.layout().filtered_facts().iter().all(|ask| ask.group < 3));
/// assert!(query.layout().filtered_sums().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    facts: Vec<FilteredFact>,
    sums: Vec<FilteredSum>,
    procedures: bool,
}

impl Layout {
    pub(crate) fn of(plan: &Plan) -> Self {
        let mut layout = Layout::default();
        for indicator in plan.indicators() {
            layout.procedures |= indicator.measure.joins_procedures();
            let Some(group) = plan.group_index(indicator) else { continue };
            let Some(asked) = indicator.measure.facts() else { continue };
            let (pending, possible) = indicator.measure.pending().unzip();
            let yes = [Some(asked.scope), Some(asked.judged), Some(asked.passed), pending, possible];
            layout.facts.extend(yes.into_iter().flatten().map(|fact| FilteredFact {
                group,
                belongs: Belongs::Yes,
                fact,
            }));
            layout.facts.push(FilteredFact { group, belongs: Belongs::Unknown, fact: asked.scope });
            let (numerator, denominator) = asked.sums.unzip();
            layout.sums.extend(
                [numerator, denominator]
                    .into_iter()
                    .flatten()
                    .map(|quantity| FilteredSum { group, quantity }),
            );
        }
        layout.facts.sort_unstable();
        layout.facts.dedup();
        layout.sums.sort_unstable();
        layout.sums.dedup();
        layout
    }

    /// The counts under field groups, in their order.
    pub fn filtered_facts(&self) -> &[FilteredFact] {
        &self.facts
    }

    /// Whether dossiers are counted per procedure, for indicators that count procedures by their
    /// dossiers.
    pub fn counts_procedures(&self) -> bool {
        self.procedures
    }

    /// The sums under field groups, in their order.
    pub fn filtered_sums(&self) -> &[FilteredSum] {
        &self.sums
    }
}

/// How one dossier stands to each field group of the plan, two bits a group.
///
/// # Example
/// ```
/// use tthc_kpi::{Membership, Plan};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let land = plan.field_groups().iter().position(|group| group.id == "land");
/// assert_eq!(Membership::of(&plan, Some("Đất đai")).in_group(land), Some(true));
/// assert_eq!(Membership::of(&plan, Some("Hộ tịch")).in_group(land), Some(false));
/// assert_eq!(Membership::of(&plan, None).in_group(land), None);
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Membership {
    yes: u64,
    unknown: bool,
}

impl Membership {
    /// Of a field's name.
    pub fn of(plan: &Plan, field: Option<&str>) -> Self {
        let Some(field) = field.filter(|field| !field.trim().is_empty()) else {
            return Membership { yes: 0, unknown: true };
        };
        let field = words(field);
        let groups = plan.field_groups().iter().enumerate();
        let inside = groups.filter(|(_, group)| group.holds_words(&field));
        Membership { yes: inside.fold(0, |yes, (index, _)| yes | 1 << index), unknown: false }
    }

    /// Whether the dossier is known to be in no field group, so that it counts in none of their cells.
    pub(crate) fn is_nowhere(self) -> bool {
        self.yes == 0 && !self.unknown
    }

    /// Whether the dossier counts in a cell of a field group.
    pub fn matches(self, group: usize, belongs: Belongs) -> bool {
        match belongs {
            Belongs::Yes => self.yes >> group & 1 == 1,
            Belongs::Unknown => self.unknown,
        }
    }

    /// Whether the dossier's place in a filter is unknown, yes or no.
    pub fn in_group(self, group: Option<usize>) -> Option<bool> {
        match group {
            None => Some(true),
            Some(_) if self.unknown => None,
            Some(group) => Some(self.matches(group, Belongs::Yes)),
        }
    }
}

/// What one dossier is to one indicator.
///
/// # Example
/// ```
/// use tthc_kpi::{Fact, Facts, Membership, Outcome, Plan};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let rating = plan.indicator("satisfaction_rate")?;
/// let of = |facts| Outcome::of(rating, &plan, facts, &[0, 0], Membership::default());
/// let resolved = Facts::default().with(Fact::Handled).with(Fact::Resolved);
/// assert_eq!(of(Facts::default()), None);
/// assert_eq!(of(resolved), Some(Outcome::Unknown)); // not rated
/// assert_eq!(of(resolved.with(Fact::Rated)), Some(Outcome::Failing));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// In the denominator and the numerator.
    Passing,
    /// In the denominator only.
    Failing,
    /// Could enter the denominator but for an unknown.
    Unknown,
}

impl Outcome {
    /// The outcome of a dossier, none when the indicator does not ask about it. For sums of
    /// payments, a dossier passes when all of its payments were online.
    pub fn of(
        indicator: &Indicator,
        plan: &Plan,
        facts: Facts,
        sums: &[u64],
        field: Membership,
    ) -> Option<Outcome> {
        let asked = indicator.measure.facts()?;
        let inside = field.in_group(plan.group_index(indicator));
        if !facts.has(asked.scope) || inside == Some(false) {
            return None;
        }
        if inside.is_none() || !facts.has(asked.judged) {
            return Some(Outcome::Unknown);
        }
        let passed = match asked.sums {
            None => facts.has(asked.passed),
            Some((numerator, denominator)) => {
                let (n, d) = (sums.get(numerator as usize)?, sums.get(denominator as usize)?);
                if *d == 0 {
                    return None;
                }
                n == d
            }
        };
        Some(if passed { Outcome::Passing } else { Outcome::Failing })
    }

    /// Whether the dossier is open and still to be decided for the indicator.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Fact, Facts, Membership, Outcome, Plan};
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// let open = Facts::default().with(Fact::Handled).with(Fact::Open);
    /// let is_open = |id, field| -> Result<bool, tthc_kpi::Error> {
    ///     Ok(Outcome::is_open(plan.indicator(id)?, &plan, open, Membership::of(&plan, field)))
    /// };
    /// assert!(is_open("satisfaction_rate_land", Some("Đất đai"))?);
    /// assert!(!is_open("satisfaction_rate_land", Some("Hộ tịch"))?);
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn is_open(indicator: &Indicator, plan: &Plan, facts: Facts, field: Membership) -> bool {
        let pending = indicator.measure.pending().map_or(Fact::Open, |(pending, _)| pending);
        indicator.measure.facts().is_some()
            && facts.has(pending)
            && field.in_group(plan.group_index(indicator)) != Some(false)
    }
}
