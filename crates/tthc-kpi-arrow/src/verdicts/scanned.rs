//! The table of verdicts of sources that are read in a stream.

use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};
use tthc_kpi::{Column, Query};

use super::Verdicts;
use crate::error::ArrowError;
use crate::scan::{Scan, ScanProgress};

impl Scan {
    /// The schema of what [`Scan::verdicts`] gives.
    ///
    /// # Errors
    /// As [`crate::verdicts`].
    pub fn verdicts_schema(
        &self,
        query: &Arc<Query>,
        columns: Option<&[String]>,
    ) -> Result<SchemaRef, ArrowError> {
        Ok(Arc::clone(self.judging(query, columns)?.schema()))
    }

    /// The table that [`crate::verdicts`] gives, batch by batch in the order of the sources, while they are
    /// read: `take` may stop the reading. Ids are taken to be unique, extra columns are texts, and no row
    /// group is skipped, since a dossier outside the window has its row too.
    ///
    /// # Errors
    /// As [`crate::verdicts`] and [`Scan::tally_on`].
    ///
    /// # Example
    /// ```no_run
    /// use std::ops::ControlFlow;
    /// use tthc_kpi::{Plan, Query};
    /// use tthc_kpi_arrow::{Scan, read::ReadOptions};
    /// let scan = Scan::open(["2026.parquet"], &ReadOptions::default())?;
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let mut rows = 0;
    /// let mut take = |batch: arrow_array::RecordBatch| {
    ///     rows += batch.num_rows();
    ///     ControlFlow::Continue(())
    /// };
    /// scan.verdicts(&query, None, &mut take, &mut |_| ControlFlow::Continue(()))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verdicts(
        &self,
        query: &Arc<Query>,
        columns: Option<&[String]>,
        take: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
        progress: &mut dyn FnMut(ScanProgress) -> ControlFlow<()>,
    ) -> Result<(), ArrowError> {
        let made = self.judging(query, columns)?;
        let (needed, extra) = made.wanted();
        let wanted = |column: Result<Column, &str>| match column {
            Ok(column) => needed.has(column),
            Err(name) => extra.contains(&name),
        };
        let mut took = |batch: &RecordBatch| Ok(take(made.of(batch, None)?));
        self.each(&wanted, None, &mut took, progress).map(|_| ())
    }

    fn judging(&self, query: &Arc<Query>, columns: Option<&[String]>) -> Result<Verdicts, ArrowError> {
        let extra: Vec<_> = self.extra().iter().map(|name| (name.clone(), DataType::Utf8)).collect();
        Verdicts::named(query, columns, self.columns(), &extra)
    }
}
