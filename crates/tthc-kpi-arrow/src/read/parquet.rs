//! Parquet files: what is in them, and their row groups read one at a time, only the columns asked
//! for.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use tthc_kpi::{Column, Window};

use super::arrow::{assemble, hand_on, is_sure, table_layout};
use super::assemble::{BATCH_ROWS, Outcome, Settings};
use super::flow::{Flow, wants};
use super::header::{Layout, Slot, Target};
use super::{Loaded, Place, ReadError, ReadOptions};

/// A Parquet file, opened: its columns are mapped, no row has been read.
#[derive(Debug)]
pub(crate) struct ParquetFile {
    path: PathBuf,
    place: Place,
    metadata: ArrowReaderMetadata,
    layout: Layout,
    strict: bool,
}

/// What the statistics of a row group tell of a window.
pub(crate) struct Beyond {
    /// The last day of receipt or end in it, where they tell.
    pub(crate) last_day: Option<i32>,
}

impl ParquetFile {
    /// Opens a file and maps its columns.
    ///
    /// # Errors
    /// [`ReadError`].
    pub(crate) fn open(path: &Path, options: &ReadOptions) -> Result<Self, ReadError> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Self::open_as(path, &name, options)
    }

    /// The same for a file that is to be called otherwise.
    pub(super) fn open_as(path: &Path, name: &str, options: &ReadOptions) -> Result<Self, ReadError> {
        let place = Place { file: name.to_owned(), sheet: None };
        let file = open(path, &place)?;
        let metadata = guarded(&place, || {
            let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).ok()?;
            Some(with_dictionaries(&metadata).unwrap_or(metadata))
        })?;
        let layout = table_layout(metadata.schema(), &place, options)?;
        Ok(ParquetFile { path: path.to_owned(), place, metadata, layout, strict: options.strict })
    }

    /// What is read from where.
    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.place.file
    }

    /// Whether an issue is an error.
    pub(super) fn is_strict(&self) -> bool {
        self.strict
    }

    /// Rows of each row group.
    pub(crate) fn row_groups(&self) -> impl Iterator<Item = u64> + '_ {
        self.metadata.metadata().row_groups().iter().map(|group| u64::try_from(group.num_rows()).unwrap_or(0))
    }

    /// Reads a row group, or all of them: the columns that are wanted. Rows count from `first`.
    ///
    /// # Errors
    /// [`ReadError`].
    pub(crate) fn read(
        &self,
        group: Option<usize>,
        first: u64,
        wanted: impl Fn(Result<Column, &str>) -> bool,
    ) -> Result<Loaded, ReadError> {
        let (layout, mut reader) = self.reader(group, |slot| wants(&wanted, slot))?;
        let schema = RecordBatchReader::schema(&reader);
        let batches = std::iter::from_fn(|| next(&mut reader));
        assemble(batches, &schema, &self.place, &layout, self.strict, first)
    }

    /// Reads the file from first to last, each batch handed on as soon as it is read.
    ///
    /// # Errors
    /// [`ReadError`].
    pub(crate) fn hand_on(&self, settings: Settings, flow: &mut Flow<'_>) -> Result<Outcome, ReadError> {
        let (layout, mut reader) =
            self.reader(None, |slot| wants(flow.wanted, slot) || slot.tells_of_others())?;
        let schema = RecordBatchReader::schema(&reader);
        let failed = |_| ReadError::Malformed {
            file: self.place.file.clone(),
            sheet: None,
            what: "not a readable Parquet file, or cut short",
        };
        let batches = std::iter::from_fn(|| next(&mut reader).map(|batch| batch.map_err(failed)));
        hand_on(batches, &schema, &self.place, &layout, settings, flow)
    }

    /// Whether each of its row groups can be read by itself.
    pub(crate) fn is_sure(&self, wanted: impl Fn(Result<Column, &str>) -> bool) -> bool {
        is_sure(&self.layout, self.metadata.schema(), wanted)
    }

    /// Bytes of each row group in the file.
    pub(crate) fn weights(&self) -> impl Iterator<Item = u64> + '_ {
        let groups = self.metadata.metadata().row_groups().iter();
        groups.map(|group| u64::try_from(group.compressed_size()).unwrap_or(0))
    }

    /// The columns that are wanted of a row group, or of all of them.
    fn reader(
        &self,
        group: Option<usize>,
        wanted: impl Fn(&Slot) -> bool,
    ) -> Result<(Layout, ParquetRecordBatchReader), ReadError> {
        let mut slots: Vec<_> = self.layout.slots.iter().filter(|slot| wanted(slot)).cloned().collect();
        let indices: Vec<usize> = slots.iter().map(|slot| slot.index).collect();
        let file = open(&self.path, &self.place)?;
        let reader = guarded(&self.place, || {
            let mask = ProjectionMask::roots(self.metadata.parquet_schema(), indices.iter().copied());
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
            let builder = match group {
                Some(group) => builder.with_row_groups(vec![group]),
                None => builder,
            };
            builder.with_projection(mask).with_batch_size(BATCH_ROWS).build().ok()
        })?;
        // The columns read stand in the order of the file.
        let mut sorted = indices;
        sorted.sort_unstable();
        for slot in &mut slots {
            slot.index = sorted.binary_search(&slot.index).unwrap_or(usize::MAX);
        }
        Ok((Layout { slots, mapping: self.layout.mapping.clone() }, reader))
    }

    /// The row groups in which, by their statistics, no row can be handled in a window: all were
    /// received after it, or all were completed before it.
    pub(crate) fn beyond(&self, window: Window) -> Vec<Option<Beyond>> {
        let groups = self.metadata.metadata().row_groups();
        let bounds = |column: Column| self.bounds(column);
        let (received, completed, returned) =
            (bounds(Column::ReceivedAt), bounds(Column::CompletedAt), bounds(Column::ReturnedAt));
        let (start, cut) = (window.start.number(), window.cut.number());
        let at = |bounds: &Option<Vec<Bounds>>, group: usize| {
            bounds.as_ref().and_then(|all| all.get(group).copied())
        };
        (0..groups.len())
            .map(|group| {
                let received = at(&received, group)?;
                let completed = at(&completed, group);
                let returned = at(&returned, group);
                let after = received.first.is_some_and(|first| first > cut);
                let before = completed.is_some_and(|completed| {
                    completed.nulls == Some(0) && completed.last.is_some_and(|last| last < start)
                });
                let last = [Some(received), completed, returned].into_iter().flatten();
                (after || before).then(|| Beyond { last_day: last.filter_map(|bounds| bounds.last).max() })
            })
            .collect()
    }

    /// The first and last day of a column of dates in each row group, and how many are not known.
    fn bounds(&self, column: Column) -> Option<Vec<Bounds>> {
        let slot = self.layout.slots.iter().find(|slot| slot.target == Target::Column(column))?;
        let schema = self.metadata.schema();
        let field = schema.fields().get(slot.index)?;
        // Only of dates that are read as they stand: text is read by its own rules, zones move days.
        if !matches!(field.data_type(), DataType::Timestamp(_, None)) {
            return None;
        }
        let converter =
            StatisticsConverter::try_new(field.name(), schema, self.metadata.parquet_schema()).ok()?;
        let groups = self.metadata.metadata().row_groups();
        let days = |array: ArrayRef| -> Option<Vec<Option<i32>>> {
            let micros = arrow_cast::cast(&array, &DataType::Timestamp(TimeUnit::Microsecond, None)).ok()?;
            let micros = micros.as_primitive_opt::<TimestampMicrosecondType>()?;
            let day = |at: i64| i32::try_from(at.div_euclid(86_400_000_000)).ok();
            Some(micros.iter().map(|at| at.and_then(day)).collect())
        };
        // A file may hold rounded bounds of texts, never of numbers.
        let first = days(converter.row_group_mins(groups).ok()?)?;
        let last = days(converter.row_group_maxes(groups).ok()?)?;
        let nulls = converter.with_missing_null_counts_as_zero(false).row_group_null_counts(groups).ok()?;
        Some(
            first
                .into_iter()
                .zip(last)
                .zip(nulls.iter())
                .map(|((first, last), nulls)| Bounds { first, last, nulls })
                .collect(),
        )
    }
}

/// The batches of a whole file: the columns to keep, by their names.
///
/// # Errors
/// [`ReadError`].
pub(super) fn table(
    path: &Path,
    place: &Place,
    keep: impl Fn(&str) -> Result<bool, ReadError>,
) -> Result<(SchemaRef, Vec<Result<RecordBatch, ArrowError>>), ReadError> {
    let file = open(path, place)?;
    let builder = guarded(place, || ParquetRecordBatchReaderBuilder::try_new(file).ok())?;
    let mut kept = Vec::new();
    for (index, field) in builder.schema().fields().iter().enumerate() {
        if keep(field.name())? {
            kept.push(index);
        }
    }
    let mask = ProjectionMask::roots(builder.parquet_schema(), kept);
    let mut reader = guarded(place, || builder.with_projection(mask).build().ok())?;
    let schema = RecordBatchReader::schema(&reader);
    Ok((schema, std::iter::from_fn(|| next(&mut reader)).collect()))
}

/// The crate does not promise to be safe from panics on damaged files.
fn next(reader: &mut ParquetRecordBatchReader) -> Option<Result<RecordBatch, ArrowError>> {
    catch_unwind(AssertUnwindSafe(|| reader.next()))
        .unwrap_or_else(|_| Some(Err(ArrowError::ParquetError("damaged".to_owned()))))
}

#[derive(Clone, Copy)]
struct Bounds {
    first: Option<i32>,
    last: Option<i32>,
    nulls: Option<u64>,
}

fn open(path: &Path, place: &Place) -> Result<File, ReadError> {
    File::open(path).map_err(|error| ReadError::Io { file: place.file.clone(), kind: error.kind() })
}

fn guarded<T>(place: &Place, work: impl FnOnce() -> Option<T>) -> Result<T, ReadError> {
    catch_unwind(AssertUnwindSafe(work)).ok().flatten().ok_or_else(|| ReadError::Malformed {
        file: place.file.clone(),
        sheet: None,
        what: "not a readable Parquet file, or cut short",
    })
}

/// The same file with texts read as dictionaries: a text is then looked at once, not once a row.
fn with_dictionaries(metadata: &ArrowReaderMetadata) -> Option<ArrowReaderMetadata> {
    let words = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let id = |name: &str| {
        matches!(super::match_header(name), Ok(super::HeaderMatch::Column(Column::DossierId, _)))
    };
    let fields: Vec<Field> = metadata
        .schema()
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            // Ids are nearly all different.
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View if !id(field.name()) => {
                field.as_ref().clone().with_data_type(words())
            }
            _ => field.as_ref().clone(),
        })
        .collect();
    let schema: SchemaRef = Arc::new(Schema::new_with_metadata(fields, metadata.schema().metadata().clone()));
    let options = ArrowReaderOptions::new().with_schema(schema);
    ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options).ok()
}
