//! Bộ sinh hồ sơ mẫu: made-up dossiers that look like a commune's year, for trials, tests and benchmarks.
//!
//! Rows are drawn in blocks of 4,096, each from its own stream of the seed, so that a row depends on
//! the builder's settings and its own number alone: not on batch size, and not on the rows before
//! its block. Names, codes and numbers of people do not occur: officers are role codes, applicants
//! are not made at all.
//!
//! # Example
//! ```
//! use tthc_kpi_arrow::synth::Synth;
//! let mut rows = 0;
//! for batch in Synth::new(1000, 7).batches()? {
//!     rows += batch?.num_rows();
//! }
//! assert_eq!(rows, 1000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batch;
mod catalogue;
mod days;
mod draw;
mod export;
mod fault;
mod registers;
mod row;

use std::ops::Range;

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};

use batch::{Columns, Dictionaries};
use draw::Draw;
pub use export::export_headers;
pub use fault::MessySummary;
pub use registers::{RegistersSummary, registers};
use row::{Row, World};

/// Rows of one stream of draws.
const BLOCK: u64 = 4096;
/// Rows of a batch unless asked otherwise.
const BATCH_ROWS: usize = 65_536;
/// Communes the country has, and then some.
const MOST_AGENCIES: u16 = 10_000;
/// Communes of a province in the middle of the country's range.
const PROVINCE_AGENCIES: u16 = 120;

/// Why dossiers could not be made or written.
///
/// # Example
/// ```
/// use tthc_kpi_arrow::synth::{Synth, SynthError};
/// assert!(matches!(Synth::new(10, 0).year(2031).batches(), Err(SynthError::Year { year: 2031 })));
/// assert!(matches!(Synth::new(10, 0).agencies(0).batches(), Err(SynthError::Agencies { agencies: 0 })));
/// ```
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// The working calendar must cover the year, the one before and the one after.
    #[error(
        "dossiers of {year} cannot be made: expected a year whose neighbours the working calendar covers too, 2025 or 2026"
    )]
    Year {
        /// The year asked for.
        year: i32,
    },
    /// The number of agencies is out of range.
    #[error("{agencies} agencies cannot be made: expected 1 to {MOST_AGENCIES}")]
    Agencies {
        /// The number asked for.
        agencies: u16,
    },
    /// A sheet holds 1,048,576 rows, some of them titles.
    #[error("{rows} dossiers do not fit in a sheet: expected at most {most}; CSV has no such limit")]
    TooManyForSheet {
        /// The number asked for.
        rows: u64,
        /// The most a sheet takes.
        most: u64,
    },
    /// The built-in plan, whose review groups and tasks the registers have, does not load.
    #[error("the built-in plan does not load: {0}")]
    Plan(#[from] tthc_kpi::Error),
    /// The built-in plan has no schedule.
    #[error("the built-in plan has no schedule")]
    NoSchedule,
    /// The workbook could not be written.
    #[error("the workbook could not be written: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The text file could not be written.
    #[error("the CSV file could not be written: {0}")]
    Csv(#[from] csv::Error),
    /// The file could not be written.
    #[error("the file could not be written: {0}")]
    Io(#[from] std::io::Error),
}

/// What to make: how many dossiers, from which seed, of which year and how many agencies.
///
/// The same settings give the same dossiers, on every machine.
///
/// # Example
/// ```
/// use tthc_kpi_arrow::synth::Synth;
/// let province = Synth::new(50_000, 1).agencies(120);
/// let first = province.batches()?.next().ok_or("no rows")??;
/// assert!(first.column_by_name("received_at").is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synth {
    rows: u64,
    seed: u64,
    year: i32,
    agencies: u16,
    batch_rows: usize,
}

impl Synth {
    /// `rows` dossiers of one commune, phường Đồng Nguyên, in 2026, with a few received in the last
    /// two months of 2025.
    pub fn new(rows: u64, seed: u64) -> Self {
        Synth { rows, seed, year: 2026, agencies: 1, batch_rows: BATCH_ROWS }
    }

    /// Another year, 2025 or 2026.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi_arrow::synth::Synth;
    /// assert!(Synth::new(10, 0).year(2025).batches().is_ok());
    /// assert!(Synth::new(10, 0).year(2031).batches().is_err());
    /// ```
    #[must_use]
    pub fn year(mut self, year: i32) -> Self {
        self.year = year;
        self
    }

    /// Several communes instead of one, 1 to 10,000; `agency` is then the commune, numbered and
    /// not named, since made-up figures belong to no real one.
    #[must_use]
    pub fn agencies(mut self, agencies: u16) -> Self {
        self.agencies = agencies;
        self
    }

    /// The communes of a province: 120 of them.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi_arrow::synth::Synth;
    /// assert_eq!(Synth::new(1_000, 0).province(), Synth::new(1_000, 0).agencies(120));
    /// ```
    #[must_use]
    pub fn province(self) -> Self {
        self.agencies(PROVINCE_AGENCIES)
    }

    /// Rows of a batch, 65,536 unless said; 0 counts as 1. The dossiers do not depend on it.
    #[must_use]
    pub fn batch_rows(mut self, rows: usize) -> Self {
        self.batch_rows = rows.max(1);
        self
    }

    /// Every dossier, in the order of receipt, as batches of all canonical columns.
    ///
    /// # Errors
    /// [`SynthError::Year`] and [`SynthError::Agencies`] when the settings cannot be met.
    pub fn batches(&self) -> Result<SynthBatches, SynthError> {
        self.batches_in(0..self.rows)
    }

    /// The dossiers of some rows, so that several threads can each make a part. Rows past the last
    /// are left out.
    ///
    /// # Errors
    /// As [`Synth::batches`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi_arrow::synth::Synth;
    /// let rows = |range| -> Result<usize, Box<dyn std::error::Error>> {
    ///     let mut rows = 0;
    ///     for batch in Synth::new(1_000, 0).batches_in(range)? {
    ///         rows += batch?.num_rows();
    ///     }
    ///     Ok(rows)
    /// };
    /// assert_eq!((rows(0..300)?, rows(300..2_000)?), (300, 700));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn batches_in(&self, rows: Range<u64>) -> Result<SynthBatches, SynthError> {
        let rows = self.rows_in(rows)?;
        let dictionaries = Dictionaries::new(self.agencies);
        Ok(SynthBatches { rows, dictionaries, batch_rows: self.batch_rows })
    }

    fn rows_in(&self, rows: Range<u64>) -> Result<Rows, SynthError> {
        if !(1..=MOST_AGENCIES).contains(&self.agencies) {
            return Err(SynthError::Agencies { agencies: self.agencies });
        }
        let world = World::new(self.rows, self.seed, self.year, self.agencies)?;
        let end = rows.end.min(self.rows);
        let start = rows.start.min(end);
        let block = start - start % BLOCK;
        let receipts = &world.days.receipts;
        let receipt = receipts.partition_point(|receipt| receipt.before + receipt.rows <= block);
        let draw = Draw::new(self.seed, block / BLOCK);
        let mut rows = Rows { world, seed: self.seed, draw, next: block, end, receipt };
        // Within a block, draws follow one another.
        while rows.next < start {
            rows.next();
        }
        Ok(rows)
    }
}

/// The rows of a range, drawn one after another.
struct Rows {
    world: World,
    seed: u64,
    draw: Draw,
    next: u64,
    end: u64,
    /// Index of the day the next row arrives on, or of an earlier one.
    receipt: usize,
}

impl Iterator for Rows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.next >= self.end {
            return None;
        }
        let at = self.next;
        if at.is_multiple_of(BLOCK) {
            self.draw = Draw::new(self.seed, at / BLOCK);
        }
        let mut receipt = self.world.days.receipts.get(self.receipt)?;
        while at >= receipt.before + receipt.rows {
            self.receipt += 1;
            receipt = self.world.days.receipts.get(self.receipt)?;
        }
        self.next += 1;
        Some(self.world.row(receipt, at - receipt.before, &mut self.draw))
    }
}

/// Batches of made-up dossiers: an iterator, and an Arrow record batch reader.
///
/// # Example
/// ```
/// use arrow_array::RecordBatchReader;
/// use tthc_kpi_arrow::synth::Synth;
/// let mut batches = Synth::new(1_000, 0).batch_rows(600).batches()?;
/// let schema = batches.schema();
/// let first = batches.next().ok_or("no rows")??;
/// assert_eq!((first.num_rows(), first.schema()), (600, schema));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SynthBatches {
    rows: Rows,
    dictionaries: Dictionaries,
    batch_rows: usize,
}

impl std::fmt::Debug for SynthBatches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SynthBatches").field("next", &self.rows.next).field("end", &self.rows.end).finish()
    }
}

impl Iterator for SynthBatches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let left = usize::try_from(self.rows.end - self.rows.next).unwrap_or(usize::MAX);
        if left == 0 {
            return None;
        }
        let mut columns = Columns::new(left.min(self.batch_rows));
        for row in self.rows.by_ref().take(self.batch_rows) {
            columns.push(&row, &self.dictionaries);
        }
        Some(columns.finish(&self.dictionaries))
    }
}

impl RecordBatchReader for SynthBatches {
    fn schema(&self) -> SchemaRef {
        self.dictionaries.schema()
    }
}
