//! The entries behind a figure of the registers, as an Arrow table.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Date32Builder, UInt32Builder, UInt64Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema};
use tthc_kpi::{Outcome, RegisterCase, RegisterColumn, RegisterType, RegisterValue};

use crate::cases::Shown;
use crate::error::ArrowError;
use crate::table::{decimals, texts};

/// Counts of results, working days, and VND with two decimals.
const AMOUNT: (u8, i8) = (38, 2);

/// The entries of one outcome, a row each: `file`, `sheet` and `row` of the register's source (null where the
/// register has none for it), `id`, `name`, `agency`, `field`, `numerator` and `denominator` (what it adds; null where
/// unknown), then the register's columns that the indicator needs, by their names.
///
/// # Errors
/// An overflow beyond 128 bits.
///
/// # Example
/// ```
/// use tthc_kpi::{Plan, Procedure, Query, RegisterTable, Registers, Tally};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let query = Query::new(&plan).period("2026".parse()?).check()?;
/// let entry = Procedure { code: Some("1.001193".into()), synced: Some(false), ..Procedure::default() };
/// let registers = Registers { procedures: Some(RegisterTable::of([entry])), ..Registers::default() };
/// let cases = Tally::new(&query).register_cases(&registers, "procedure_sync_rate")?;
/// let table = tthc_kpi_arrow::register_cases(&cases, "failing".parse()?)?;
/// assert_eq!((table.num_rows(), table.schema().field(9).name().as_str()), (1, "synced"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn register_cases(cases: &[RegisterCase], shown: Shown) -> Result<RecordBatch, ArrowError> {
    let wanted = match shown {
        Shown::Passing => Some(Outcome::Passing),
        Shown::Failing => Some(Outcome::Failing),
        Shown::Unknown => Some(Outcome::Unknown),
        // What has not come due is not asked about yet.
        Shown::Open => None,
    };
    let columns: Vec<RegisterColumn> =
        cases.first().map(|case| case.values.iter().map(|(column, _)| *column).collect()).unwrap_or_default();
    let shown: Vec<&RegisterCase> = cases.iter().filter(|case| Some(case.outcome) == wanted).collect();
    let rows = || shown.iter();
    let mut row = UInt64Builder::new();
    rows().for_each(|case| row.append_option(case.rows.first().copied()));
    let mut named: Vec<(&str, ArrayRef)> = vec![
        ("file", texts(rows().map(|case| case.file.as_deref()))),
        ("sheet", texts(rows().map(|case| case.sheet.as_deref()))),
        ("row", Arc::new(row.finish())),
        ("id", texts(rows().map(|case| case.id.as_deref()))),
        ("name", texts(rows().map(|case| case.name.as_deref()))),
        ("agency", texts(rows().map(|case| case.agency.as_deref()))),
        ("field", texts(rows().map(|case| case.field.as_deref()))),
        ("numerator", decimals(rows().map(|case| case.numerator.as_ref()), AMOUNT)?),
        ("denominator", decimals(rows().map(|case| case.denominator.as_ref()), AMOUNT)?),
    ];
    for (place, column) in columns.iter().enumerate() {
        let values = rows().map(|case| case.values.get(place).and_then(|(_, value)| value.as_ref()));
        named.push((column.name(), array(*column, values)?));
    }
    let fields: Vec<Field> =
        named.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    Ok(RecordBatch::try_new(
        Arc::new(Schema::new(fields)),
        named.into_iter().map(|(_, array)| array).collect(),
    )?)
}

fn array<'v>(
    column: RegisterColumn,
    values: impl Iterator<Item = Option<&'v RegisterValue>> + Clone,
) -> Result<ArrayRef, ArrowError> {
    macro_rules! of {
        ($builder:ident, $variant:ident, $to:expr) => {{
            let mut builder = $builder::new();
            values.for_each(|value| {
                builder.append_option(match value {
                    Some(RegisterValue::$variant(value)) => Some($to(value)),
                    _ => None,
                });
            });
            Arc::new(builder.finish()) as ArrayRef
        }};
    }
    Ok(match column.column_type() {
        RegisterType::Truth => of!(BooleanBuilder, Truth, |yes: &bool| *yes),
        RegisterType::Count => of!(UInt32Builder, Count, |count: &u32| *count),
        RegisterType::Day => of!(Date32Builder, Day, |day: &tthc_kpi::Day| day.number()),
        RegisterType::Money => {
            let amounts = values.map(|value| match value {
                Some(RegisterValue::Money(amount)) => Some(amount),
                _ => None,
            });
            decimals(amounts, AMOUNT)?
        }
        RegisterType::Text | RegisterType::Level | RegisterType::Internal => {
            texts(values.map(|value| match value {
                Some(RegisterValue::Text(text)) => Some(text.as_str()),
                _ => None,
            }))
        }
    })
}
