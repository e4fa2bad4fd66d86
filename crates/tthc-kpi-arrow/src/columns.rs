//! Typed views of one batch of the canonical schema. Nothing is copied; a column that is not
//! there is a column of unknowns.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt32Type,
};
use arrow_array::{Array, ArrowPrimitiveType, BooleanArray, RecordBatch, StringArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};
use rust_decimal::Decimal;
use tthc_kpi::{ApplicantKind, Channel, Column, ColumnSet, Dossier, ExtraValue, Instant, Key, Status};

use crate::codes::Codes;
use crate::error::{ArrowError, wrong_type};
use crate::lanes::{Bits, LANES, Lanes, Mask, NONE, Room, ShortDay, block, day_of, first, select};
use crate::wide::{Work, widest};

/// Values of a primitive column; none where the column is not there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cells<'b, T> {
    values: &'b [T],
    nulls: Option<&'b NullBuffer>,
    known: Option<Bits<'b>>,
}

impl<'b, T: Copy> Cells<'b, T> {
    const NONE: Self = Cells { values: &[], nulls: None, known: None };

    fn new(values: &'b [T], nulls: Option<&'b NullBuffer>) -> Self {
        Cells { values, nulls, known: nulls.map(|nulls| Bits::of(nulls.inner())) }
    }

    /// The value of a row; none when unknown.
    #[inline]
    pub fn get(&self, row: usize) -> Option<T> {
        let value = self.values.get(row).copied()?;
        match self.nulls {
            Some(nulls) if nulls.is_null(row) => None,
            _ => Some(value),
        }
    }
}

impl<T: Copy + Default> Cells<'_, T> {
    /// Reads a value of every cache line of some rows, in order, so that they are near when they
    /// are judged: many columns a few rows at a time is not an order that processors foresee.
    #[inline(always)]
    pub fn touch(&self, rows: &Range<usize>) {
        let line = 64 / size_of::<T>();
        let values = self.values.get(rows.clone()).unwrap_or_default();
        values.iter().step_by(line.max(1)).for_each(|value| {
            std::hint::black_box(*value);
        });
    }

    /// The values of a block, and which of them are known; there must be room for a copy where
    /// the block is not whole.
    #[inline(always)]
    pub fn block<'s>(&'s self, from: usize, room: &'s mut Room<T>) -> (&'s Lanes<T>, Mask) {
        let known = match &self.known {
            Some(known) => known.block(from),
            None => first(self.values.len().saturating_sub(from)),
        };
        (block(self.values, from, room), known)
    }
}

impl Cells<'_, i64> {
    /// The days of some rows, of which the first is a multiple of 64, in place of [`NONE`].
    #[inline(always)]
    pub fn days(&self, rows: Range<usize>, into: &mut [Lanes<ShortDay>]) {
        let from = rows.start;
        let moments = self.values.get(rows).unwrap_or_default();
        widest(Days { moments, into: into.as_flattened_mut() });
        if let Some(known) = self.known {
            for (block, days) in into.iter_mut().enumerate() {
                *days = select(known.block(from + block * LANES), *days, NONE);
            }
        }
    }
}

/// The days of moments: by itself, so that the compiler sees the one loop that it is.
struct Days<'d> {
    moments: &'d [i64],
    into: &'d mut [ShortDay],
}

impl Work for Days<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (day, at) in self.into.iter_mut().zip(self.moments) {
            *day = day_of(*at);
        }
    }
}

/// Values of a yes-or-no column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flags<'b> {
    array: Option<&'b BooleanArray>,
    values: Bits<'b>,
    known: Option<Bits<'b>>,
}

impl<'b> Flags<'b> {
    fn new(array: Option<&'b BooleanArray>) -> Self {
        Flags {
            array,
            values: array.map_or(Bits::NONE, |array| Bits::of(array.values())),
            known: array.and_then(Array::nulls).map(|nulls| Bits::of(nulls.inner())),
        }
    }

    /// The value of a row; none when unknown.
    #[inline]
    pub fn get(&self, row: usize) -> Option<bool> {
        self.array.filter(|array| array.is_valid(row)).map(|array| array.value(row))
    }

    /// The values of a block, and which of them are known.
    #[inline(always)]
    pub fn block(&self, from: usize) -> (Mask, Mask) {
        let Some(array) = self.array else { return (0, 0) };
        let known = match &self.known {
            Some(known) => known.block(from),
            None => first(array.len().saturating_sub(from)),
        };
        (self.values.block(from), known)
    }
}

/// Values of a text column, plain or dictionary.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Texts<'b> {
    None,
    Plain(&'b StringArray),
    Dictionary { keys: Cells<'b, i32>, values: &'b StringArray },
}

impl<'b> Texts<'b> {
    /// The text of a row; none when unknown.
    pub fn get(&self, row: usize) -> Option<&'b str> {
        match self {
            Texts::None => None,
            Texts::Plain(array) => array.is_valid(row).then(|| array.value(row)),
            Texts::Dictionary { keys, .. } => self.value(usize::try_from(keys.get(row)?).ok()?),
        }
    }

    /// The text of a dictionary's key; a dictionary may hold nulls, or a text twice.
    pub fn value(&self, key: usize) -> Option<&'b str> {
        let Texts::Dictionary { values, .. } = self else { return None };
        (key < values.len() && values.is_valid(key)).then(|| values.value(key))
    }

    /// For each row of a range an index into the distinct texts, beyond them for the unknown. Text
    /// is looked at once per distinct value.
    pub fn indexed(&self, rows: Range<usize>) -> (Vec<u32>, Vec<&'b str>) {
        let mut distinct: Vec<&'b str> = Vec::new();
        let mut seen = rustc_hash::FxHashMap::default();
        // Dictionary keys are looked up, texts hashed.
        let mut of_key: Vec<u32> = Vec::new();
        let mut index = |text: &'b str| {
            *seen.entry(text).or_insert_with(|| {
                distinct.push(text);
                u32::try_from(distinct.len() - 1).unwrap_or(u32::MAX)
            })
        };
        let indices = match self {
            Texts::None => vec![u32::MAX; rows.len()],
            Texts::Plain(_) => rows.map(|row| self.get(row).map_or(u32::MAX, &mut index)).collect(),
            Texts::Dictionary { keys, values } => {
                of_key.extend((0..values.len()).map(|key| self.value(key).map_or(u32::MAX, &mut index)));
                let of = |key: i32| of_key.get(usize::try_from(key).ok()?).copied();
                rows.map(|row| keys.get(row).and_then(of).unwrap_or(u32::MAX)).collect()
            }
        };
        (indices, distinct)
    }
}

/// The code of an online channel; 0 is unknown, any other code another channel.
pub(crate) const ONLINE: u16 = 2;

/// The columns of one batch.
#[derive(Debug, Clone)]
pub(crate) struct Columns<'b> {
    pub batch: &'b RecordBatch,
    pub present: ColumnSet,
    pub dossier_id: Texts<'b>,
    pub procedure_code: Texts<'b>,
    pub procedure: Texts<'b>,
    pub field_code: Texts<'b>,
    pub field: Texts<'b>,
    pub agency: Texts<'b>,
    pub receiving_agency: Texts<'b>,
    pub officer: Texts<'b>,
    pub applicant_kind: Texts<'b>,
    pub channel: Texts<'b>,
    pub channel_codes: Codes<'b>,
    pub result_channel: Texts<'b>,
    pub status: Cells<'b, u8>,
    pub received_at: Cells<'b, i64>,
    pub due_at: Cells<'b, i64>,
    pub completed_at: Cells<'b, i64>,
    pub returned_at: Cells<'b, i64>,
    pub limit_days: Cells<'b, u32>,
    pub supplement_requests: Cells<'b, u32>,
    pub paused_days: Cells<'b, u32>,
    pub supplement_requested_at: Cells<'b, i64>,
    pub supplemented_at: Cells<'b, i64>,
    pub payments: Cells<'b, u32>,
    pub payments_online: Cells<'b, u32>,
    pub payments_portal: Cells<'b, u32>,
    pub amount_due: Cells<'b, i128>,
    pub amount_online: Cells<'b, i128>,
    pub rating: Cells<'b, u8>,
    pub petitioned: Flags<'b>,
    pub input_digitised: Flags<'b>,
    pub result_digitised: Flags<'b>,
    pub result_electronic: Flags<'b>,
    pub result_published: Flags<'b>,
    pub data_reused: Flags<'b>,
    pub transfers: Cells<'b, u32>,
    pub transfers_electronic: Cells<'b, u32>,
    pub apologised: Flags<'b>,
    pub explained: Flags<'b>,
    pub synced: Flags<'b>,
    pub result_synced: Flags<'b>,
    pub due_moves: Cells<'b, u32>,
    pub due_moved_late: Flags<'b>,
}

fn cells<'b, P: ArrowPrimitiveType>(
    batch: &'b RecordBatch,
    column: Column,
    right: impl Fn(&DataType) -> bool,
) -> Result<Cells<'b, P::Native>, ArrowError> {
    let Some(array) = batch.column_by_name(column.slug()) else { return Ok(Cells::NONE) };
    match array.as_primitive_opt::<P>().filter(|_| right(array.data_type())) {
        Some(array) => Ok(Cells::new(array.values(), array.nulls())),
        None => Err(wrong_type(column, array.data_type())),
    }
}

fn flags(batch: &RecordBatch, column: Column) -> Result<Flags<'_>, ArrowError> {
    let Some(array) = batch.column_by_name(column.slug()) else { return Ok(Flags::new(None)) };
    array
        .as_boolean_opt()
        .map(|array| Flags::new(Some(array)))
        .ok_or_else(|| wrong_type(column, array.data_type()))
}

fn text_array(array: &dyn Array) -> Option<Texts<'_>> {
    if let Some(array) = array.as_string_opt::<i32>() {
        return Some(Texts::Plain(array));
    }
    let dictionary = array.as_dictionary_opt::<Int32Type>()?;
    let keys = dictionary.keys();
    let values = dictionary.values().as_string_opt::<i32>()?;
    Some(Texts::Dictionary { keys: Cells::new(keys.values(), keys.nulls()), values })
}

fn texts(batch: &RecordBatch, column: Column) -> Result<Texts<'_>, ArrowError> {
    let Some(array) = batch.column_by_name(column.slug()) else { return Ok(Texts::None) };
    text_array(array).ok_or_else(|| wrong_type(column, array.data_type()))
}

impl<'b> Columns<'b> {
    /// The columns of a batch.
    ///
    /// # Errors
    /// [`ArrowError::NoReceipt`], [`ArrowError::NullReceipt`], [`ArrowError::ColumnType`].
    pub fn of(batch: &'b RecordBatch) -> Result<Self, ArrowError> {
        let instants = |column| {
            cells::<TimestampMicrosecondType>(batch, column, |kind| {
                matches!(kind, DataType::Timestamp(TimeUnit::Microsecond, None))
            })
        };
        let counts = |column| cells::<UInt32Type>(batch, column, |_| true);
        let bytes = |column| cells::<UInt8Type>(batch, column, |_| true);
        let money = |column| {
            cells::<Decimal128Type>(batch, column, |kind| matches!(kind, DataType::Decimal128(18, 2)))
        };
        let text = |column| texts(batch, column);
        let flag = |column| flags(batch, column);
        let present: ColumnSet = Column::ALL
            .iter()
            .copied()
            .filter(|column| batch.column_by_name(column.slug()).is_some())
            .collect();
        if !present.has(Column::ReceivedAt) {
            return Err(ArrowError::NoReceipt);
        }
        let channel = text(Column::Channel)?;
        let columns = Columns {
            batch,
            present,
            dossier_id: text(Column::DossierId)?,
            procedure_code: text(Column::ProcedureCode)?,
            procedure: text(Column::Procedure)?,
            field_code: text(Column::FieldCode)?,
            field: text(Column::Field)?,
            agency: text(Column::Agency)?,
            receiving_agency: text(Column::ReceivingAgency)?,
            officer: text(Column::Officer)?,
            applicant_kind: text(Column::ApplicantKind)?,
            channel,
            channel_codes: Codes::of(&channel, batch.num_rows(), 0, |slug| {
                if slug == Channel::Online.slug() { ONLINE } else { 1 }
            }),
            result_channel: text(Column::ResultChannel)?,
            status: bytes(Column::Status)?,
            received_at: instants(Column::ReceivedAt)?,
            due_at: instants(Column::DueAt)?,
            completed_at: instants(Column::CompletedAt)?,
            returned_at: instants(Column::ReturnedAt)?,
            limit_days: counts(Column::LimitDays)?,
            supplement_requests: counts(Column::SupplementRequests)?,
            paused_days: counts(Column::PausedDays)?,
            supplement_requested_at: instants(Column::SupplementRequestedAt)?,
            supplemented_at: instants(Column::SupplementedAt)?,
            payments: counts(Column::Payments)?,
            payments_online: counts(Column::PaymentsOnline)?,
            payments_portal: counts(Column::PaymentsPortal)?,
            amount_due: money(Column::AmountDue)?,
            amount_online: money(Column::AmountOnline)?,
            rating: bytes(Column::Rating)?,
            petitioned: flag(Column::Petitioned)?,
            input_digitised: flag(Column::InputDigitised)?,
            result_digitised: flag(Column::ResultDigitised)?,
            result_electronic: flag(Column::ResultElectronic)?,
            result_published: flag(Column::ResultPublished)?,
            data_reused: flag(Column::DataReused)?,
            transfers: counts(Column::Transfers)?,
            transfers_electronic: counts(Column::TransfersElectronic)?,
            apologised: flag(Column::Apologised)?,
            explained: flag(Column::Explained)?,
            synced: flag(Column::Synced)?,
            result_synced: flag(Column::ResultSynced)?,
            due_moves: counts(Column::DueMoves)?,
            due_moved_late: flag(Column::DueMovedLate)?,
        };
        if let Some(row) = columns.received_at.nulls.and_then(|nulls| nulls.iter().position(|valid| !valid)) {
            return Err(ArrowError::NullReceipt { row });
        }
        Ok(columns)
    }

    /// Brings what is judged of some rows near.
    #[inline(always)]
    pub fn touch(&self, rows: &Range<usize>) {
        for counts in [
            &self.payments,
            &self.payments_online,
            &self.payments_portal,
            &self.transfers,
            &self.transfers_electronic,
        ] {
            counts.touch(rows);
        }
        for codes in [&self.status, &self.rating] {
            codes.touch(rows);
        }
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// A text column by name.
    pub fn text(&self, column: Column) -> Texts<'b> {
        match column {
            Column::DossierId => self.dossier_id,
            Column::ProcedureCode => self.procedure_code,
            Column::Procedure => self.procedure,
            Column::FieldCode => self.field_code,
            Column::Field => self.field,
            Column::Agency => self.agency,
            Column::ReceivingAgency => self.receiving_agency,
            Column::Officer => self.officer,
            Column::ApplicantKind => self.applicant_kind,
            Column::Channel => self.channel,
            Column::ResultChannel => self.result_channel,
            _ => Texts::None,
        }
    }

    /// The value of an extra column.
    pub fn extra(&self, name: &str, row: usize) -> Key {
        let Some(array) = self.batch.column_by_name(name).filter(|array| array.is_valid(row)) else {
            return Key::Null;
        };
        if let Some(array) = array.as_boolean_opt() {
            return Key::Bool(array.value(row));
        }
        if let Some(array) = array.as_primitive_opt::<Int64Type>() {
            return Key::Int(array.value(row));
        }
        text_array(array).and_then(|texts| texts.get(row)).map_or(Key::Null, Key::of)
    }

    /// One row as the reference sees it: what duplicates are decided by, cases are shown from, and
    /// tests hold the engine against.
    pub fn dossier(&self, row: usize) -> Dossier {
        let text = |texts: Texts<'_>| texts.get(row).map(str::to_owned);
        let at = |cells: Cells<'_, i64>| cells.get(row).map(Instant::from_micros);
        let money = |cells: Cells<'_, i128>| {
            cells.get(row).and_then(|value| Decimal::try_from_i128_with_scale(value, 2).ok())
        };
        let channel = |texts: Texts<'_>| texts.get(row).and_then(|slug| slug.parse::<Channel>().ok());
        Dossier {
            dossier_id: text(self.dossier_id),
            procedure_code: text(self.procedure_code),
            procedure: text(self.procedure),
            field_code: text(self.field_code),
            field: text(self.field),
            agency: text(self.agency),
            receiving_agency: text(self.receiving_agency),
            officer: text(self.officer),
            applicant_kind: self.applicant_kind.get(row).and_then(|slug| slug.parse::<ApplicantKind>().ok()),
            channel: channel(self.channel),
            result_channel: channel(self.result_channel),
            status: self.status.get(row).and_then(Status::from_code),
            due_at: at(self.due_at),
            completed_at: at(self.completed_at),
            returned_at: at(self.returned_at),
            limit_days: self.limit_days.get(row),
            supplement_requests: self.supplement_requests.get(row),
            paused_days: self.paused_days.get(row),
            supplement_requested_at: at(self.supplement_requested_at),
            supplemented_at: at(self.supplemented_at),
            payments: self.payments.get(row),
            payments_online: self.payments_online.get(row),
            payments_portal: self.payments_portal.get(row),
            amount_due: money(self.amount_due),
            amount_online: money(self.amount_online),
            rating: self.rating.get(row),
            petitioned: self.petitioned.get(row),
            input_digitised: self.input_digitised.get(row),
            result_digitised: self.result_digitised.get(row),
            result_electronic: self.result_electronic.get(row),
            result_published: self.result_published.get(row),
            data_reused: self.data_reused.get(row),
            transfers: self.transfers.get(row),
            transfers_electronic: self.transfers_electronic.get(row),
            apologised: self.apologised.get(row),
            explained: self.explained.get(row),
            synced: self.synced.get(row),
            result_synced: self.result_synced.get(row),
            due_moves: self.due_moves.get(row),
            due_moved_late: self.due_moved_late.get(row),
            extra: self
                .batch
                .schema_ref()
                .fields()
                .iter()
                .filter(|field| field.name().parse::<Column>().is_err())
                .filter_map(|field| {
                    let value = match self.extra(field.name(), row) {
                        Key::Text(text) => ExtraValue::Text(text.to_string()),
                        Key::Int(number) => ExtraValue::Int(number),
                        Key::Bool(yes) => ExtraValue::Bool(yes),
                        Key::Null => return None,
                    };
                    Some((field.name().clone(), value))
                })
                .collect(),
            // Checked to be there when the view was made.
            ..Dossier::received(Instant::from_micros(self.received_at.get(row).unwrap_or_default()))
        }
    }
}
