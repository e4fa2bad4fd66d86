//! Dossiers as a batch of the canonical schema.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Decimal128Builder, StringBuilder, StringDictionaryBuilder, TimestampMicrosecondBuilder,
    UInt8Builder, UInt32Builder,
};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{DataType, Field, Schema};
use rust_decimal::Decimal;
use tthc_kpi::{Column, ColumnSet, ColumnType, Dossier, Instant, Key};

use crate::error::ArrowError;

/// A batch of the canonical schema that holds the dossiers, with these columns and every extra
/// column any of them has.
///
/// # Errors
/// An Arrow error; [`ArrowError::NoReceipt`] when `columns` lacks `received_at`.
///
/// # Example
/// ```
/// use tthc_kpi::{ColumnSet, Dossier};
/// let dossiers = [Dossier::received("2026-01-05T08:30".parse()?)];
/// let batch = tthc_kpi_arrow::batch_of(&dossiers, ColumnSet::all())?;
/// assert_eq!((batch.num_rows(), batch.num_columns()), (1, 41));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn batch_of(dossiers: &[Dossier], columns: ColumnSet) -> Result<RecordBatch, ArrowError> {
    if !columns.has(Column::ReceivedAt) {
        return Err(ArrowError::NoReceipt);
    }
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for column in columns.iter() {
        let array = column_of(dossiers, column)?;
        fields.push(Field::new(column.slug(), array.data_type().clone(), true));
        arrays.push(array);
    }
    let extra: BTreeSet<&String> = dossiers.iter().flat_map(|dossier| dossier.extra.keys()).collect();
    for name in extra {
        let values: Vec<Key> =
            dossiers.iter().map(|dossier| dossier.extra.get(name).map_or(Key::Null, Key::from)).collect();
        let array = crate::table::keys(values.iter());
        fields.push(Field::new(name.as_str(), array.data_type().clone(), true));
        arrays.push(array);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(dossiers.len()));
    Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)?)
}

fn column_of(dossiers: &[Dossier], column: Column) -> Result<ArrayRef, ArrowError> {
    use Column as C;
    let flags = |get: fn(&Dossier) -> Option<bool>| -> ArrayRef {
        let mut builder = BooleanBuilder::new();
        dossiers.iter().for_each(|dossier| builder.append_option(get(dossier)));
        Arc::new(builder.finish())
    };
    let counts = |get: fn(&Dossier) -> Option<u32>| -> ArrayRef {
        let mut builder = UInt32Builder::new();
        dossiers.iter().for_each(|dossier| builder.append_option(get(dossier)));
        Arc::new(builder.finish())
    };
    let bytes = |get: fn(&Dossier) -> Option<u8>| -> ArrayRef {
        let mut builder = UInt8Builder::new();
        dossiers.iter().for_each(|dossier| builder.append_option(get(dossier)));
        Arc::new(builder.finish())
    };
    let instants = |get: fn(&Dossier) -> Option<Instant>| -> ArrayRef {
        let mut builder = TimestampMicrosecondBuilder::new();
        dossiers.iter().for_each(|dossier| builder.append_option(get(dossier).map(Instant::micros)));
        Arc::new(builder.finish())
    };
    let texts = |get: fn(&Dossier) -> Option<&str>| -> Result<ArrayRef, ArrowError> {
        let mut builder = StringDictionaryBuilder::<Int32Type>::new();
        for dossier in dossiers {
            builder.append_option(get(dossier));
        }
        Ok(Arc::new(builder.finish()))
    };
    let money = |get: fn(&Dossier) -> Option<Decimal>| -> Result<ArrayRef, ArrowError> {
        let mut builder = Decimal128Builder::new().with_data_type(DataType::Decimal128(18, 2));
        for dossier in dossiers {
            builder.append_option(get(dossier).map(hundredths).transpose()?);
        }
        Ok(Arc::new(builder.finish()))
    };
    Ok(match column {
        C::DossierId => {
            let mut builder = StringBuilder::new();
            dossiers.iter().for_each(|dossier| builder.append_option(dossier.dossier_id.as_deref()));
            Arc::new(builder.finish())
        }
        C::ProcedureCode => texts(|dossier| dossier.procedure_code.as_deref())?,
        C::Procedure => texts(|dossier| dossier.procedure.as_deref())?,
        C::FieldCode => texts(|dossier| dossier.field_code.as_deref())?,
        C::Field => texts(|dossier| dossier.field.as_deref())?,
        C::Agency => texts(|dossier| dossier.agency.as_deref())?,
        C::ReceivingAgency => texts(|dossier| dossier.receiving_agency.as_deref())?,
        C::Officer => texts(|dossier| dossier.officer.as_deref())?,
        C::ApplicantKind => texts(|dossier| dossier.applicant_kind.map(tthc_kpi::ApplicantKind::slug))?,
        C::Channel => texts(|dossier| dossier.channel.map(tthc_kpi::Channel::slug))?,
        C::ResultChannel => texts(|dossier| dossier.result_channel.map(tthc_kpi::Channel::slug))?,
        C::Status => bytes(|dossier| dossier.status.map(tthc_kpi::Status::code)),
        C::ReceivedAt => instants(|dossier| Some(dossier.received_at)),
        C::DueAt => instants(|dossier| dossier.due_at),
        C::CompletedAt => instants(|dossier| dossier.completed_at),
        C::ReturnedAt => instants(|dossier| dossier.returned_at),
        C::LimitDays => counts(|dossier| dossier.limit_days),
        C::SupplementRequests => counts(|dossier| dossier.supplement_requests),
        C::PausedDays => counts(|dossier| dossier.paused_days),
        C::SupplementRequestedAt => instants(|dossier| dossier.supplement_requested_at),
        C::SupplementedAt => instants(|dossier| dossier.supplemented_at),
        C::Payments => counts(|dossier| dossier.payments),
        C::PaymentsOnline => counts(|dossier| dossier.payments_online),
        C::PaymentsPortal => counts(|dossier| dossier.payments_portal),
        C::AmountDue => money(|dossier| dossier.amount_due)?,
        C::AmountOnline => money(|dossier| dossier.amount_online)?,
        C::Rating => bytes(|dossier| dossier.rating),
        C::Petitioned => flags(|dossier| dossier.petitioned),
        C::InputDigitised => flags(|dossier| dossier.input_digitised),
        C::ResultDigitised => flags(|dossier| dossier.result_digitised),
        C::ResultElectronic => flags(|dossier| dossier.result_electronic),
        C::ResultPublished => flags(|dossier| dossier.result_published),
        C::DataReused => flags(|dossier| dossier.data_reused),
        C::Transfers => counts(|dossier| dossier.transfers),
        C::TransfersElectronic => counts(|dossier| dossier.transfers_electronic),
        C::Apologised => flags(|dossier| dossier.apologised),
        C::Explained => flags(|dossier| dossier.explained),
        C::Synced => flags(|dossier| dossier.synced),
        C::ResultSynced => flags(|dossier| dossier.result_synced),
        C::DueMoves => counts(|dossier| dossier.due_moves),
        C::DueMovedLate => flags(|dossier| dossier.due_moved_late),
    })
}

/// An amount in hundredths of a dong, exactly.
fn hundredths(amount: Decimal) -> Result<i128, ArrowError> {
    let amount = amount.normalize();
    let shift = 2u32.checked_sub(amount.scale()).ok_or(ArrowError::Amount)?;
    let value = amount.mantissa().checked_mul(10i128.pow(shift)).ok_or(ArrowError::Amount)?;
    if value.abs() < 10i128.pow(18) { Ok(value) } else { Err(ArrowError::Amount) }
}

/// The Arrow type of a canonical column as this crate makes it.
///
/// # Example
/// ```
/// use arrow_schema::DataType;
/// use tthc_kpi::Column;
/// assert_eq!(tthc_kpi_arrow::arrow_type(Column::AmountDue), DataType::Decimal128(18, 2));
/// ```
#[must_use]
pub fn arrow_type(column: Column) -> DataType {
    let dictionary = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    match column.column_type() {
        ColumnType::Text if column == Column::DossierId => DataType::Utf8,
        ColumnType::Text | ColumnType::Category => dictionary(),
        ColumnType::Status | ColumnType::Rating => DataType::UInt8,
        ColumnType::Instant => DataType::Timestamp(arrow_schema::TimeUnit::Microsecond, None),
        ColumnType::Count => DataType::UInt32,
        ColumnType::Money => DataType::Decimal128(18, 2),
        ColumnType::Bool => DataType::Boolean,
    }
}

/// The dossiers of a batch of the canonical schema, one by one: for services that receive
/// batches and keep dossiers.
///
/// # Errors
/// As [`crate::Engine::push`].
///
/// # Example
/// ```
/// use tthc_kpi::{ColumnSet, Dossier};
/// let dossiers = vec![Dossier::received("2026-01-05T08:30".parse()?)];
/// let batch = tthc_kpi_arrow::batch_of(&dossiers, ColumnSet::all())?;
/// assert_eq!(tthc_kpi_arrow::dossiers_of(&batch)?, dossiers);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn dossiers_of(batch: &RecordBatch) -> Result<Vec<Dossier>, ArrowError> {
    let columns = crate::columns::Columns::of(batch)?;
    Ok((0..columns.len()).map(|row| columns.dossier(row)).collect())
}
