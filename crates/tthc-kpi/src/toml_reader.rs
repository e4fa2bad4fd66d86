//! Reading TOML of ours: every problem at once, each with its place.

use std::collections::BTreeSet;
use std::ops::Range;
use std::str::FromStr;

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::explain::Language;
use crate::instant::Day;
use crate::policy::Text;
use crate::slug::{UnknownName, nearest};
use crate::toml_words::{kind, part};
use crate::vietnamese::noun;

/// One problem in a text.
///
/// # Example
/// ```
/// let error = tthc_kpi::Plan::from_toml("my.toml", "id = 'x'\ntitel = 'y'").unwrap_err();
/// let problem = error.problems.iter().find(|problem| problem.message.en.contains("\"titel\"")).unwrap();
/// assert_eq!((problem.line, problem.column), (2, 1));
/// assert!(problem.message.vi.starts_with("kế hoạch không có khóa \"titel\""));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    /// What is wrong, what was expected, the nearest valid name.
    pub message: Text,
}

impl Problem {
    /// One line: the name of the text, the place, what is wrong.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Language, Plan};
    /// let error = Plan::from_toml("my.toml", "id = 'x'\ntitle = 5").unwrap_err();
    /// let lines: Vec<String> = error.problems.iter().map(|problem| problem.line_of("my.toml", Language::Vi)).collect();
    /// assert!(lines.contains(&"my.toml:2:9: \"title\" là số nguyên: cần chữ".to_owned()), "{lines:?}");
    /// ```
    #[must_use]
    pub fn line_of(&self, name: &str, language: Language) -> String {
        format!("{name}:{}:{}: {}", self.line, self.column, self.message.get(language))
    }
}

/// The problems of a text that is called `name`, a line each.
pub(crate) fn lines(name: &str, problems: &[Problem], language: Language) -> String {
    problems.iter().map(|problem| format!("\n  {}", problem.line_of(name, language))).collect()
}

/// Reads a document: what `read` makes of its table, or else its problems in the order of the text.
pub(crate) fn read<T>(
    text: &str,
    read: impl FnOnce(&DeTable<'_>, &mut Problems<'_>) -> Option<T>,
) -> Result<T, Vec<Problem>> {
    let mut problems = Problems::new(text);
    let (document, syntax) = DeTable::parse_recoverable(text);
    for error in &syntax {
        // What the parser says, it says in English.
        let message = error.message();
        problems.add(error.span().unwrap_or(0..0), Text::new(format!("cú pháp TOML: {message}"), message));
    }
    let value = if syntax.is_empty() { read(document.get_ref(), &mut problems) } else { None };
    match (value, problems.sorted()) {
        (Some(value), problems) if problems.is_empty() => Ok(value),
        (_, problems) => Err(problems),
    }
}

/// The problems found so far.
pub(crate) struct Problems<'t> {
    text: &'t str,
    list: Vec<Problem>,
}

impl<'t> Problems<'t> {
    pub fn new(text: &'t str) -> Self {
        Problems { text, list: Vec::new() }
    }

    /// In the order of the text.
    pub fn sorted(mut self) -> Vec<Problem> {
        self.list.sort_by_key(|problem| (problem.line, problem.column));
        self.list
    }

    pub fn add(&mut self, span: Range<usize>, message: Text) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        self.list.push(Problem { line, column, message });
    }
}

/// A table being read: remembers the keys asked for, so that what is left is an unknown key.
pub(crate) struct Node<'d, 't> {
    pub table: &'d DeTable<'t>,
    span: Range<usize>,
    what: &'static str,
    known: Vec<&'static str>,
}

pub(crate) type Value<'d, 't> = &'d Spanned<DeValue<'t>>;

impl<'d, 't> Node<'d, 't> {
    pub fn new(what: &'static str, span: Range<usize>, table: &'d DeTable<'t>) -> Self {
        Node { table, span, what, known: Vec::new() }
    }

    pub fn of(what: &'static str, value: Value<'d, 't>, problems: &mut Problems<'_>) -> Option<Self> {
        match value.get_ref().as_table() {
            Some(table) => Some(Node::new(what, value.span(), table)),
            None => {
                wrong_type(value, what, "a table", problems);
                None
            }
        }
    }

    pub fn get(&mut self, key: &'static str) -> Option<Value<'d, 't>> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.table.get(key)
    }

    pub fn need(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Value<'d, 't>> {
        let value = self.get(key);
        if value.is_none() {
            problems.add(self.span.clone(), lacks(self.what, key));
        }
        value
    }

    pub fn text(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<String> {
        let value = self.get(key)?;
        text_of(value, key, problems)
    }

    pub fn need_text(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<String> {
        let value = self.need(key, problems)?;
        text_of(value, key, problems)
    }

    pub fn name<T: FromStr<Err = UnknownName>>(
        &mut self,
        key: &'static str,
        problems: &mut Problems<'_>,
    ) -> Option<T> {
        let value = self.get(key)?;
        let text = text_of(value, key, problems)?;
        text.parse().map_err(|error: UnknownName| problems.add(value.span(), error.told())).ok()
    }

    pub fn day(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Day> {
        let value = self.get(key)?;
        let day = match value.get_ref() {
            DeValue::Datetime(datetime) => datetime.to_string().parse().ok(),
            DeValue::String(text) => text.parse().ok(),
            _ => None,
        };
        if day.is_none() {
            let expected = Text::new("ngày như 2026-02-26", "a date such as 2026-02-26");
            wrong(value, key, &expected, problems);
        }
        day
    }

    pub fn items(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Vec<Value<'d, 't>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        match value.get_ref().as_array() {
            Some(items) => items.iter().collect(),
            None => {
                wrong_type(value, key, "an array", problems);
                Vec::new()
            }
        }
    }

    pub fn vi_en(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Text> {
        let value = self.get(key)?;
        wording_of(value, key, problems)
    }

    pub fn need_vi_en(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Text> {
        self.need(key, problems)?;
        self.vi_en(key, problems)
    }

    /// A name that must be there.
    pub fn need_name<T: FromStr<Err = UnknownName>>(
        &mut self,
        key: &'static str,
        problems: &mut Problems<'_>,
    ) -> Option<T> {
        self.need(key, problems)?;
        self.name(key, problems)
    }

    /// Names of a closed set.
    pub fn names<T: FromStr<Err = UnknownName>>(
        &mut self,
        key: &'static str,
        problems: &mut Problems<'_>,
    ) -> Vec<T> {
        let items = self.items(key, problems);
        let mut names = Vec::with_capacity(items.len());
        for item in items {
            let Some(text) = text_of(item, key, problems) else { continue };
            match text.parse() {
                Ok(name) => names.push(name),
                Err(error) => problems.add(item.span(), UnknownName::told(&error)),
            }
        }
        names
    }

    /// A list of texts.
    pub fn texts(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Vec<String> {
        let items = self.items(key, problems);
        items.into_iter().filter_map(|item| text_of(item, key, problems)).collect()
    }

    /// A number written as text, so that no reader makes a float of it.
    pub fn decimal(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Decimal> {
        let value = self.get(key)?;
        let number = value.get_ref().as_str().and_then(|text| Decimal::from_str_exact(text.trim()).ok());
        if number.is_none() {
            let expected =
                Text::new("số viết trong ngoặc kép, như \"0.80\"", "a decimal as text, such as \"0.80\"");
            wrong(value, key, &expected, problems);
        }
        number
    }

    /// Yes or no.
    pub fn yes(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<bool> {
        let value = self.get(key)?;
        let yes = value.get_ref().as_bool();
        if yes.is_none() {
            wrong_type(value, key, "true or false", problems);
        }
        yes
    }

    /// A small whole number.
    pub fn whole(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<u32> {
        let value = self.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            _ => None,
        };
        if number.is_none() {
            wrong_type(value, key, "a whole number", problems);
        }
        number
    }

    /// Where the table stands.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Reports the keys nobody asked for.
    pub fn finish(self, problems: &mut Problems<'_>) {
        for key in self.table.keys() {
            if !self.known.contains(&key.get_ref().as_ref()) {
                let (given, known) = (key.get_ref(), self.known.join(", "));
                let near = nearest(given, self.known.iter().copied());
                let near = |ask: &str| near.map(|name| format!("; {ask} {name:?}?")).unwrap_or_default();
                problems.add(
                    key.span(),
                    Text::new(
                        format!(
                            "{} không có khóa {given:?}: chọn một trong {known}{}",
                            part(self.what),
                            near("có phải")
                        ),
                        format!(
                            "unknown key {given:?} in {}: expected one of {known}{}",
                            self.what,
                            near("did you mean")
                        ),
                    ),
                );
            }
        }
    }
}

/// What is lacking that a part must have.
fn lacks(what: &str, key: &str) -> Text {
    Text::new(format!("{} thiếu {key:?}", part(what)), format!("{what} lacks {key:?}"))
}

/// A part that must have at least one of something has none.
pub(crate) fn lacks_any(what: &str, key: &str, expected: &Text) -> Text {
    let Text { vi, en } = lacks(what, key);
    Text::new(format!("{vi}: cần {}", expected.vi), format!("{en}: expected {}", expected.en))
}

/// A value of another type than expected, which is one that [`kind`] knows.
pub(crate) fn wrong_type(value: Value<'_, '_>, what: &str, expected: &str, problems: &mut Problems<'_>) {
    wrong(value, what, &Text::new(kind(expected), expected), problems);
}

fn wrong(value: Value<'_, '_>, what: &str, expected: &Text, problems: &mut Problems<'_>) {
    let found = value.get_ref().type_str();
    let vi = format!("{} là {}: cần {}", part(what), kind(found), expected.vi);
    problems.add(value.span(), Text::new(vi, format!("{what:?} is {found}: expected {}", expected.en)));
}

/// What ends before it starts.
pub(crate) fn ends_before(what: Text, from: Day, to: Day) -> Text {
    Text::new(
        format!("{} kết thúc {}, trước khi bắt đầu {}", what.vi, to.vietnamese(), from.vietnamese()),
        format!("{} ends on {to}, before it starts on {from}", what.en),
    )
}

pub(crate) fn text_of(value: Value<'_, '_>, what: &str, problems: &mut Problems<'_>) -> Option<String> {
    match value.get_ref().as_str() {
        Some(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Some(_) => {
            let told = Text::new(
                format!("{} để trống: cần chữ", part(what)),
                format!("{what:?} is empty: expected text"),
            );
            problems.add(value.span(), told);
            None
        }
        None => {
            wrong_type(value, what, "text", problems);
            None
        }
    }
}

/// A sentence in Vietnamese and, as a courtesy, in English: a ward writes its plan in Vietnamese.
pub(crate) fn wording_of(
    value: Value<'_, '_>,
    what: &'static str,
    problems: &mut Problems<'_>,
) -> Option<Text> {
    let mut node = Node::of(what, value, problems)?;
    let (vi, en) = (node.need_text("vi", problems), node.text("en", problems));
    node.finish(problems);
    let vi = vi?;
    // A ward writes its plan in Vietnamese; the English is a courtesy.
    Some(Text { en: en.unwrap_or_else(|| vi.clone()), vi })
}

/// A name used twice in a list.
pub(crate) fn unique(
    seen: &mut BTreeSet<String>,
    what: &str,
    id: Option<&String>,
    value: Value<'_, '_>,
    problems: &mut Problems<'_>,
) {
    if let Some(id) = id
        && !seen.insert(id.clone())
    {
        problems.add(value.span(), twice(what, id));
    }
}

/// What is said of an id used twice.
pub(crate) fn twice(what: &str, id: &str) -> Text {
    Text::new(
        format!("{} {id:?} có hai lần: mỗi mã một lần", noun(what)),
        format!("{what} {id:?} is there twice: expected unique ids"),
    )
}
