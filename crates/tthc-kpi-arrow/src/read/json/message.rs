//! The message DongBoHoSoMC of the national exchange: how its fields make the canonical columns. Which fields
//! these are is in `data/message.toml`; a cell made here is read like a cell of any other source.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use rust_decimal::Decimal;
use serde::Deserialize;
use tthc_kpi::{Column, ValueKind, WorkCalendar};

use super::super::ReadError;
use super::super::cell::{self, Reading};
use super::super::number::{self, Marks};
use super::super::words::Words;
use super::supplement::Supplements;
use super::value::{Field, List, Value};

/// Of these only whether they are filled is asked: a path may hold a name.
const PRESENCE: &str = "DuongDanTepTinKetQua";

const STOPPED: u8 = 8;
const PROCESSED: u8 = 9;
const RETURNED: u8 = 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    marks: Vec<String>,
    columns: BTreeMap<Column, Vec<String>>,
    also: BTreeMap<Column, Vec<String>>,
    codes: BTreeMap<Column, BTreeMap<String, String>>,
}

/// The table of the message's fields.
pub(super) struct Message {
    marks: Vec<String>,
    /// What each column is made of.
    pub(super) columns: BTreeMap<Column, Vec<Source>>,
    /// What else decides about it.
    also: BTreeMap<Column, Vec<Source>>,
    codes: BTreeMap<Column, BTreeMap<String, String>>,
    /// The lists of objects, and the fields wanted of these.
    pub(super) lists: Vec<(String, Vec<Field>)>,
}

/// A field, as written in the table.
pub(super) struct Source {
    pub(super) name: String,
    /// The field of the message itself.
    pub(super) top: String,
}

static MESSAGE: LazyLock<Result<Message, &'static str>> =
    LazyLock::new(|| Message::parse(include_str!("../../../data/message.toml")));

/// The built-in table.
pub(super) fn message() -> Result<&'static Message, ReadError> {
    MESSAGE.as_ref().map_err(|what| ReadError::Internal(what))
}

impl Message {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let raw: Raw = toml::from_str(text).map_err(|_| "message.toml does not parse")?;
        let mut lists: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut source = |name: String| {
            let top = match name.split_once("[].") {
                Some((list, field)) => {
                    lists.entry(list.to_owned()).or_default().insert(field.to_owned());
                    list.to_owned()
                }
                None => name.clone(),
            };
            Source { name, top }
        };
        let mut sources = |table: BTreeMap<Column, Vec<String>>| {
            let of = |(column, names): (Column, Vec<String>)| {
                (column, names.into_iter().map(&mut source).collect())
            };
            table.into_iter().map(of).collect::<BTreeMap<_, Vec<Source>>>()
        };
        let (columns, also) = (sources(raw.columns), sources(raw.also));
        let field = |name: String| Field { presence: name == PRESENCE, name };
        let lists =
            lists.into_iter().map(|(list, fields)| (list, fields.into_iter().map(field).collect())).collect();
        Ok(Message { marks: raw.marks, columns, also, codes: raw.codes, lists })
    }

    /// Whether objects with these keys are messages.
    pub(super) fn is_told_by(&self, keys: &[String]) -> bool {
        self.marks.iter().any(|mark| keys.contains(mark))
    }

    /// Whether a column is made of the field.
    pub(super) fn uses(&self, key: &str) -> bool {
        self.columns.values().flatten().any(|source| source.top == key)
    }

    /// The fields of the message itself that a column hangs on.
    pub(super) fn tops(&self, column: Column) -> impl Iterator<Item = &str> {
        let tables = [&self.columns, &self.also];
        let sources = tables.into_iter().filter_map(move |table| table.get(&column)).flatten();
        sources.map(|source| source.top.as_str())
    }

    /// Where a list stands among the lists.
    pub(super) fn list(&self, name: &str) -> Option<usize> {
        self.lists.iter().position(|(list, _)| list == name)
    }
}

/// The fields of one message, as far as a column is made of them.
pub(super) struct Fields<'a> {
    pub(super) message: &'static Message,
    pub(super) words: &'static Words,
    pub(super) calendar: &'a WorkCalendar,
    /// Where the value of a field is.
    pub(super) at: &'a BTreeMap<String, usize>,
    pub(super) values: &'a [Value],
    pub(super) lists: &'a [List],
}

impl Fields<'_> {
    fn value(&self, name: &str) -> &Value {
        const ABSENT: &Value = &Value::Absent;
        self.at.get(name).and_then(|at| self.values.get(*at)).unwrap_or(ABSENT)
    }

    fn is_blank(&self, name: &str) -> bool {
        self.value(name).is_blank(self.words)
    }

    /// The values of some fields of every object in a list.
    pub(super) fn items<const N: usize>(&self, list: &str, names: [&str; N]) -> Items<'_, N> {
        const ABSENT: &Value = &Value::Absent;
        let Some(index) = self.message.list(list) else { return Items::Absent };
        let fields = self.message.lists.get(index).map(|(_, fields)| fields.as_slice()).unwrap_or_default();
        match self.lists.get(index) {
            None | Some(List::Absent) => Items::Absent,
            Some(List::Wrong) => Items::Wrong,
            Some(List::Items(items)) => {
                let at = names.map(|name| fields.iter().position(|field| field.name == name));
                let mut found = Vec::with_capacity(items.len());
                for item in items {
                    found.push(at.map(|at| at.and_then(|at| item.get(at)).unwrap_or(ABSENT)));
                }
                Items::Of(found)
            }
        }
    }

    /// The cell of a column.
    pub(super) fn cell(&self, column: Column, supplements: &Supplements) -> Value {
        match column {
            Column::Status => self.status(),
            Column::CompletedAt => self.completed(),
            Column::DueAt => supplements.moved_due().unwrap_or_else(|| self.value("NgayHenTra").clone()),
            Column::SupplementRequests => supplements.requests(),
            Column::PausedDays => supplements.paused_days(self.calendar),
            Column::SupplementRequestedAt => supplements.last_request(),
            Column::SupplementedAt => supplements.last_answer(),
            Column::DueMoves => supplements.due_moves(),
            Column::DueMovedLate => supplements.moved_late(),
            Column::Payments => self.payments(),
            Column::PaymentsOnline => self.paid(&["1", "2"]),
            Column::PaymentsPortal => self.paid(&["1"]),
            Column::InputDigitised => self.digitised(),
            Column::ResultElectronic => self.result_electronic(),
            Column::DataReused => self.reused(),
            _ => self.plain(column),
        }
    }

    /// The first of a column's fields, its codes turned into words where they stand for one value only.
    fn plain(&self, column: Column) -> Value {
        let source = self.message.columns.get(&column).and_then(|sources| sources.first());
        let value = source.map_or(&Value::Absent, |source| self.value(&source.name));
        let word =
            self.message.codes.get(&column).and_then(|codes| value.code().and_then(|code| codes.get(&code)));
        word.map_or_else(|| value.clone(), |word| Value::Text(word.clone()))
    }

    /// A refusal without a status is one at receipt (3) or one in handling (8): what a dossier counts as
    /// hangs on which, so its row is set aside.
    fn status(&self) -> Value {
        if self.is_blank("TrangThaiHoSo") && !self.is_blank("NgayTuChoi") {
            return Value::Unreadable(ValueKind::Empty);
        }
        self.value("TrangThaiHoSo").clone()
    }

    fn has_status(&self, codes: &[u8]) -> bool {
        let status = cell::status(&self.value("TrangThaiHoSo").cell(), self.words);
        matches!(status, Ok(Some(code)) if codes.contains(&code))
    }

    /// What was refused in handling has ended with the refusal.
    fn completed(&self) -> Value {
        let refused = self.is_blank("NgayKetThucXuLy") && self.has_status(&[STOPPED]);
        let name = if refused && !self.is_blank("NgayTuChoi") { "NgayTuChoi" } else { "NgayKetThucXuLy" };
        self.value(name).clone()
    }

    /// Whether the payment was made in one of these ways: 1 on the national portal, 2 through the agency's
    /// gateway, 0 and 3 in none.
    fn paid(&self, ways: &[&str]) -> Value {
        let value = self.value("DuocThanhToanTrucTuyen");
        match value.code().as_deref() {
            Some(code @ ("0" | "1" | "2" | "3")) => count(usize::from(ways.contains(&code))),
            _ if value.is_blank(self.words) => Value::Null,
            _ => Value::Unreadable(value.cell().kind()),
        }
    }

    /// The message names fees, not transactions: a dossier whose fee has been collected counts as one.
    fn payments(&self) -> Value {
        let fees = match self.items("DanhSachLePhi", ["Gia", "HinhThucThu"]) {
            Items::Absent => return Value::Null,
            Items::Wrong => return Value::Unreadable(ValueKind::Text),
            Items::Of(fees) => fees,
        };
        // Only whether there is anything to pay counts, and "15,000" is more than nothing either way.
        let amount = |price: &Value| number::money_of(&price.cell(), self.words, Marks::NONE).0;
        let amounts: Vec<(Reading<i128>, &Value)> =
            fees.iter().map(|[price, when]| (amount(price), *when)).collect();
        if let Some(problem) = amounts.iter().find_map(|(amount, _)| amount.err()) {
            return Value::Unreadable(problem.kind);
        }
        let due: Vec<Option<String>> = amounts
            .iter()
            .filter(|(amount, _)| matches!(amount, Ok(Some(1..))))
            .map(|(_, when)| when.code())
            .collect();
        let online = matches!(self.value("DuocThanhToanTrucTuyen").code().as_deref(), Some("1" | "2"));
        if due.is_empty() {
            let free = amounts.iter().all(|(amount, _)| matches!(amount, Ok(Some(_))));
            // Paid online without a fee: one of the two is wrong.
            return if free && !online { count(0) } else { Value::Null };
        }
        let returned = self.has_status(&[RETURNED]) || !self.is_blank("NgayTra");
        // HinhThucThu: 1 collected at receipt, 4 when the result is returned.
        let at = |code: &Option<String>, wanted: &str| code.as_deref() == Some(wanted);
        if online || returned || due.iter().any(|when| at(when, "1")) {
            count(1)
        } else if due.iter().all(|when| at(when, "4")) && !self.is_blank("TrangThaiHoSo") {
            count(0)
        } else {
            Value::Null
        }
    }

    /// The papers handed in that were not withdrawn.
    fn papers(&self, names: [&str; 2]) -> Items<'_, 2> {
        let [first, second] = names;
        match self.items("TaiLieuNop", ["IsDeleted", first, second]) {
            Items::Absent => Items::Absent,
            Items::Wrong => Items::Wrong,
            Items::Of(papers) => {
                let stands = |deleted: &Value| cell::truth(&deleted.cell(), self.words) != Ok(Some(true));
                let papers = papers.into_iter().filter(|[deleted, ..]| stands(deleted));
                Items::Of(papers.map(|[_, first, second]| [first, second]).collect())
            }
        }
    }

    /// Of several yes, no or unknown: yes if one is, no if all are.
    fn any<'v>(&self, values: impl IntoIterator<Item = &'v Value>) -> Value {
        let (mut yes, mut unknown, mut some) = (false, false, false);
        for value in values {
            some = true;
            match cell::truth(&value.cell(), self.words) {
                Err(problem) => return Value::Unreadable(problem.kind),
                Ok(Some(said)) => yes |= said,
                Ok(None) => unknown = true,
            }
        }
        if yes || (some && !unknown) { Value::Bool(yes) } else { Value::Null }
    }

    fn digitised(&self) -> Value {
        if !self.is_blank("HoSoCoThanhPhanSoHoa") {
            return self.value("HoSoCoThanhPhanSoHoa").clone();
        }
        match self.papers(["DuocSoHoa", "DuocSoHoa"]) {
            Items::Absent => Value::Null,
            Items::Wrong => Value::Unreadable(ValueKind::Text),
            Items::Of(papers) => self.any(papers.into_iter().map(|[digitised, _]| digitised)),
        }
    }

    fn reused(&self) -> Value {
        match self.papers(["DuocTaiSuDung", "DuocLayTuKhoDMQG"]) {
            Items::Absent => Value::Null,
            Items::Wrong => Value::Unreadable(ValueKind::Text),
            Items::Of(papers) => self.any(papers.into_iter().flatten()),
        }
    }

    /// A result file means an electronic result at any time; none means there is none only once the
    /// dossier is done.
    fn result_electronic(&self) -> Value {
        let results = match self.items("DanhSachGiayToKetQua", [PRESENCE]) {
            Items::Absent => return Value::Null,
            Items::Wrong => return Value::Unreadable(ValueKind::Text),
            Items::Of(results) => results,
        };
        let mut wrong = None;
        for [path] in results {
            match path {
                Value::Bool(true) => return Value::Bool(true),
                Value::Unreadable(kind) => wrong = Some(*kind),
                _ => {}
            }
        }
        match wrong {
            Some(kind) => Value::Unreadable(kind),
            None if self.has_status(&[PROCESSED, RETURNED]) => Value::Bool(false),
            None => Value::Null,
        }
    }
}

/// The objects of a list.
pub(super) enum Items<'a, const N: usize> {
    Absent,
    Wrong,
    Of(Vec<[&'a Value; N]>),
}

/// A number of things in one message.
pub(super) fn count(number: usize) -> Value {
    Value::Number(Decimal::from(number))
}

/// Reads an instant written day first or with the year first.
pub(super) fn instant(value: &Value, words: &Words) -> Reading<tthc_kpi::Instant> {
    cell::instant(&value.cell(), words, false).0
}
