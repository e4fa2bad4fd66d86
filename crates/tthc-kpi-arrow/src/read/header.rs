//! Which column a header means, and which column of the source each canonical column is read from.

use std::collections::BTreeMap;

use tthc_kpi::{Column, ColumnSet, ColumnType, nearest};

use super::values::Values;
use super::words::{folded, normalise, without_notes, words};
use super::{MappedColumn, NearRow, Place, ReadError, ReadOptions, Rule};

/// The target of a mapping that leaves a column out.
///
/// # Example
/// ```
/// use tthc_kpi_arrow::read::{IGNORE, ReadOptions, Rule, map_columns};
/// let names = ["Ngày tiếp nhận".to_owned(), "Ngày hẹn trả".to_owned()];
/// let mapping = [(names[1].clone(), IGNORE.to_owned())].into();
/// let mapped = map_columns(&names, "table", &ReadOptions { mapping, ..ReadOptions::default() })?;
/// assert_eq!((mapped[1].column, mapped[1].rule), (None, Rule::Ignored));
/// # Ok::<(), tthc_kpi_arrow::read::ReadError>(())
/// ```
pub const IGNORE: &str = "ignore";

/// Names of dimensions the library makes itself, and of the columns of its results: an extra
/// column cannot take one.
const TAKEN: [&str; 20] = [
    "month",
    "quarter",
    "week",
    "day",
    "received_month",
    "period_start",
    "period_end",
    "indicator",
    "numerator",
    "denominator",
    "percent",
    "target_op",
    "target",
    "gap",
    "cases_needed",
    "best_case",
    "worst_case",
    "unknown",
    "declared",
    "group",
];

/// What a header means.
///
/// # Example
/// ```
/// use tthc_kpi::Column;
/// use tthc_kpi_arrow::read::{HeaderMatch, Rule, match_header};
/// assert_eq!(match_header("Ngày tiếp nhận")?, HeaderMatch::Column(Column::ReceivedAt, Rule::Exact));
/// assert_eq!(match_header("Màu mắt")?, HeaderMatch::Unknown);
/// # Ok::<(), tthc_kpi_arrow::read::ReadError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderMatch {
    /// One column, and by which rule.
    Column(Column, Rule),
    /// Personal data of the applicant: never loaded.
    Personal,
    /// It could mean any of these.
    Ambiguous(Vec<Column>),
    /// Nothing known.
    Unknown,
}

/// What a header means by the built-in words (`data/headers.toml`), without a caller's mapping.
///
/// # Errors
/// Only if the built-in words are broken, which a test excludes.
///
/// # Example
/// ```
/// use tthc_kpi::Column;
/// use tthc_kpi_arrow::read::{HeaderMatch, Rule, match_header};
/// assert_eq!(match_header("NGÀY  NHẬN *")?, HeaderMatch::Column(Column::ReceivedAt, Rule::Synonym));
/// assert_eq!(match_header("Chủ hồ sơ")?, HeaderMatch::Personal);
/// # Ok::<(), tthc_kpi_arrow::read::ReadError>(())
/// ```
pub fn match_header(header: &str) -> Result<HeaderMatch, ReadError> {
    let words = words()?;
    let whole = normalise(header);
    // First as it stands, then without notes in brackets: a note may be part of a known header. Then the
    // same with its shortened words written out: one may be the header's own.
    let names = [whole.clone(), without_notes(&whole)];
    let long = names.each_ref().map(|name| words.spelled_out(name));
    let as_written = names.iter().map(|name| (name, true));
    for (name, as_written) in as_written.chain(long.iter().flatten().map(|name| (name, false))) {
        if name.is_empty() {
            continue;
        }
        if let Some((column, own)) = words.headers.get(name) {
            let rule = if *own && as_written { Rule::Exact } else { Rule::Synonym };
            return Ok(HeaderMatch::Column(*column, rule));
        }
        if let Some(columns) = words.ambiguous.get(name) {
            return Ok(HeaderMatch::Ambiguous(columns.clone()));
        }
        match words.without_marks(name) {
            [] => {}
            [column] => return Ok(HeaderMatch::Column(*column, Rule::Synonym)),
            several => return Ok(HeaderMatch::Ambiguous(several.to_vec())),
        }
    }
    let personal = words.is_personal(&whole) || long.iter().flatten().any(|name| words.is_personal(name));
    Ok(if personal { HeaderMatch::Personal } else { HeaderMatch::Unknown })
}

/// What a slot of the batch is filled with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A canonical column.
    Column(Column),
    /// An extra column, by the name the caller gave.
    Extra(String),
}

impl Target {
    /// The name of the column in a batch.
    pub(crate) fn name(&self) -> &str {
        match self {
            Target::Column(column) => column.slug(),
            Target::Extra(name) => name,
        }
    }
}

/// One column of the source that is read.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    /// Its place in the source row, from 0.
    pub(crate) index: usize,
    /// Its header in the source.
    pub(crate) source: String,
    /// What it fills.
    pub(crate) target: Target,
    /// What the caller says of its words.
    pub(crate) values: Option<Values>,
}

impl Slot {
    /// Whether texts of it tell how those of other columns are written: dates which of their numbers is the
    /// month, amounts what their marks are.
    pub(super) fn tells_of_others(&self) -> bool {
        let kind = match &self.target {
            Target::Column(column) => Some(column.column_type()),
            Target::Extra(_) => None,
        };
        matches!(kind, Some(ColumnType::Instant | ColumnType::Money))
    }
}

impl Layout {
    /// The canonical columns.
    pub(crate) fn columns(&self) -> ColumnSet {
        let column = |target: &Target| match target {
            Target::Column(column) => Some(*column),
            Target::Extra(_) => None,
        };
        self.slots.iter().filter_map(|slot| column(&slot.target)).collect()
    }
}

/// What is read from where.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// Canonical columns in canonical order, then extras in the caller's order.
    pub(crate) slots: Vec<Slot>,
    /// What became of every header, in the order of the source.
    pub(crate) mapping: Vec<MappedColumn>,
}

/// The caller's mapping and extras, checked against nothing but themselves.
pub(crate) struct Wishes {
    mapping: BTreeMap<String, (String, Option<Column>)>,
    extras: Vec<(String, String)>,
    values: BTreeMap<Column, Values>,
}

impl Wishes {
    pub(crate) fn new(options: &ReadOptions) -> Result<Self, ReadError> {
        let words = words()?;
        let mut mapping = BTreeMap::new();
        for (header, slug) in &options.mapping {
            let column = if slug == IGNORE {
                None
            } else {
                // By its slug, or by its Vietnamese name.
                let column = match (slug.parse::<Column>(), match_header(slug)) {
                    (Ok(column), _) | (Err(_), Ok(HeaderMatch::Column(column, _))) => column,
                    (Err(source), _) => {
                        return Err(ReadError::UnknownColumn { header: header.clone(), source });
                    }
                };
                // A mapping must not smuggle a name in as, say, the agency.
                if matches!(match_header(header)?, HeaderMatch::Personal) {
                    return Err(ReadError::Personal { header: header.clone() });
                }
                Some(column)
            };
            mapping.insert(mapping_key(header), (header.clone(), column));
        }
        let mut extras: Vec<(String, String)> = Vec::new();
        for name in &options.extra {
            let key = normalise(name);
            if words.is_personal(&key) {
                return Err(ReadError::Personal { header: name.clone() });
            }
            let taken = match match_header(name)? {
                HeaderMatch::Personal => return Err(ReadError::Personal { header: name.clone() }),
                HeaderMatch::Column(column, _) => Some(column.slug().to_owned()),
                _ if TAKEN.contains(&key.as_str()) => Some(format!("the dimension {key}")),
                _ if extras.iter().any(|(_, other)| *other == key) => {
                    Some("an extra column asked for before".into())
                }
                _ => None,
            };
            if let Some(taken) = taken {
                return Err(ReadError::Taken { name: name.clone(), taken });
            }
            extras.push((name.clone(), key));
        }
        Ok(Wishes { mapping, extras, values: Values::all(&options.values)? })
    }

    /// Whether the caller has not said what any header means.
    pub(crate) fn is_plain(&self) -> bool {
        self.mapping.is_empty()
    }

    /// What the caller said of a header: an extra, a column, or to leave it out. Of the columns with the very
    /// same header it is the `nth`, from 1.
    fn said_of(&self, header: &str, nth: usize) -> Option<Said> {
        let whole = normalise(header);
        [&format!("{whole}#{nth}"), &whole, &without_notes(&whole)]
            .into_iter()
            .filter(|name| !name.is_empty())
            .find_map(|name| {
                if let Some((_, column)) = self.mapping.get(name) {
                    return Some(column.map_or(Said::Ignore, Said::Column));
                }
                self.extras.iter().find(|(_, key)| key == name).map(|(extra, _)| Said::Extra(extra.clone()))
            })
    }

    /// How many headers of a row are known, and whether the date of receipt is among them.
    pub(crate) fn score<'a>(
        &self,
        headers: impl Iterator<Item = &'a str>,
    ) -> Result<(usize, bool), ReadError> {
        let (mut known, mut received) = (0, false);
        let mut counted = Counted::default();
        for header in headers {
            match self.said_of(header, counted.next(header)) {
                Some(said) => {
                    known += 1;
                    received |= matches!(said, Said::Column(Column::ReceivedAt));
                }
                None => match match_header(header)? {
                    HeaderMatch::Column(column, _) => {
                        known += 1;
                        received |= column == Column::ReceivedAt;
                    }
                    HeaderMatch::Personal | HeaderMatch::Ambiguous(_) => known += 1,
                    HeaderMatch::Unknown => {}
                },
            }
        }
        Ok((known, received))
    }

    /// What a row that may be meant as the header has.
    pub(crate) fn near(&self, row: u64, headers: &[(usize, String)]) -> Result<NearRow, ReadError> {
        let (mut known, mut others) = (Vec::new(), Vec::new());
        let mut counted = Counted::default();
        for (_, header) in headers {
            match (self.said_of(header, counted.next(header)), match_header(header)?) {
                (Some(Said::Column(column)), _) | (None, HeaderMatch::Column(column, _)) => {
                    known.push(column);
                }
                (None, HeaderMatch::Unknown) => others.push(header.clone()),
                _ => {}
            }
        }
        known.sort_unstable();
        known.dedup();
        // A header that speaks of a day could be the one that is wanted. Of a row with fewer known headers the
        // other cells may be data, which no message repeats.
        let of_time = |header: &&String| {
            let plain = folded(&normalise(header));
            ["ngay", "thoi gian", "thoi diem", "date", "time"].iter().any(|word| plain.contains(word))
        };
        let likely =
            (known.len() >= 2).then(|| others.iter().find(of_time).or(others.first()).cloned()).flatten();
        Ok(NearRow { sheet: None, row, known, likely })
    }

    /// Whether the source column of this name is needed at all.
    pub(crate) fn wants(&self, header: &str) -> bool {
        let numbered = format!("{}#", normalise(header));
        if self.mapping.keys().any(|key| key.starts_with(&numbered)) {
            return true;
        }
        match self.said_of(header, 1) {
            Some(said) => !matches!(said, Said::Ignore),
            None => matches!(match_header(header), Ok(HeaderMatch::Column(..) | HeaderMatch::Ambiguous(_))),
        }
    }

    /// Decides what every header is read as.
    pub(crate) fn layout(&self, place: &Place, headers: &[(usize, String)]) -> Result<Layout, ReadError> {
        self.layout_told(place, headers, |_| None)
    }

    /// The same where what some headers mean is told, by their index, and not by the words.
    pub(crate) fn layout_told(
        &self,
        place: &Place,
        headers: &[(usize, String)],
        told: impl Fn(usize) -> Option<Column>,
    ) -> Result<Layout, ReadError> {
        let mut mapping = Vec::with_capacity(headers.len());
        let mut slots: Vec<(Slot, Rule)> = Vec::new();
        let mut ambiguous = None;
        let mut counted = Counted::default();
        for (index, header) in headers {
            let nth = counted.next(header);
            let slot = |target| {
                let values = match &target {
                    Target::Column(column) => self.values.get(column).cloned(),
                    Target::Extra(_) => None,
                };
                Slot { index: *index, source: header.clone(), target, values }
            };
            let rule = match self.said_of(header, nth) {
                Some(Said::Column(column)) => {
                    slots.push((slot(Target::Column(column)), Rule::Caller));
                    Rule::Caller
                }
                Some(Said::Extra(name)) => {
                    slots.push((slot(Target::Extra(name)), Rule::Caller));
                    Rule::Caller
                }
                Some(Said::Ignore) => Rule::Ignored,
                None => match told(*index).map_or_else(
                    || match_header(header),
                    |column| Ok(HeaderMatch::Column(column, Rule::Synonym)),
                )? {
                    HeaderMatch::Column(column, rule) => {
                        slots.push((slot(Target::Column(column)), rule));
                        rule
                    }
                    HeaderMatch::Personal => Rule::Personal,
                    HeaderMatch::Ambiguous(columns) => {
                        ambiguous.get_or_insert((header.clone(), columns));
                        Rule::Ignored
                    }
                    HeaderMatch::Unknown => Rule::Ignored,
                },
            };
            let shown = if nth == 1 { header.clone() } else { format!("{header}#{nth}") };
            mapping.push((*index, MappedColumn::new(place, &shown, rule)));
        }
        self.all_present(place, headers)?;
        if let Some((header, columns)) = ambiguous {
            let (file, sheet) = place.both();
            return Err(ReadError::AmbiguousHeader { file, sheet, header, columns });
        }
        let slots = one_each(place, slots)?;
        for slot in &slots {
            if let Some((_, mapped)) = mapping.iter_mut().find(|(index, _)| *index == slot.index) {
                match &slot.target {
                    Target::Column(column) => mapped.column = Some(*column),
                    Target::Extra(name) => mapped.extra = Some(name.clone()),
                }
                mapped.values = slot.values.as_ref().map(|values| values.said().to_vec()).unwrap_or_default();
            }
        }
        let mut mapping: Vec<MappedColumn> = mapping.into_iter().map(|(_, mapped)| mapped).collect();
        for mapped in &mut mapping {
            // An automatic match that gave way to the caller's choice is not read.
            if mapped.column.is_none() && mapped.extra.is_none() && mapped.rule != Rule::Personal {
                mapped.rule = Rule::Ignored;
            }
        }
        Ok(Layout { slots, mapping })
    }

    /// Every header the caller asked for must be there: a typing slip is not silently no column.
    /// One that is to be left out may be missing; that is what was wanted.
    fn all_present(&self, place: &Place, headers: &[(usize, String)]) -> Result<(), ReadError> {
        let mut counted = Counted::default();
        let present: Vec<[String; 3]> = headers
            .iter()
            .map(|(_, header)| {
                let whole = normalise(header);
                [format!("{whole}#{}", counted.next(header)), without_notes(&whole), whole]
            })
            .collect();
        let wanted = self.mapping.iter().filter(|(_, (_, column))| column.is_some());
        let mapped = wanted.map(|(key, (header, _))| (key, header));
        for (key, name) in mapped.chain(self.extras.iter().map(|(name, key)| (key, name))) {
            if !present.iter().any(|names| names.contains(key)) {
                let (file, sheet) = place.both();
                let near = nearest(key, present.iter().map(|[_, _, whole]| whole.as_str()));
                let near = near.and_then(|near| {
                    let at = present.iter().position(|[_, _, whole]| whole == near)?;
                    headers.get(at).map(|(_, header)| header.clone())
                });
                return Err(ReadError::AbsentHeader { file, sheet, header: name.clone(), nearest: near });
            }
        }
        Ok(())
    }
}

/// A header of a mapping in the form it is looked up: "Tên #2" is the second column called "Tên", as "Tên#2" is.
pub(super) fn mapping_key(header: &str) -> String {
    match header.rsplit_once('#').map(|(name, nth)| (name, nth.trim().parse::<usize>())) {
        Some((name, Ok(nth))) if !normalise(name).is_empty() => format!("{}#{nth}", normalise(name)),
        _ => normalise(header),
    }
}

/// Headers as a mapping tells them apart, where some are the very same.
pub(super) fn told_apart(headers: Vec<String>) -> Vec<String> {
    let same = |header: &String| headers.iter().filter(|other| normalise(other) == normalise(header)).count();
    if headers.iter().all(|header| same(header) == 1) {
        return headers;
    }
    let mut counted = Counted::default();
    headers.iter().map(|header| format!("{header}#{}", counted.next(header))).collect()
}

/// How often each header has been met, its spelling aside.
#[derive(Default)]
pub(super) struct Counted(BTreeMap<String, usize>);

impl Counted {
    pub(super) fn next(&mut self, header: &str) -> usize {
        let times = self.0.entry(normalise(header)).or_default();
        *times += 1;
        *times
    }
}

enum Said {
    Column(Column),
    Extra(String),
    Ignore,
}

/// One source column for each target. The caller's mapping wins over what the words say.
fn one_each(place: &Place, slots: Vec<(Slot, Rule)>) -> Result<Vec<Slot>, ReadError> {
    let mut columns: BTreeMap<Column, Vec<(Slot, Rule)>> = BTreeMap::new();
    let mut extras: Vec<Slot> = Vec::new();
    for (slot, rule) in slots {
        match &slot.target {
            Target::Column(column) => columns.entry(*column).or_default().push((slot, rule)),
            Target::Extra(name) => {
                if let Some(other) = extras.iter().find(|other| other.target == slot.target) {
                    return Err(duplicate(place, name.clone(), [other, &slot]));
                }
                extras.push(slot);
            }
        }
    }
    let mut kept = Vec::new();
    for (column, mut slots) in columns {
        if slots.iter().any(|(_, rule)| *rule == Rule::Caller) {
            slots.retain(|(_, rule)| *rule == Rule::Caller);
        }
        if slots.len() > 1 {
            return Err(duplicate(place, column.slug().to_owned(), slots.iter().map(|(slot, _)| slot)));
        }
        kept.extend(slots.into_iter().map(|(slot, _)| slot));
    }
    kept.extend(extras);
    Ok(kept)
}

fn duplicate<'a>(place: &Place, column: String, slots: impl IntoIterator<Item = &'a Slot>) -> ReadError {
    let (file, sheet) = place.both();
    let headers = told_apart(slots.into_iter().map(|slot| slot.source.clone()).collect());
    ReadError::DuplicateColumn { file, sheet, column, headers }
}
