//! From figures to points: rows, sums, and what must be said beside them.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::certainty::Certainty;
use crate::error::Error;
use crate::index::{IndexRow, IndexStatus, IndexSum};
use crate::index_figures::{Figure, FromDossiers, Lack, Sources, mean};
use crate::outcome::Note;
use crate::period::Period;
use crate::policy::Text;
use crate::ratio::Ratio;
use crate::scheme::Scheme;
use crate::scheme_row::{Formula, Level, SchemeRow, ScopeReading};

const OVERFLOW: Error = Error::Overflow { what: "a sum of points" };

/// The rows of one office.
pub(crate) fn rows(
    scheme: &Scheme,
    level: Level,
    reading: ScopeReading,
    sources: &Sources<'_>,
) -> Result<Vec<IndexRow>, Error> {
    scheme
        .rows()
        .iter()
        .map(|row| {
            let found = sources.figure(row)?;
            judged(scheme, row, row.applies(level, reading), found)
        })
        .collect()
}

fn judged(
    scheme: &Scheme,
    row: &SchemeRow,
    applies: bool,
    found: Result<Figure, Lack>,
) -> Result<IndexRow, Error> {
    let (figure, lack) = match found {
        Ok(figure) => (Some(figure), None),
        Err(lack) => (None, Some(lack)),
    };
    let counted = figure.as_ref().and_then(|figure| figure.numerator.zip(figure.denominator));
    let is_share = row.counts.value.is_none();
    let too_much = counted.filter(|(numerator, denominator)| is_share && numerator > denominator);
    let (status, score) = match (row.formula, counted) {
        _ if !applies => (IndexStatus::NotApplicable, None),
        (Formula::Information, _) => (IndexStatus::Information, None),
        (Formula::Unstated, _) => (IndexStatus::Unstated, None),
        (Formula::Proportional { .. }, Some((numerator, denominator))) if too_much.is_none() => {
            let score = row.score(numerator, denominator, scheme.decimals())?;
            (if denominator == 0 { IndexStatus::NoCases } else { IndexStatus::Scored }, score)
        }
        (Formula::Proportional { .. }, _) => (IndexStatus::NoData, None),
    };
    let lack = match too_much {
        Some(_) => Some(Lack {
            missing: Vec::new(),
            note: Note::new(
                "part_exceeds_whole",
                "tử số lớn hơn mẫu số: kiểm tra lại số đếm",
                "the numerator is greater than the denominator: check the counts",
            ),
        }),
        None => lack.filter(|_| applies),
    };
    let percent = match counted {
        Some((numerator, denominator)) if is_share => Ratio::of(numerator, denominator).percent2()?,
        _ => None,
    };
    let value = figure.as_ref().map(|figure| mean(figure, row)).transpose()?.flatten();
    let (missing, lack) = lack.map_or((Vec::new(), None), |lack| (lack.missing, Some(lack.note)));
    Ok(IndexRow {
        id: row.id.clone(),
        code: row.code.clone(),
        group: row.group.clone(),
        name: Arc::clone(&row.name),
        numerator_of: row.numerator.clone(),
        denominator_of: row.denominator.clone(),
        numerator: counted.map(|(numerator, _)| numerator),
        denominator: counted.map(|(_, denominator)| denominator),
        value,
        percent,
        score,
        maximum: row.maximum,
        formula: row.formula,
        zero: row.zero,
        status,
        counts_from: figure.as_ref().map(|figure| figure.from),
        counted_from: row.counts_from.clone(),
        unknown: figure.as_ref().and_then(|figure| figure.unknown),
        declared: figure.and_then(|figure| figure.declared),
        missing,
        lack,
        certainty: row.certainty(),
        evidence: Arc::clone(&row.evidence),
        differences: Arc::clone(&row.differences),
    })
}

/// Sums of rounded rows, by group and in all.
pub(crate) fn sums(scheme: &Scheme, rows: &[IndexRow]) -> Result<(Vec<IndexSum>, IndexSum), Error> {
    let groups = scheme
        .groups()
        .iter()
        .map(|group| {
            let theirs = rows.iter().filter(|row| row.group == group.id);
            sum(scheme, Some(&group.id), &group.name, group.maximum, theirs)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let name = Arc::new(Text::new("Tổng điểm", "Total"));
    let total = sum(scheme, None, &name, scheme.maximum(), rows.iter())?;
    Ok((groups, total))
}

fn sum<'r>(
    scheme: &Scheme,
    group: Option<&str>,
    name: &Arc<Text>,
    scheme_maximum: Decimal,
    rows: impl Iterator<Item = &'r IndexRow>,
) -> Result<IndexSum, Error> {
    let mut score = Decimal::new(0, scheme.decimals());
    let (mut maximum, mut scored_maximum) = (Decimal::ZERO, Decimal::ZERO);
    let mut missing = Vec::new();
    let add = |sum: &mut Decimal, points: Decimal| -> Result<(), Error> {
        *sum = sum.checked_add(points).ok_or(OVERFLOW)?;
        Ok(())
    };
    for row in rows {
        let points = row.maximum.unwrap_or(Decimal::ZERO);
        match row.status {
            IndexStatus::NotApplicable => continue,
            IndexStatus::Scored | IndexStatus::NoCases => add(&mut scored_maximum, points)?,
            IndexStatus::NoData => missing.push(row.id.clone()),
            IndexStatus::Information | IndexStatus::Unstated => {}
        }
        add(&mut maximum, points)?;
        add(&mut score, row.score.unwrap_or(Decimal::ZERO))?;
    }
    let known = scheme.is_complete() && missing.is_empty();
    Ok(IndexSum {
        group: group.map(str::to_owned),
        name: Arc::clone(name),
        score: known.then_some(score),
        maximum,
        scheme_maximum,
        scored_maximum,
        missing,
    })
}

/// What must be said of figures from dossiers: the policy's known differences from the portal, the
/// rules that are not the profile's, and the warnings of the count.
pub(crate) fn note_dossiers(dossiers: &FromDossiers<'_>) -> Vec<Note> {
    let policy = &dossiers.card.policy;
    let mut notes = dossiers.card.warnings.clone();
    let rules: Vec<String> = policy
        .rules
        .iter()
        .filter(|rule| rule.overridden)
        .map(|rule| format!("{}={}", rule.rule, rule.value))
        .collect();
    let list = std::iter::once(policy.profile.clone()).chain(rules).collect::<Vec<_>>().join(", ");
    notes.push(Note::new(
        "policy",
        format!("Số đếm từ hồ sơ theo bộ quy tắc: {list}."),
        format!("Dossiers counted by the rules: {list}."),
    ));
    notes.extend(policy.notes.iter().map(|note| Note { code: "policy".to_owned(), text: note.clone() }));
    notes
}

/// What must be said of the index itself.
pub(crate) fn note_index(
    scheme: &Scheme,
    level: Level,
    reading: ScopeReading,
    period: Option<&str>,
    rows: &[IndexRow],
) -> Vec<Note> {
    let mut notes = Vec::new();
    if !scheme.is_complete() {
        notes.push(Note::new(
            "scheme_not_complete",
            "Bộ chỉ số này mới biết một phần: chỉ có tỷ lệ, không có điểm.",
            "This scheme is known in part only: ratios, no points.",
        ));
    }
    notes
        .extend(period.and_then(|period| period.parse().ok()).and_then(|period| note_period(scheme, period)));
    let left_out: Vec<&SchemeRow> = scheme.rows().iter().filter(|row| !row.applies(level, reading)).collect();
    if !left_out.is_empty() {
        let list = labels(left_out.iter().map(|row| row.label()));
        let shown = labels(
            left_out.iter().filter(|row| row.applies(level, ScopeReading::Shown)).map(|row| row.label()),
        );
        let (mut vi, mut en) = (
            format!("Dòng không áp dụng cho cấp này, không tính vào điểm tối đa: {list}."),
            format!("Rows that do not apply at this level, left out of the maximum: {list}."),
        );
        if !shown.is_empty() {
            vi.push_str(&format!(" Cổng thực tế vẫn chấm {shown}: dùng scope=\"shown\" để tính như Cổng."));
            en.push_str(&format!(" The portal scores {shown} all the same: scope=\"shown\" does so too."));
        }
        notes.push(Note::new("rows_left_out", vi, en));
    }
    let weak = labels(
        rows.iter()
            .filter(|row| row.score.is_some() && row.certainty == Certainty::Unverified)
            .map(IndexRow::label),
    );
    if !weak.is_empty() {
        notes.push(Note::new(
            "unverified_rows",
            format!("Có điều chưa kiểm chứng ở các dòng: {weak}."),
            format!("Something is unverified in the rows: {weak}."),
        ));
    }
    notes
}

fn labels<'l>(labels: impl Iterator<Item = &'l str>) -> String {
    labels.collect::<Vec<_>>().join(", ")
}

fn note_period(scheme: &Scheme, period: Period) -> Option<Note> {
    let (start, end) = period.days(scheme.period_rule());
    let (from, to) = scheme.effective();
    if from.is_some_and(|from| start < from) || to.is_some_and(|to| end > to) {
        return Some(Note::new(
            "scheme_not_in_force",
            "Kỳ tính có ngày nằm ngoài thời gian hiệu lực của bộ chỉ số.",
            "A part of the period lies outside the time the scheme is in force.",
        ));
    }
    let (first, last) = scheme.observed()?;
    (start < first || end > last).then(|| {
        Note::new(
            "period_not_observed",
            format!(
                "Kỳ tính có ngày nằm ngoài khoảng {} – {} mà số liệu Cổng đã được đối chiếu.",
                first.vietnamese(),
                last.vietnamese()
            ),
            format!("A part of the period lies outside {first} to {last}, of which the portal's figures were seen."),
        )
    })
}
