//! Foreign Arrow tables: headers matched as in a file, columns taken whole where their type allows.
//!
//! `arrow_cast` is used between encodings of one type only: cast from text it makes an unreadable date
//! null without a word, and from a zone to none it keeps the hour of UTC.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, BooleanArray, PrimitiveArray, RecordBatch};
use arrow_schema::{ArrowError, DataType, Schema, TimeUnit};
use rust_decimal::Decimal;
use tthc_kpi::{Column, ColumnType, Instant, ValueKind};

use super::assemble::{Assembler, BATCH_ROWS, Outcome, Settings};
use super::build::Builder;
use super::cell::Cell;
use super::date::LOCAL_OFFSET;
use super::flow::{Flow, kept};
use super::header::{Layout, Target, Wishes};
use super::whole::{self, Seen};
use super::{Loaded, MappedColumn, Place, ReadError, ReadOptions, twice};

const MICROS_A_DAY: i64 = 86_400_000_000;

/// Which of `names` are worth taking from a foreign table: canonical columns, those the options
/// name, and those that need the caller's word. Personal and unknown columns are not among them.
///
/// # Example
/// ```
/// use tthc_kpi_arrow::read::{ReadOptions, wanted_columns};
/// let names = ["Ngày tiếp nhận", "Chủ hồ sơ", "Màu mắt"].map(str::to_owned);
/// assert_eq!(wanted_columns(&names, &ReadOptions::default()), ["Ngày tiếp nhận"]);
/// ```
pub fn wanted_columns(names: &[String], options: &ReadOptions) -> Vec<String> {
    // A mistake in the options is told by `from_arrow`.
    let wishes = Wishes::new(options).or_else(|_| Wishes::new(&ReadOptions::default()));
    wishes.map(|wishes| names.iter().filter(|name| wishes.wants(name)).cloned().collect()).unwrap_or_default()
}

/// What each of `names` would be read as; `name` is the table's, for messages.
///
/// # Errors
/// What [`from_arrow`] would say about these headers.
///
/// # Example
/// See [`MappedColumn`].
pub fn map_columns(
    names: &[String],
    name: &str,
    options: &ReadOptions,
) -> Result<Vec<MappedColumn>, ReadError> {
    let place = Place { file: name.to_owned(), sheet: None };
    Ok(layout(names.iter().map(String::as_str), &place, options)?.mapping)
}

fn layout<'a>(
    names: impl Iterator<Item = &'a str>,
    place: &Place,
    options: &ReadOptions,
) -> Result<Layout, ReadError> {
    let headers: Vec<(usize, String)> = names
        .enumerate()
        .filter(|(_, name)| !name.trim().is_empty())
        .map(|(index, name)| (index, name.to_owned()))
        .collect();
    let layout = Wishes::new(options)?.layout(place, &headers)?;
    if !layout.slots.iter().any(|slot| slot.target == Target::Column(Column::ReceivedAt)) {
        return Err(ReadError::NoReceivedAt { file: place.file.clone() });
    }
    Ok(layout)
}

/// Reads a foreign Arrow table, already validated (`validate_full`), into canonical batches.
/// `name` stands for the file in issues and errors; rows count from 1.
///
/// Timestamps of any unit become microseconds (finer is cut off towards the past); with a zone they
/// become wall time of UTC+7; dates become midnight, that is dates alone. Text, whole numbers and
/// decimals are read by the rules of a file's cells, so text dates work. A float's NaN is unknown.
///
/// # Errors
/// [`ReadError`], where the table as a whole cannot be read; [`ReadError::UnsupportedType`] names a
/// column whose Arrow type cannot hold what the column means.
///
/// # Example
/// ```
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use tthc_kpi_arrow::read::{ReadOptions, from_arrow};
/// let received: ArrayRef = Arc::new(StringArray::from(vec!["05/01/2026 08:30"]));
/// let table = RecordBatch::try_from_iter([("Ngày tiếp nhận", received)])?;
/// let schema = table.schema();
/// let loaded = from_arrow([Ok(table)], &schema, "table", &ReadOptions::default())?;
/// let dossiers = tthc_kpi_arrow::dossiers_of(&loaded.batches[0])?;
/// assert_eq!(dossiers[0].received_at, "2026-01-05T08:30".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn from_arrow(
    batches: impl IntoIterator<Item = Result<RecordBatch, ArrowError>>,
    schema: &Schema,
    name: &str,
    options: &ReadOptions,
) -> Result<Loaded, ReadError> {
    let place = Place { file: name.to_owned(), sheet: None };
    let layout = table_layout(schema, &place, options)?;
    assemble(batches, schema, &place, &layout, options.strict, 1)
}

/// What the columns of a table are read as.
///
/// # Errors
/// As [`from_arrow`], of the headers and types.
pub(super) fn table_layout(
    schema: &Schema,
    place: &Place,
    options: &ReadOptions,
) -> Result<Layout, ReadError> {
    let layout = layout(schema.fields().iter().map(|field| field.name().as_str()), place, options)?;
    for slot in &layout.slots {
        let field = schema.fields().get(slot.index);
        let data_type = field.map_or(&DataType::Null, |field| field.data_type());
        // PostgreSQL's driver gives amounts of its type `money` in hundredths, as whole numbers.
        let hundredths = field
            .and_then(|field| field.metadata().get("POSTGRESQL:type"))
            .is_some_and(|kind| kind == "money");
        let column = match &slot.target {
            Target::Column(column) => Some(*column),
            Target::Extra(_) => None,
        };
        if hundredths || !supported(data_type, column) {
            return Err(ReadError::UnsupportedType {
                file: place.file.clone(),
                source_name: slot.source.clone(),
                column: column.map_or("an extra column", Column::slug).to_owned(),
                arrow_type: if hundredths { "money".to_owned() } else { data_type.to_string() },
            });
        }
    }
    Ok(layout)
}

/// Batches of a table whose columns are known, of which the first row is numbered `first`.
///
/// # Errors
/// As [`from_arrow`], of the values.
pub(super) fn assemble(
    batches: impl IntoIterator<Item = Result<RecordBatch, ArrowError>>,
    schema: &Schema,
    place: &Place,
    layout: &Layout,
    strict: bool,
    first: u64,
) -> Result<Loaded, ReadError> {
    let mut tables: Vec<(usize, Vec<ArrayRef>)> = Vec::new();
    for batch in batches {
        let malformed = |what| ReadError::Malformed { file: place.file.clone(), sheet: None, what };
        let batch = batch.map_err(|_| malformed("the source of the table failed"))?;
        let columns = layout.slots.iter().map(|slot| {
            let column = batch.columns().get(slot.index).filter(|column| {
                schema.fields().get(slot.index).is_some_and(|field| field.data_type() == column.data_type())
            });
            column.cloned().ok_or_else(|| malformed("a batch does not have the columns of the table"))
        });
        tables.push((batch.num_rows(), columns.collect::<Result<_, _>>()?));
    }
    twice(strict, |settings| {
        let mut assembler = Assembler::new(place.clone(), layout.clone(), settings)?;
        let mut seen: Vec<Option<Seen>> = layout.slots.iter().map(|_| None).collect();
        let mut first = first;
        for (rows, columns) in &tables {
            let mut from = 0;
            while from < *rows {
                let taken = BATCH_ROWS.min(rows - from);
                let mut columns = columns.iter().zip(&mut seen);
                assembler.columns(first, taken, |builder| {
                    let (column, seen) = columns.next().ok_or(ReadError::Internal("a column is gone"))?;
                    convert(builder, seen, &column.slice(from, taken), first)
                })?;
                from += taken;
                first += taken as u64;
            }
        }
        assembler.finish()
    })
}

/// The same, each batch handed on as soon as it is read. Columns of the layout stand in the batches
/// where it says.
///
/// # Errors
/// As [`from_arrow`]; [`ReadError::ChangedSchema`].
pub(super) fn hand_on(
    batches: impl IntoIterator<Item = Result<RecordBatch, ReadError>>,
    schema: &Schema,
    place: &Place,
    layout: &Layout,
    settings: Settings,
    flow: &mut Flow<'_>,
) -> Result<Outcome, ReadError> {
    let mut assembler = Assembler::new(place.clone(), layout.clone(), settings)?;
    let anew = || layout.slots.iter().map(|_| None).collect::<Vec<Option<Seen>>>();
    let mut seen = anew();
    let mut first = 1u64;
    for batch in batches {
        let batch = batch?;
        for slot in &layout.slots {
            let (told, is) = (schema.fields().get(slot.index), batch.columns().get(slot.index));
            let same = told.zip(is).is_some_and(|(told, is)| told.data_type() == is.data_type());
            let named = told.map(|told| told.name())
                == batch.schema_ref().fields().get(slot.index).map(|is| is.name());
            if !same || !named {
                return Err(ReadError::ChangedSchema {
                    file: place.file.clone(),
                    row: first,
                    source_name: slot.source.clone(),
                    expected: told.map_or_else(String::new, |told| told.data_type().to_string()),
                });
            }
        }
        let mut from = 0;
        while from < batch.num_rows() && assembler.goes_on() {
            let taken = BATCH_ROWS.min(batch.num_rows() - from);
            let mut columns = layout.slots.iter().zip(&mut seen);
            assembler.columns(first, taken, |builder| {
                let (slot, seen) = columns.next().ok_or(ReadError::Internal("a column is gone"))?;
                let column =
                    batch.columns().get(slot.index).ok_or(ReadError::Internal("a column is gone"))?;
                convert(builder, seen, &column.slice(from, taken), first)
            })?;
            from += taken;
            first += taken as u64;
            if assembler.hand_on(flow)? {
                seen = anew();
            }
        }
        if !assembler.goes_on() {
            break;
        }
    }
    assembler.finish()
}

/// Whether what the wanted columns of a table hold can be told row by row: neither the order of day and month, nor
/// the marks of amounts, nor what kind of column an extra one is hangs on rows further down.
pub(super) fn is_sure(
    layout: &Layout,
    schema: &Schema,
    wanted: impl Fn(Result<Column, &str>) -> bool,
) -> bool {
    let kept = kept(wanted);
    layout.slots.iter().all(|slot| {
        let field = schema.fields().get(slot.index);
        !kept(slot) || field.is_some_and(|field| tells_itself(field.data_type(), &slot.target))
    })
}

fn tells_itself(data_type: &DataType, target: &Target) -> bool {
    let text = |data_type: &DataType| match data_type {
        DataType::Dictionary(_, values) => {
            matches!(**values, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
        }
        DataType::RunEndEncoded(..) => true,
        other => matches!(other, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View),
    };
    match target {
        Target::Column(column) => {
            !matches!(column.column_type(), ColumnType::Instant | ColumnType::Money) || !text(data_type)
        }
        // A number beyond i64 would make texts of its column.
        Target::Extra(_) => {
            data_type.is_integer() && *data_type != DataType::UInt64
                || matches!(data_type, DataType::Boolean | DataType::Null)
        }
    }
}

/// Whether an Arrow type can hold what a column means; extras hold anything that can be a dimension.
pub(super) fn supported(data_type: &DataType, column: Option<Column>) -> bool {
    let kind = column.map(Column::column_type);
    match data_type {
        DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => supported(values, column),
        DataType::RunEndEncoded(_, values) => supported(values.data_type(), column),
        DataType::Boolean => matches!(kind, None | Some(ColumnType::Bool)),
        // A date as a number: yyyyMMddHHmmss of the exchange. Seconds since an epoch are not guessed at.
        _ if data_type.is_integer() => true,
        DataType::Float32
        | DataType::Float64
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..) => kind != Some(ColumnType::Instant),
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => {
            matches!(kind, None | Some(ColumnType::Instant))
        }
        _ => false,
    }
}

/// A column of at most a batch of rows, in the canonical type.
fn convert(
    builder: &mut Builder,
    seen: &mut Option<Seen>,
    array: &ArrayRef,
    first: u64,
) -> Result<ArrayRef, ReadError> {
    if let Some(column) = whole::column(builder, seen, array) {
        return Ok(column);
    }
    let plain = match array.data_type() {
        DataType::Dictionary(_, values) => Some(values.as_ref()),
        DataType::RunEndEncoded(_, values) => Some(values.data_type()),
        _ => None,
    };
    if let Some(plain) = plain {
        // To the very type of its values: never a change of meaning.
        let plain = arrow_cast::cast(array, plain);
        let broken = |_| ReadError::Internal("an encoded column cannot be decoded");
        return convert(builder, seen, &plain.map_err(broken)?, first);
    }
    for at in 0..array.len() {
        let cell = cell_at(array, at);
        builder.push(&cell, at, first.saturating_add(at as u64));
    }
    Ok(builder.take())
}

/// Local microseconds of a timestamp or date of this type; none where an i64 cannot hold them.
#[inline]
pub(super) fn micros(data_type: &DataType, value: i64) -> Option<i64> {
    match data_type {
        DataType::Timestamp(unit, zone) => {
            let micros = match unit {
                TimeUnit::Second => value.checked_mul(1_000_000)?,
                TimeUnit::Millisecond => value.checked_mul(1_000)?,
                TimeUnit::Microsecond => value,
                TimeUnit::Nanosecond => value.div_euclid(1_000),
            };
            // With a zone the stored number is of UTC whatever the zone is.
            if zone.is_some() { micros.checked_add(LOCAL_OFFSET) } else { Some(micros) }
        }
        DataType::Date32 => value.checked_mul(MICROS_A_DAY),
        DataType::Date64 => value.div_euclid(86_400_000).checked_mul(MICROS_A_DAY),
        _ => None,
    }
}

fn primitive<T: ArrowPrimitiveType>(array: &dyn Array, at: usize) -> Option<T::Native> {
    let array: &PrimitiveArray<T> = array.as_primitive_opt()?;
    (at < array.len()).then(|| array.value(at))
}

/// One cell of a column of any supported type.
pub(super) fn cell_at(array: &dyn Array, at: usize) -> Cell<'_> {
    if at >= array.len() || array.is_null(at) {
        return Cell::Empty;
    }
    fn int<'a, T: ArrowPrimitiveType>(array: &dyn Array, at: usize) -> Option<Cell<'a>>
    where
        Decimal: From<T::Native>,
    {
        Some(Cell::Number(Decimal::from(primitive::<T>(array, at)?)))
    }
    let decimal = |value: i128, scale: i8| {
        let number =
            u32::try_from(scale).ok().and_then(|scale| Decimal::try_from_i128_with_scale(value, scale).ok());
        Some(number.map_or(Cell::Unreadable(ValueKind::Number), Cell::Number))
    };
    let data_type = array.data_type();
    let date = |value: Option<i64>| {
        let micros = value.and_then(|value| micros(data_type, value)).map(Instant::from_micros);
        Some(micros.map_or(Cell::Unreadable(ValueKind::Date), Cell::Date))
    };
    let cell = match data_type {
        DataType::Utf8 => array.as_string_opt::<i32>().map(|texts| Cell::Text(texts.value(at))),
        DataType::LargeUtf8 => array.as_string_opt::<i64>().map(|texts| Cell::Text(texts.value(at))),
        DataType::Utf8View => array.as_string_view_opt().map(|texts| Cell::Text(texts.value(at))),
        DataType::Boolean => {
            array.as_any().downcast_ref::<BooleanArray>().map(|values| Cell::Bool(values.value(at)))
        }
        DataType::Int8 => int::<Int8Type>(array, at),
        DataType::Int16 => int::<Int16Type>(array, at),
        DataType::Int32 => int::<Int32Type>(array, at),
        DataType::Int64 => int::<Int64Type>(array, at),
        DataType::UInt8 => int::<UInt8Type>(array, at),
        DataType::UInt16 => int::<UInt16Type>(array, at),
        DataType::UInt32 => int::<UInt32Type>(array, at),
        DataType::UInt64 => int::<UInt64Type>(array, at),
        DataType::Float32 => {
            primitive::<Float32Type>(array, at).map(|number| float(number.is_nan(), &number.to_string()))
        }
        DataType::Float64 => {
            primitive::<Float64Type>(array, at).map(|number| float(number.is_nan(), &number.to_string()))
        }
        DataType::Decimal32(_, scale) => {
            primitive::<Decimal32Type>(array, at).and_then(|value| decimal(value.into(), *scale))
        }
        DataType::Decimal64(_, scale) => {
            primitive::<Decimal64Type>(array, at).and_then(|value| decimal(value.into(), *scale))
        }
        DataType::Decimal128(_, scale) => {
            primitive::<Decimal128Type>(array, at).and_then(|value| decimal(value, *scale))
        }
        DataType::Timestamp(unit, _) => date(match unit {
            TimeUnit::Second => primitive::<TimestampSecondType>(array, at),
            TimeUnit::Millisecond => primitive::<TimestampMillisecondType>(array, at),
            TimeUnit::Microsecond => primitive::<TimestampMicrosecondType>(array, at),
            TimeUnit::Nanosecond => primitive::<TimestampNanosecondType>(array, at),
        }),
        DataType::Date32 => date(primitive::<Date32Type>(array, at).map(i64::from)),
        DataType::Date64 => date(primitive::<Date64Type>(array, at)),
        _ => None,
    };
    cell.unwrap_or(Cell::Unreadable(ValueKind::Error))
}

/// A float by its shortest text, which is exact as a decimal. NaN is how data frames write "unknown".
fn float(nan: bool, text: &str) -> Cell<'static> {
    if nan {
        return Cell::Empty;
    }
    Decimal::from_str_exact(text).map_or(Cell::Unreadable(ValueKind::Number), Cell::Number)
}
