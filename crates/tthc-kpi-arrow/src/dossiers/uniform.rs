//! The batches of all sources brought to one schema.

use std::sync::Arc;

use arrow_array::{BooleanArray, RecordBatch};
use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef};
use tthc_kpi::Column;

use super::Dossiers;
use crate::error::ArrowError;

impl Dossiers {
    /// The batches brought to one schema, as a stream of one schema must be: every column some
    /// part has, unknown where a part lacks it. Duplicates are left out.
    ///
    /// # Errors
    /// An Arrow error.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Column, ColumnSet, Dossier};
    /// use tthc_kpi_arrow::{Dossiers, Duplicates, batch_of};
    /// let rows = [Dossier::received("2026-01-05".parse()?)];
    /// let receipt = ColumnSet::none().with(Column::ReceivedAt);
    /// let batches = [batch_of(&rows, receipt)?, batch_of(&rows, receipt.with(Column::DueAt))?];
    /// let (schema, batches) = Dossiers::from_batches(batches, Duplicates::Resolve)?.uniform()?;
    /// assert!(schema.fields().len() == 2 && batches.iter().all(|batch| batch.schema() == schema));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn uniform(&self) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
        let mut fields: Vec<FieldRef> = Vec::new();
        for batch in self.batches() {
            for field in batch.schema_ref().fields() {
                match fields.iter_mut().find(|known| known.name() == field.name()) {
                    None => fields.push(Arc::new(field.as_ref().clone().with_nullable(true))),
                    Some(known) if known.data_type() == field.data_type() => {}
                    // An extra column that is a number in one file and text in another is text: the
                    // other way round what is no number would be lost.
                    Some(known) => *known = Arc::new(Field::new(field.name(), DataType::Utf8, true)),
                }
            }
        }
        let place = |field: &FieldRef| {
            field
                .name()
                .parse::<Column>()
                .map_or((1, 0, field.name().clone()), |column| (0, column as usize, String::new()))
        };
        fields.sort_by_key(place);
        let schema = Arc::new(Schema::new(fields));
        let mut batches = Vec::new();
        for part in &self.parts {
            let arrays = schema
                .fields()
                .iter()
                .map(|field| match part.batch.column_by_name(field.name()) {
                    Some(array) if array.data_type() == field.data_type() => Ok(Arc::clone(array)),
                    Some(array) => arrow_cast::cast(array, field.data_type()),
                    None => Ok(arrow_array::new_null_array(field.data_type(), part.batch.num_rows())),
                })
                .collect::<Result<Vec<_>, _>>()?;
            let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
            batches.push(match &part.duplicate {
                None => batch,
                Some(marks) => {
                    arrow_select::filter::filter_record_batch(&batch, &BooleanArray::new(!marks, None))?
                }
            });
        }
        Ok((schema, batches))
    }
}
