//! A dossier in some tens of bytes: a bit per known cell, then the known cells in order. Texts that
//! many dossiers share are numbers in a table.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tthc_kpi::{ApplicantKind, Channel, Dossier, ExtraValue, Instant, Status};

/// Every text met in a dossier (an agency, a field, a procedure, …), once. It grows with new texts
/// and never shrinks: what is kept of them is bounded by the offices' own lists.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    texts: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u64>,
}

impl Texts {
    /// The number of a text, if it has one.
    fn find(&self, text: &str) -> Option<u64> {
        self.numbers.get(text).copied()
    }

    /// The number of a text, which is given one if it has none.
    pub fn number(&mut self, text: &str) -> u64 {
        if let Some(number) = self.find(text) {
            return number;
        }
        let (number, text) = (self.texts.len() as u64, Arc::<str>::from(text));
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        number
    }

    fn text(&self, number: u64) -> Option<&str> {
        self.texts.get(usize::try_from(number).ok()?).map(|text| &**text)
    }

    /// The texts in the order of their numbers.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }
}

/// Writes and reads one kind of cell.
trait Cell: Sized {
    fn put(&self, texts: &mut Texts, to: &mut Vec<u8>);
    fn take(from: &mut &[u8], texts: &Texts) -> Option<Self>;
}

/// A number in as few bytes as it needs, seven bits each.
pub(crate) fn put_number(mut number: u64, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    to.push(number.to_le_bytes()[0]);
}

pub(crate) fn take_number(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Bytes with their length before them.
pub(crate) fn put_bytes(bytes: &[u8], to: &mut Vec<u8>) {
    put_number(bytes.len() as u64, to);
    to.extend_from_slice(bytes);
}

pub(crate) fn take_bytes<'b>(from: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = usize::try_from(take_number(from)?).ok()?;
    let (bytes, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(bytes)
}

impl Cell for u32 {
    fn put(&self, _: &mut Texts, to: &mut Vec<u8>) {
        put_number(u64::from(*self), to);
    }
    fn take(from: &mut &[u8], _: &Texts) -> Option<Self> {
        take_number(from)?.try_into().ok()
    }
}

impl Cell for u8 {
    fn put(&self, _: &mut Texts, to: &mut Vec<u8>) {
        to.push(*self);
    }
    fn take(from: &mut &[u8], _: &Texts) -> Option<Self> {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        Some(*byte)
    }
}

impl Cell for bool {
    fn put(&self, _: &mut Texts, to: &mut Vec<u8>) {
        to.push(u8::from(*self));
    }
    fn take(from: &mut &[u8], texts: &Texts) -> Option<Self> {
        Some(u8::take(from, texts)? != 0)
    }
}

impl Cell for i64 {
    fn put(&self, _: &mut Texts, to: &mut Vec<u8>) {
        put_number((self.cast_unsigned() << 1) ^ (self >> 63).cast_unsigned(), to);
    }
    fn take(from: &mut &[u8], _: &Texts) -> Option<Self> {
        let number = take_number(from)?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }
}

impl Cell for Instant {
    /// A date alone is its day, a whole second its second: the last bits say which.
    fn put(&self, texts: &mut Texts, to: &mut Vec<u8>) {
        let micros = self.micros();
        for (tag, unit) in UNITS {
            if micros % unit == 0 {
                to.push(tag);
                return (micros / unit).put(texts, to);
            }
        }
    }
    fn take(from: &mut &[u8], texts: &Texts) -> Option<Self> {
        let tag = u8::take(from, texts)?;
        let (_, unit) = UNITS.iter().find(|(known, _)| *known == tag)?;
        Some(Instant::from_micros(i64::take(from, texts)?.checked_mul(*unit)?))
    }
}

/// Days, minutes, seconds, microseconds.
const UNITS: [(u8, i64); 4] = [(0, 86_400_000_000), (1, 60_000_000), (2, 1_000_000), (3, 1)];

impl Cell for String {
    fn put(&self, texts: &mut Texts, to: &mut Vec<u8>) {
        put_number(texts.number(self), to);
    }
    fn take(from: &mut &[u8], texts: &Texts) -> Option<Self> {
        texts.text(take_number(from)?).map(str::to_owned)
    }
}

/// A closed set of names, by place in its list.
macro_rules! named {
    ($($name:ty),*) => { $(impl Cell for $name {
        fn put(&self, _: &mut Texts, to: &mut Vec<u8>) {
            to.push(*self as u8);
        }
        fn take(from: &mut &[u8], texts: &Texts) -> Option<Self> {
            <$name>::ALL.get(usize::from(u8::take(from, texts)?)).copied()
        }
    })* };
}
named!(Status, Channel, ApplicantKind);

impl Cell for ExtraValue {
    fn put(&self, texts: &mut Texts, to: &mut Vec<u8>) {
        match self {
            ExtraValue::Bool(yes) => to.extend([0, u8::from(*yes)]),
            ExtraValue::Int(number) => {
                to.push(1);
                number.put(texts, to);
            }
            ExtraValue::Text(text) => {
                to.push(2);
                text.put(texts, to);
            }
        }
    }
    fn take(from: &mut &[u8], texts: &Texts) -> Option<Self> {
        Some(match u8::take(from, texts)? {
            0 => ExtraValue::Bool(bool::take(from, texts)?),
            1 => ExtraValue::Int(i64::take(from, texts)?),
            _ => ExtraValue::Text(String::take(from, texts)?),
        })
    }
}

/// Names each cell once, for packing, unpacking and [`NAMES`]. A new column of a dossier does not
/// compile until it stands here: none can be lost.
macro_rules! cells {
    (cells: $($cell:ident)*; amounts: $($amount:ident)*) => {
        /// The names of a dossier's cells in JSON.
        pub(crate) const NAMES: [&str; 42] =
            ["dossier_id", "received_at", "extra", $(stringify!($cell),)* $(stringify!($amount),)*];

        /// The dossier in bytes, without its id.
        pub fn pack(dossier: &Dossier, texts: &mut Texts) -> Vec<u8> {
            let Dossier { dossier_id: _, received_at, extra, $($cell,)* $($amount,)* } = dossier;
            let known = [$($cell.is_some(),)* $($amount.is_some(),)* !extra.is_empty()];
            let mut to = Vec::with_capacity(96);
            put_number(known.iter().fold(0, |bits, known| bits << 1 | u64::from(*known)), &mut to);
            received_at.put(texts, &mut to);
            $(if let Some(cell) = $cell {
                cell.put(texts, &mut to);
            })*
            $(if let Some(amount) = $amount {
                put_bytes(amount.to_string().as_bytes(), &mut to);
            })*
            if !extra.is_empty() {
                put_number(extra.len() as u64, &mut to);
                for (name, value) in extra {
                    name.put(texts, &mut to);
                    value.put(texts, &mut to);
                }
            }
            to
        }

        /// The dossier of [`pack`]ed bytes, with this id; none when they are no dossier.
        pub fn unpack(id: &str, mut from: &[u8], texts: &Texts) -> Option<Dossier> {
            let from = &mut from;
            let count = [$(stringify!($cell),)* $(stringify!($amount),)* "extra"].len();
            let mut bits = take_number(from)?.checked_shl(u32::try_from(64 - count).ok()?)?;
            let mut next = || {
                let known = bits >> 63 == 1;
                bits <<= 1;
                known
            };
            let mut dossier = Dossier::received(Instant::take(from, texts)?);
            dossier.dossier_id = Some(id.to_owned());
            $(if next() {
                dossier.$cell = Some(Cell::take(from, texts)?);
            })*
            $(if next() {
                dossier.$amount = Some(std::str::from_utf8(take_bytes(from)?).ok()?.parse().ok()?);
            })*
            if next() {
                let mut extra = BTreeMap::new();
                for _ in 0..take_number(from)? {
                    extra.insert(String::take(from, texts)?, ExtraValue::take(from, texts)?);
                }
                dossier.extra = extra;
            }
            from.is_empty().then_some(dossier)
        }
    };
}

cells! {
    cells: procedure_code procedure field_code field agency receiving_agency officer applicant_kind channel
        result_channel status due_at completed_at returned_at limit_days supplement_requests paused_days
        supplement_requested_at supplemented_at payments payments_online payments_portal rating petitioned
        input_digitised result_digitised result_electronic result_published data_reused transfers
        transfers_electronic apologised explained synced result_synced due_moves due_moved_late;
    amounts: amount_due amount_online
}
