//! Reading the rows of a table of counts: every problem at once, each with its place.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use unicode_normalization::UnicodeNormalization;

use super::{Cells, CountProblem, CountTable, CountTableError};
use crate::error::Error;
use crate::index_counts::{Declared, OfficeCounts};
use crate::instant::Day;
use crate::policy::Text;
use crate::scheme::Scheme;
use crate::scheme_row::Level;

/// What a column holds.
#[derive(Clone, PartialEq, Eq)]
enum Role {
    AgencyCode,
    Agency,
    Period,
    Level,
    Indicator,
    Numerator,
    Denominator,
    Source,
    Date,
    Count(String),
    Value(String),
    Ignored,
}

/// A table being read.
pub(super) struct Reader<'s> {
    name: &'s str,
    scheme: &'s Scheme,
    beside: &'s [&'s Scheme],
    header: &'s [String],
    roles: Vec<Role>,
    declared: bool,
    problems: Vec<CountProblem>,
}

impl<'s> Reader<'s> {
    pub fn new(
        name: &'s str,
        scheme: &'s Scheme,
        beside: &'s [&'s Scheme],
        header: &'s [String],
        declared: bool,
    ) -> Self {
        let roles = header.iter().map(|title| role(title, scheme, declared)).collect();
        Reader { name, scheme, beside, header, roles, declared, problems: Vec::new() }
    }

    fn problem(&mut self, row: Option<usize>, column: Option<&str>, kind: &'static str, expected: Text) {
        self.problems.push(CountProblem { row, column: column.map(str::to_owned), kind, expected });
    }

    pub fn read(mut self, rows: impl IntoIterator<Item = Cells>) -> Result<CountTable, CountTableError> {
        let long = self.check_header();
        let mut offices: Vec<(usize, OfficeCounts)> = Vec::new();
        if self.problems.is_empty() {
            for (number, cells) in rows {
                let blank = |cell: &Option<String>| cell.as_ref().is_none_or(|text| text.trim().is_empty());
                if cells.iter().all(blank) {
                    continue;
                }
                if cells.len() != self.header.len() {
                    let many = self.header.len();
                    let expected = Text::new(
                        format!("{many} ô như dòng tiêu đề"),
                        format!("{many} cells, as in the header"),
                    );
                    self.problem(Some(number), None, "text", expected);
                } else if long {
                    self.long_row(number, &cells, &mut offices);
                } else {
                    self.wide_row(number, &cells, &mut offices);
                }
            }
            if offices.is_empty() && self.problems.is_empty() {
                self.problem(
                    None,
                    None,
                    "missing",
                    Text::new("ít nhất một dòng số đếm", "at least one row of counts"),
                );
            }
        }
        if !self.problems.is_empty() {
            return Err(CountTableError { name: self.name.to_owned(), problems: self.problems });
        }
        let ignored = self.header.iter().zip(&self.roles).filter(|(_, role)| **role == Role::Ignored);
        Ok(CountTable {
            name: self.name.to_owned(),
            ignored: ignored.map(|(title, _)| title.clone()).collect(),
            offices: offices.into_iter().map(|(_, office)| office).collect(),
        })
    }

    /// Whether the table is long; what the header lacks is a problem.
    fn check_header(&mut self) -> bool {
        for (place, role) in self.roles.clone().iter().enumerate() {
            if *role != Role::Ignored && self.roles.iter().take(place).any(|earlier| earlier == role) {
                let title = self.header.get(place).cloned();
                let expected = Text::new("mỗi cột một lần", "each column once");
                self.problem(None, title.as_deref(), "repeated", expected);
            }
        }
        let long = self.declared || self.roles.contains(&Role::Indicator);
        if long {
            for role in self.roles.iter_mut().filter(|role| matches!(role, Role::Count(_) | Role::Value(_))) {
                *role = Role::Ignored;
            }
            let mut needed = vec![
                (Role::Indicator, "indicator"),
                (Role::Numerator, "numerator"),
                (Role::Denominator, "denominator"),
            ];
            if self.declared {
                needed.extend([(Role::Source, "source"), (Role::Date, "date")]);
            }
            for (role, title) in needed {
                if !self.roles.contains(&role) {
                    let expected = Text::new("cột này", "this column");
                    self.problem(None, Some(title), "missing", expected);
                }
            }
        } else if self.beside.is_empty()
            && !self.roles.iter().any(|role| matches!(role, Role::Count(_) | Role::Value(_)))
        {
            let slugs: Vec<&str> = self.scheme.count_slugs().collect();
            let slugs = slugs.join(", ");
            self.problem(
                None,
                None,
                "missing",
                Text::new(
                    format!("cột indicator, numerator, denominator, hoặc cột số đếm trong: {slugs}"),
                    format!("columns indicator, numerator, denominator, or columns of counts among: {slugs}"),
                ),
            );
        }
        long
    }

    fn cell<'c>(&self, cells: &'c [Option<String>], role: &Role) -> Option<&'c str> {
        let place = self.roles.iter().position(|known| known == role)?;
        let text = cells.get(place)?.as_deref()?.trim();
        (!text.is_empty()).then_some(text)
    }

    fn title(&self, role: &Role) -> Option<String> {
        let place = self.roles.iter().position(|known| known == role)?;
        self.header.get(place).cloned()
    }

    fn bad(&mut self, number: usize, role: &Role, cell: Option<&str>, expected: Text) {
        let title = self.title(role);
        let kind = match cell {
            None => "empty",
            Some(text) if text.parse::<Decimal>().is_ok() => "number",
            Some(_) => "text",
        };
        self.problem(Some(number), title.as_deref(), kind, expected);
    }

    fn office(&mut self, number: usize, cells: &[Option<String>]) -> OfficeCounts {
        let text = |role| self.cell(cells, &role).map(|text| text.nfc().collect::<String>());
        let mut office = OfficeCounts {
            agency_code: text(Role::AgencyCode),
            agency: text(Role::Agency),
            period: text(Role::Period),
            ..OfficeCounts::default()
        };
        if let Some(text) = self.cell(cells, &Role::Level) {
            office.level = level(text);
            if office.level.is_none() {
                let expected = Text::new("commune (xã) hoặc province (tỉnh)", "commune or province");
                self.bad(number, &Role::Level, Some(text), expected);
            }
        }
        office
    }

    fn count(&mut self, number: usize, cells: &[Option<String>], role: &Role) -> Option<u64> {
        let text = self.cell(cells, role)?;
        let count = whole(text);
        if count.is_none() {
            let told = misread(text);
            match told {
                Some((kind, expected)) => {
                    let title = self.title(role);
                    self.problem(Some(number), title.as_deref(), kind, expected);
                }
                None => {
                    self.bad(number, role, Some(text), Text::new("số nguyên từ 0", "a whole number from 0"));
                }
            }
        }
        count
    }

    fn wide_row(
        &mut self,
        number: usize,
        cells: &[Option<String>],
        offices: &mut Vec<(usize, OfficeCounts)>,
    ) {
        let mut office = self.office(number, cells);
        for role in self.roles.clone() {
            match &role {
                Role::Count(slug) => {
                    if let Some(count) = self.count(number, cells, &role) {
                        office.counts.insert(slug.clone(), count);
                    }
                }
                Role::Value(slug) => {
                    let Some(text) = self.cell(cells, &role) else { continue };
                    match Decimal::from_str_exact(&text.replace(',', ".")) {
                        Ok(value) if !value.is_sign_negative() => {
                            office.values.insert(slug.clone(), value);
                        }
                        _ => self.bad(number, &role, Some(text), Text::new("số từ 0", "a number from 0")),
                    }
                }
                _ => {}
            }
        }
        if let Some((earlier, _)) = offices.iter().find(|(_, known)| known.is_same_office(&office)) {
            let expected = Text::new(
                format!("mỗi đơn vị, kỳ một dòng; đã có ở dòng {earlier}"),
                format!("each office and period once; row {earlier} has it already"),
            );
            self.problem(Some(number), None, "repeated", expected);
        }
        offices.push((number, office));
    }

    fn long_row(
        &mut self,
        number: usize,
        cells: &[Option<String>],
        offices: &mut Vec<(usize, OfficeCounts)>,
    ) {
        let office = self.office(number, cells);
        let named = self.cell(cells, &Role::Indicator);
        let row = named.map(|text| self.scheme.row(text));
        let id = match row {
            Some(Ok(row)) => Some(row.id.clone()),
            Some(Err(Error::AmbiguousCode { ids, .. })) => {
                // Ids of the scheme, not what the cell says.
                let expected = Text::new(format!("một trong {ids}"), format!("one of {ids}"));
                self.bad(number, &Role::Indicator, named, expected);
                None
            }
            _ if named.is_some_and(|text| self.beside.iter().any(|scheme| scheme.row(text).is_ok())) => None,
            _ => {
                let scheme = self.scheme.id();
                let expected = Text::new(
                    format!("mã của một dòng trong {scheme}, như 2.1 hoặc on_time"),
                    format!("the id or code of a row of {scheme}, such as on_time or 2.1"),
                );
                self.bad(number, &Role::Indicator, named, expected);
                None
            }
        };
        let numerator = self.count(number, cells, &Role::Numerator);
        let denominator = self.count(number, cells, &Role::Denominator);
        let empty = |role| self.cell(cells, &role).is_none();
        let (no_numerator, no_denominator) = (empty(Role::Numerator), empty(Role::Denominator));
        if no_numerator != no_denominator || self.declared && no_numerator {
            let role = if no_numerator { Role::Numerator } else { Role::Denominator };
            let expected = Text::new("cả tử số và mẫu số", "both numerator and denominator");
            self.bad(number, &role, None, expected);
        }
        let document = self.document(number, cells);
        let place = match offices.iter().position(|(_, known)| known.is_same_office(&office)) {
            Some(place) => place,
            None => {
                offices.push((number, office));
                offices.len().saturating_sub(1)
            }
        };
        let (Some(id), Some((_, known)), Some(numerator), Some(denominator)) =
            (id, offices.get_mut(place), numerator, denominator)
        else {
            return;
        };
        let repeated = match (self.declared, document) {
            (true, Some((source, date))) => {
                let declared = Declared { numerator, denominator, source, date };
                known.declared.insert(id, declared).is_some()
            }
            (true, None) => false,
            (false, _) => known.rows.insert(id, (numerator, denominator)).is_some(),
        };
        if repeated {
            let title = self.title(&Role::Indicator);
            let expected =
                Text::new("mỗi chỉ tiêu của một đơn vị một lần", "each indicator of an office once");
            self.problem(Some(number), title.as_deref(), "repeated", expected);
        }
    }

    /// The document of a declaration.
    fn document(&mut self, number: usize, cells: &[Option<String>]) -> Option<(String, Day)> {
        if !self.declared {
            return None;
        }
        let source = self.cell(cells, &Role::Source).map(str::to_owned);
        if source.is_none() {
            let expected = Text::new("tên văn bản", "the name of a document");
            self.bad(number, &Role::Source, None, expected);
        }
        let text = self.cell(cells, &Role::Date);
        let date = text.and_then(day);
        if date.is_none() {
            let expected = Text::new("ngày yyyy-mm-dd hoặc dd/mm/yyyy", "a date yyyy-mm-dd or dd/mm/yyyy");
            self.bad(number, &Role::Date, text, expected);
        }
        Some((source?, date?))
    }
}

/// What a header means.
fn role(title: &str, scheme: &Scheme, declared: bool) -> Role {
    let title: String = title.nfc().flat_map(char::to_lowercase).collect();
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let named: BTreeMap<&str, Role> = BTreeMap::from([
        ("agency_code", Role::AgencyCode),
        ("mã đơn vị", Role::AgencyCode),
        ("agency", Role::Agency),
        ("đơn vị", Role::Agency),
        ("cơ quan", Role::Agency),
        ("period", Role::Period),
        ("kỳ", Role::Period),
        ("level", Role::Level),
        ("cấp", Role::Level),
        ("indicator", Role::Indicator),
        ("chỉ tiêu", Role::Indicator),
        ("numerator", Role::Numerator),
        ("tử số", Role::Numerator),
        ("denominator", Role::Denominator),
        ("mẫu số", Role::Denominator),
    ]);
    if let Some(role) = named.get(title.as_str()) {
        return role.clone();
    }
    match title.as_str() {
        "source" | "văn bản" if declared => return Role::Source,
        "date" | "ngày" if declared => return Role::Date,
        _ => {}
    }
    if declared {
        return Role::Ignored;
    }
    if scheme.count_slugs().any(|slug| slug == title) {
        return Role::Count(title);
    }
    if scheme.rows().iter().any(|row| row.counts.value.as_deref() == Some(title.as_str())) {
        return Role::Value(title);
    }
    Role::Ignored
}

fn level(text: &str) -> Option<Level> {
    match text.nfc().flat_map(char::to_lowercase).collect::<String>().as_str() {
        "commune" | "xã" | "phường" => Some(Level::Commune),
        "province" | "tỉnh" => Some(Level::Province),
        _ => None,
    }
}

/// A count: digits, or what another tool made of a column of counts with gaps (`12.0`). Grouped
/// digits are refused: `1.234` may be either of two numbers.
fn whole(text: &str) -> Option<u64> {
    let digits = text.strip_suffix(".0").unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

/// What a text is that only looks like a count, and what was expected: an example, never the text.
fn misread(text: &str) -> Option<(&'static str, Text)> {
    if text.ends_with('%') {
        let expected = Text::new(
            "số đếm, không phải tỷ lệ: viết tử số và mẫu số, là số nguyên từ 0",
            "a count, not a rate: write numerator and denominator, whole numbers from 0",
        );
        return Some(("percent", expected));
    }
    let mut parts = text.split(['.', ',', ' ', '\u{a0}', '\u{202f}']);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let first = parts.next().is_some_and(|part| digits(part) && part.len() <= 3 && part != "0");
    let mut rest = parts.peekable();
    if first && rest.peek().is_some() && rest.all(|part| digits(part) && part.len() == 3) {
        let expected = Text::new(
            "số nguyên từ 0, không có dấu ngăn hàng nghìn: hai nghìn viết 2000, không viết 2.000",
            "a whole number from 0 without a separator: write 2000, not 2.000 or 2,000",
        );
        return Some(("grouped", expected));
    }
    None
}

fn day(text: &str) -> Option<Day> {
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    let mut parts = text.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    format!("{year}-{month:0>2}-{day:0>2}").parse().ok()
}
