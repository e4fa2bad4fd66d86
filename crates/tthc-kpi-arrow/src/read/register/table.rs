//! Registers in Arrow tables, row by row: they are small.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Schema};
use tthc_kpi::{Column, ColumnType, Record, Register, RegisterColumn, RegisterTable, RegisterType};

use super::super::arrow::{cell_at, supported};
use super::super::cell::Cell;
use super::super::find::Row;
use super::super::{Place, ReadError};
use super::header::{Head, Slot, Wishes};
use super::rows::{Filler, settled};
use super::{RegisterError, RegisterOptions};

/// Reads a register from a foreign Arrow table, already validated (`validate_full`). `name` stands for
/// the file in issues and errors; rows count from 1. Columns of personal data are not looked at.
///
/// # Errors
/// [`ReadError`], where the table as a whole cannot be read; [`ReadError::UnsupportedType`] names a
/// column whose Arrow type cannot hold what the column means.
///
/// # Example
/// ```
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use tthc_kpi::Petition;
/// use tthc_kpi_arrow::read::register_from_arrow;
/// let due: ArrayRef = Arc::new(StringArray::from(vec!["10/03/2026", "soon"]));
/// let resolved: ArrayRef = Arc::new(StringArray::from(vec![Some("09/03/2026"), None]));
/// let table = RecordBatch::try_from_iter([("Hạn giải quyết", due), ("Ngày giải quyết", resolved)])?;
/// let schema = table.schema();
/// let petitions = register_from_arrow::<Petition>([Ok(table)], &schema, "pakn", &Default::default())?;
/// assert_eq!(petitions.rows()[0].1.due, Some("2026-03-10".parse()?));
/// assert_eq!((petitions.read(), petitions.set_aside()["unreadable_due"]), (2, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn register_from_arrow<T: Record>(
    batches: impl IntoIterator<Item = Result<RecordBatch, ArrowError>>,
    schema: &Schema,
    name: &str,
    options: &RegisterOptions,
) -> Result<RegisterTable<T>, ReadError> {
    let wishes = Wishes::new(options, Some(T::REGISTER))?;
    let place = Place { file: name.to_owned(), sheet: None };
    let heads = heads(schema);
    wishes.all_present(&place, &heads)?;
    from_batches(batches, schema, &place, &wishes, options.strict)
}

/// The names of a table's columns.
pub(super) fn heads(schema: &Schema) -> Vec<Head> {
    let names = schema.fields().iter().enumerate();
    let names = names.filter(|(_, field)| !field.name().trim().is_empty());
    names.map(|(index, field)| Head::of(index, field.name().clone())).collect()
}

/// The register some batches hold.
pub(super) fn from_batches<T: Record>(
    batches: impl IntoIterator<Item = Result<RecordBatch, ArrowError>>,
    schema: &Schema,
    place: &Place,
    wishes: &Wishes,
    strict: bool,
) -> Result<RegisterTable<T>, ReadError> {
    let (heads, slots) = layout(schema, place, wishes, T::REGISTER)?;
    let readable: Vec<bool> =
        schema.fields().iter().map(|field| wishes.may_read(field.name())).collect::<Result<_, _>>()?;
    let malformed = |what| ReadError::Malformed { file: place.file.clone(), sheet: None, what };
    let mut tables: Vec<(usize, Vec<Option<ArrayRef>>)> = Vec::new();
    for batch in batches {
        let batch = batch.map_err(|_| malformed("the source of the table failed"))?;
        if batch.num_columns() != readable.len() {
            return Err(malformed("a batch does not have the columns of the table"));
        }
        let mut columns = Vec::new();
        for ((column, field), readable) in batch.columns().iter().zip(schema.fields()).zip(&readable) {
            if column.data_type() != field.data_type() {
                return Err(malformed("a batch does not have the columns of the table"));
            }
            columns.push(if *readable { Some(plain(column)?) } else { None });
        }
        tables.push((batch.num_rows(), columns));
    }
    settled(|shown| {
        let mut filler = Filler::new(place, slots.clone(), &heads, None, shown, strict)?;
        let mut number = 0;
        for (rows, columns) in &tables {
            for at in 0..*rows {
                number += 1;
                filler.add(&TableRow { columns, at, number });
            }
        }
        filler.finish()
    })
}

/// What the columns of a table are read as.
fn layout(
    schema: &Schema,
    place: &Place,
    wishes: &Wishes,
    register: Register,
) -> Result<(Vec<Head>, Vec<Slot>), ReadError> {
    let heads = heads(schema);
    let slots = wishes.slots(register, place, &heads)?;
    if slots.is_empty() {
        let (file, sheets) = (place.file.clone(), Vec::new());
        return Err(RegisterError::NoHeader { file, sheets, rows: 1, register }.into());
    }
    for slot in &slots {
        let data_type = schema.fields().get(slot.index).map_or(&DataType::Null, |field| field.data_type());
        if !supported(data_type, Some(like(slot.column))) {
            return Err(ReadError::UnsupportedType {
                file: place.file.clone(),
                source_name: slot.source.clone(),
                column: slot.column.to_string(),
                arrow_type: data_type.to_string(),
            });
        }
    }
    Ok((heads, slots))
}

/// A column of dossiers whose values are of the same kind.
fn like(column: RegisterColumn) -> Column {
    match column.column_type() {
        RegisterType::Text => Column::Procedure,
        RegisterType::Truth => Column::Petitioned,
        RegisterType::Count => Column::Payments,
        RegisterType::Day => Column::ReceivedAt,
        RegisterType::Money => Column::AmountDue,
        RegisterType::Level | RegisterType::Internal => Column::Channel,
    }
}

/// A column whose cells can be looked at one by one.
fn plain(column: &ArrayRef) -> Result<ArrayRef, ReadError> {
    let values = match column.data_type() {
        DataType::Dictionary(_, values) => values.as_ref(),
        DataType::RunEndEncoded(_, values) => values.data_type(),
        _ => return Ok(Arc::clone(column)),
    };
    // To the very type of its values: never a change of meaning.
    let plain = arrow_cast::cast(column, values);
    let plain = plain.map_err(|_| ReadError::Internal("an encoded column cannot be decoded"))?;
    self::plain(&plain)
}

/// A row of a table.
struct TableRow<'t> {
    /// None: personal.
    columns: &'t [Option<ArrayRef>],
    at: usize,
    number: u64,
}

impl Row for TableRow<'_> {
    fn number(&self) -> u64 {
        self.number
    }

    fn fields(&self) -> Option<usize> {
        None
    }

    fn cell(&self, column: usize, _: Option<ColumnType>) -> Cell<'_> {
        match self.columns.get(column) {
            Some(Some(array)) => cell_at(array, self.at),
            _ => Cell::Empty,
        }
    }

    fn filled(&self) -> impl Iterator<Item = (usize, Cell<'_>)> {
        let columns = self.columns.iter().enumerate();
        columns
            .filter_map(|(index, array)| Some((index, cell_at(array.as_ref()?, self.at))))
            .filter(|(_, cell)| !cell.is_empty())
    }
}
