//! Rows as Arrow columns of the canonical schema: texts that repeat as dictionaries, instants in
//! microseconds, money as exact decimals.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, PrimitiveBuilder, StringBuilder};
use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, Int32Type, TimestampMicrosecondType, UInt8Type, UInt32Type,
};
use arrow_array::{Array, ArrayRef, DictionaryArray, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use tthc_kpi::{ApplicantKind, Channel, Column, ColumnType};

use super::catalogue::{FIELDS, OFFICERS, PROCEDURES, Unit};
use super::row::Row;

const MICROS_A_SECOND: i64 = 1_000_000;
/// VND as Decimal128(18, 2): two decimals after whole đồng.
const HUNDREDTHS: i128 = 100;
/// Unit number of the first commune in dossier codes: H05 is Bắc Ninh (QĐ 20/2020/QĐ-TTg).
const FIRST_UNIT: u32 = 42;
const PROVINCE_CENTRE: &str = "Trung tâm Phục vụ hành chính công tỉnh";

/// The texts rows point at, and the schema.
pub(super) struct Dictionaries {
    schema: SchemaRef,
    /// Per text column but the id, the values of its dictionary.
    values: Vec<(Column, ArrayRef)>,
    /// `H05.42-` and so on, by commune.
    prefixes: Vec<String>,
}

/// Name of a commune among several.
fn commune(number: u32) -> String {
    format!("UBND xã, phường số {number:03}")
}

impl Dictionaries {
    pub(super) fn new(agencies: u16) -> Self {
        let texts = |texts: Vec<String>| Arc::new(StringArray::from(texts)) as ArrayRef;
        let names = |names: Vec<&str>| Arc::new(StringArray::from(names)) as ArrayRef;
        let communes = 1..=u32::from(agencies);
        let (agency, receiving) = if agencies > 1 {
            let centre = |number| format!("Trung tâm Phục vụ hành chính công xã, phường số {number:03}");
            let receiving = communes.clone().map(centre).chain([PROVINCE_CENTRE.to_owned()]);
            (communes.clone().map(commune).collect(), receiving.collect())
        } else {
            let agency = Unit::ALL.iter().map(|unit| unit.name().to_owned()).collect();
            (agency, vec![Unit::Centre.name().to_owned(), PROVINCE_CENTRE.to_owned()])
        };
        let channels = || names(Channel::ALL.iter().map(|channel| channel.slug()).collect());
        let values = vec![
            (Column::ProcedureCode, names(PROCEDURES.iter().map(|p| p.code).collect())),
            (Column::Procedure, names(PROCEDURES.iter().map(|p| p.name).collect())),
            (Column::FieldCode, names(FIELDS.iter().map(|f| f.code).collect())),
            (Column::Field, names(FIELDS.iter().map(|f| f.name).collect())),
            (Column::Agency, texts(agency)),
            (Column::ReceivingAgency, texts(receiving)),
            (Column::Officer, texts((0..OFFICERS).map(officer).collect())),
            (Column::ApplicantKind, names(ApplicantKind::ALL.iter().map(|kind| kind.slug()).collect())),
            (Column::Channel, channels()),
            (Column::ResultChannel, channels()),
        ];
        let fields: Vec<Field> =
            written().map(|column| Field::new(column.slug(), data_type(column), true)).collect();
        Dictionaries {
            schema: Arc::new(Schema::new(fields)),
            values,
            prefixes: communes.map(|number| format!("H05.{}-", FIRST_UNIT + number - 1)).collect(),
        }
    }

    pub(super) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Appends the dossier code of a row: unit, day, number of the day (FACTS §4.1).
    pub(super) fn dossier_id(&self, row: &Row, text: &mut String) {
        if let Some(prefix) = self.prefixes.get(usize::from(row.ward)) {
            text.push_str(prefix);
        }
        for digit in row.stamp {
            text.push(char::from(digit));
        }
        text.push('-');
        let mut unit = 1000;
        while unit <= row.number / 10 {
            unit *= 10;
        }
        while unit > 0 {
            let digit = u8::try_from(row.number / unit % 10).unwrap_or(0);
            text.push(char::from(b'0' + digit));
            unit /= 10;
        }
    }

    /// The text behind a key of a dictionary column.
    pub(super) fn text(&self, column: Column, key: Option<i32>) -> Option<&str> {
        let values = self.values(column)?.as_any().downcast_ref::<StringArray>()?;
        let at = usize::try_from(key?).ok()?;
        (at < values.len()).then(|| values.value(at))
    }

    fn values(&self, column: Column) -> Option<&ArrayRef> {
        self.values.iter().find(|(of, _)| *of == column).map(|(_, values)| values)
    }
}

/// The role code of an officer; people have no names here.
fn officer(number: u32) -> String {
    format!("CB{:02}", number + 1)
}

fn data_type(column: Column) -> DataType {
    match column.column_type() {
        ColumnType::Text if column == Column::DossierId => DataType::Utf8,
        ColumnType::Text | ColumnType::Category => {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        }
        ColumnType::Status | ColumnType::Rating => DataType::UInt8,
        ColumnType::Instant => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnType::Count => DataType::UInt32,
        ColumnType::Money => DataType::Decimal128(18, 2),
        ColumnType::Bool => DataType::Boolean,
    }
}

impl Row {
    /// The dictionary key of a text column; none when unknown.
    pub(super) fn key(&self, column: Column, communes: usize) -> Option<i32> {
        match column {
            Column::ProcedureCode => self.procedure_code.map(i32::from),
            Column::Procedure => self.procedure.map(i32::from),
            Column::FieldCode | Column::Field => self.field.map(i32::from),
            Column::Agency if communes > 1 => self.unit.map(|_| i32::from(self.ward)),
            Column::Agency => self.unit.map(|unit| unit as i32),
            Column::ReceivingAgency => self.received_by_province.map(|province| {
                if province { i32::try_from(communes).unwrap_or(0) } else { i32::from(self.ward) }
            }),
            Column::Officer => self.officer.and_then(|officer| i32::try_from(officer).ok()),
            Column::ApplicantKind => self.applicant_kind.map(|kind| kind as i32),
            Column::Channel => self.channel.map(|channel| channel as i32),
            Column::ResultChannel => self.result_channel.map(|channel| channel as i32),
            _ => None,
        }
    }
}

macro_rules! columns {
    ($($name:ident: $builder:ty,)+) => {
        /// The columns of a batch while it fills.
        pub(super) struct Columns {
            ids: StringBuilder,
            id: String,
            $($name: $builder,)+
        }

        impl Columns {
            pub(super) fn new(rows: usize) -> Self {
                Columns {
                    ids: StringBuilder::with_capacity(rows, rows * 19),
                    id: String::new(),
                    $($name: <$builder>::with_capacity(rows),)+
                }
            }
        }
    };
}

type Keys = PrimitiveBuilder<Int32Type>;
type Counts = PrimitiveBuilder<UInt32Type>;
type Instants = PrimitiveBuilder<TimestampMicrosecondType>;
type Money = PrimitiveBuilder<Decimal128Type>;

columns! {
    procedure_code: Keys, procedure: Keys, field: Keys, agency: Keys, receiving: Keys, officer: Keys,
    kind: Keys, channel: Keys, result_channel: Keys,
    status: PrimitiveBuilder<UInt8Type>, rating: PrimitiveBuilder<UInt8Type>,
    received: Instants, due: Instants, completed: Instants, returned: Instants,
    requested: Instants, supplemented: Instants,
    limit: Counts, requests: Counts, paused: Counts, payments: Counts, online: Counts, portal: Counts,
    transfers: Counts, transfers_electronic: Counts,
    amount_due: Money, amount_online: Money,
    petitioned: BooleanBuilder, input_digitised: BooleanBuilder, result_digitised: BooleanBuilder,
    result_electronic: BooleanBuilder, result_published: BooleanBuilder, data_reused: BooleanBuilder,
    apologised: BooleanBuilder, explained: BooleanBuilder, synced: BooleanBuilder,
    result_synced: BooleanBuilder,
}

fn micros(seconds: Option<i64>) -> Option<i64> {
    seconds.map(|seconds| seconds * MICROS_A_SECOND)
}

fn hundredths(amount: Option<u32>) -> Option<i128> {
    amount.map(|amount| i128::from(amount) * HUNDREDTHS)
}

/// Columns that are made: all but those of moved due dates, which exports do not keep.
fn written() -> impl Iterator<Item = Column> {
    let kept = |column: &Column| !matches!(column, Column::DueMoves | Column::DueMovedLate);
    Column::ALL.iter().copied().filter(kept)
}

impl Columns {
    pub(super) fn push(&mut self, row: &Row, dictionaries: &Dictionaries) {
        self.id.clear();
        dictionaries.dossier_id(row, &mut self.id);
        self.ids.append_value(&self.id);
        let communes = dictionaries.prefixes.len();
        let key = |column| row.key(column, communes);
        self.procedure_code.append_option(key(Column::ProcedureCode));
        self.procedure.append_option(key(Column::Procedure));
        self.field.append_option(key(Column::Field));
        self.agency.append_option(key(Column::Agency));
        self.receiving.append_option(key(Column::ReceivingAgency));
        self.officer.append_option(key(Column::Officer));
        self.kind.append_option(key(Column::ApplicantKind));
        self.channel.append_option(key(Column::Channel));
        self.result_channel.append_option(key(Column::ResultChannel));
        self.status.append_option(row.status.map(tthc_kpi::Status::code));
        self.rating.append_option(row.rating);
        self.received.append_value(row.received * MICROS_A_SECOND);
        self.due.append_option(micros(row.due));
        self.completed.append_option(micros(row.completed));
        self.returned.append_option(micros(row.returned));
        self.requested.append_option(micros(row.supplement_requested));
        self.supplemented.append_option(micros(row.supplemented));
        self.limit.append_option(row.limit);
        self.requests.append_option(row.requests);
        self.paused.append_option(row.paused);
        self.payments.append_option(row.payments);
        self.online.append_option(row.payments_online);
        self.portal.append_option(row.payments_portal);
        self.transfers.append_option(row.transfers);
        self.transfers_electronic.append_option(row.transfers_electronic);
        self.amount_due.append_option(hundredths(row.amount_due));
        self.amount_online.append_option(hundredths(row.amount_online));
        self.petitioned.append_option(row.petitioned);
        self.input_digitised.append_option(row.input_digitised);
        self.result_digitised.append_option(row.result_digitised);
        self.result_electronic.append_option(row.result_electronic);
        self.result_published.append_option(row.result_published);
        self.data_reused.append_option(row.data_reused);
        self.apologised.append_option(row.apologised);
        self.explained.append_option(row.explained);
        self.synced.append_option(row.synced);
        self.result_synced.append_option(row.result_synced);
    }

    pub(super) fn finish(mut self, dictionaries: &Dictionaries) -> Result<RecordBatch, ArrowError> {
        let mut arrays = Vec::new();
        // The code and the name of a field go together: one set of keys.
        let field = self.field.finish();
        for column in written() {
            use Column as C;
            let keys = match column {
                C::ProcedureCode => Some(self.procedure_code.finish()),
                C::Procedure => Some(self.procedure.finish()),
                C::FieldCode | C::Field => Some(field.clone()),
                C::Agency => Some(self.agency.finish()),
                C::ReceivingAgency => Some(self.receiving.finish()),
                C::Officer => Some(self.officer.finish()),
                C::ApplicantKind => Some(self.kind.finish()),
                C::Channel => Some(self.channel.finish()),
                C::ResultChannel => Some(self.result_channel.finish()),
                _ => None,
            };
            arrays.push(match (keys, dictionaries.values(column)) {
                (Some(keys), Some(values)) => {
                    Arc::new(DictionaryArray::<Int32Type>::try_new(keys, Arc::clone(values))?) as ArrayRef
                }
                _ => self.plain(column)?,
            });
        }
        RecordBatch::try_new(dictionaries.schema(), arrays)
    }

    /// A column that is not a dictionary.
    fn plain(&mut self, column: Column) -> Result<ArrayRef, ArrowError> {
        use Column as C;
        fn array<T: ArrowPrimitiveType>(builder: &mut PrimitiveBuilder<T>) -> ArrayRef {
            Arc::new(builder.finish())
        }
        fn flags(builder: &mut BooleanBuilder) -> ArrayRef {
            Arc::new(builder.finish())
        }
        fn money(builder: &mut Money) -> Result<ArrayRef, ArrowError> {
            Ok(Arc::new(builder.finish().with_precision_and_scale(18, 2)?))
        }
        Ok(match column {
            C::DossierId => Arc::new(self.ids.finish()),
            C::Status => array(&mut self.status),
            C::ReceivedAt => array(&mut self.received),
            C::DueAt => array(&mut self.due),
            C::CompletedAt => array(&mut self.completed),
            C::ReturnedAt => array(&mut self.returned),
            C::LimitDays => array(&mut self.limit),
            C::SupplementRequests => array(&mut self.requests),
            C::PausedDays => array(&mut self.paused),
            C::SupplementRequestedAt => array(&mut self.requested),
            C::SupplementedAt => array(&mut self.supplemented),
            C::Payments => array(&mut self.payments),
            C::PaymentsOnline => array(&mut self.online),
            C::PaymentsPortal => array(&mut self.portal),
            C::AmountDue => money(&mut self.amount_due)?,
            C::AmountOnline => money(&mut self.amount_online)?,
            C::Rating => array(&mut self.rating),
            C::Petitioned => flags(&mut self.petitioned),
            C::InputDigitised => flags(&mut self.input_digitised),
            C::ResultDigitised => flags(&mut self.result_digitised),
            C::ResultElectronic => flags(&mut self.result_electronic),
            C::ResultPublished => flags(&mut self.result_published),
            C::DataReused => flags(&mut self.data_reused),
            C::Transfers => array(&mut self.transfers),
            C::TransfersElectronic => array(&mut self.transfers_electronic),
            C::Apologised => flags(&mut self.apologised),
            C::Explained => flags(&mut self.explained),
            C::Synced => flags(&mut self.synced),
            C::ResultSynced => flags(&mut self.result_synced),
            C::DueMoves
            | C::DueMovedLate
            | C::ProcedureCode
            | C::Procedure
            | C::FieldCode
            | C::Field
            | C::Agency
            | C::ReceivingAgency
            | C::Officer
            | C::ApplicantKind
            | C::Channel
            | C::ResultChannel => {
                return Err(ArrowError::SchemaError(format!("no values for column {column}")));
            }
        })
    }
}
