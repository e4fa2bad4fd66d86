//! Every slug that callers write or outputs show has a line in the glossary.

use tthc_kpi::{
    BeforeDate, Bucket, CadenceKind, Certainty, Column, CountsSource, Exclusion, Flag, FormColumn,
    IndexStatus, InstanceKind, InstanceStatus, LateKind, Measure, Policy, Rarity, Reason, Register,
    ResultStatus, ReviewScope, Scheme, ScopeReading, ZeroRule,
};

#[test]
fn every_slug_is_in_the_glossary() {
    let glossary = include_str!("../../GLOSSARY.md");
    let columns = Column::ALL.iter().map(|column| column.slug());
    let measures = Measure::ALL.iter().map(|measure| measure.slug());
    let statuses = ResultStatus::ALL.iter().map(|status| status.slug());
    let exclusions = Exclusion::ALL.iter().map(|reason| reason.slug());
    let reasons = Reason::ALL.iter().map(|reason| reason.slug());
    let rules = Policy::RULES.iter().copied();
    let verdicts =
        ["early", "on_due_day", "late", "open_in_time", "open_overdue", "overdue_ever", "late_unsettled"];
    let index = IndexStatus::ALL.iter().map(|status| status.slug());
    let index = index.chain(Certainty::ALL.iter().map(|certainty| certainty.slug()));
    let index = index.chain(CountsSource::ALL.iter().map(|source| source.slug()));
    let index = index.chain(ScopeReading::ALL.iter().map(|reading| reading.slug()));
    let index = index.chain(ZeroRule::ALL.iter().map(|rule| rule.slug()));
    let kinds = InstanceKind::ALL.iter().map(|kind| kind.slug());
    let states = InstanceStatus::ALL.iter().map(|state| state.slug());
    let cadences = CadenceKind::ALL.iter().map(|cadence| cadence.slug());
    let scopes = ReviewScope::ALL.iter().map(|scope| scope.slug());
    let schedule = kinds.chain(states).chain(cadences).chain(scopes);
    let flags = Flag::ALL.iter().map(|flag| flag.slug());
    let flags = flags.chain(Rarity::ALL.iter().map(|rarity| rarity.slug()));
    let registers = Register::ALL.iter().map(|register| register.slug());
    let forms = FormColumn::ALL.iter().map(|column| column.slug());
    let forms = forms.chain(LateKind::ALL.iter().map(|kind| kind.slug()));
    let buckets = Bucket::ALL.iter().map(|bucket| bucket.slug());
    for rule in BeforeDate::ALL {
        assert!(glossary.contains(&format!("`{rule}`")), "{rule}");
    }
    let all = columns
        .chain(measures)
        .chain(statuses)
        .chain(exclusions)
        .chain(reasons)
        .chain(rules)
        .chain(verdicts)
        .chain(index)
        .chain(schedule)
        .chain(flags)
        .chain(registers)
        .chain(forms)
        .chain(buckets);
    let lacking: Vec<&str> = all.filter(|slug| !glossary.contains(&format!("| {slug} |"))).collect();
    assert!(lacking.is_empty(), "not in GLOSSARY.md: {lacking:?}");
    for profile in Policy::profiles().chain(Scheme::builtins()) {
        assert!(glossary.contains(&format!("`{profile}`")), "{profile}");
    }
}
