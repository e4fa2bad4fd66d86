//! What can be read in a stream: Parquet and CSV files, and streams of Arrow batches.

use std::fmt;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatchReader;
use arrow_schema::SchemaRef;
use tthc_kpi::{Column, ColumnSet, ColumnType};

use super::arrow::{hand_on, is_sure, table_layout};
use super::assemble::{Outcome, Settings};
use super::file::{Kind, sniff};
use super::flow::{Again, Flow};
use super::header::{Layout, Target, Wishes};
use super::parquet::ParquetFile;
use super::pieces::Pace;
use super::{MappedColumn, Place, Progress, ReadError, ReadOptions, csv};

/// Something that opens a stream of Arrow batches, for a [`crate::Scan`].
///
/// # Example
/// See [`crate::Scan::of_stream`].
pub trait OpenStream: fmt::Debug + Send + Sync {
    /// Opens the stream at its first row. With `columns` only those are needed: a source that can leave
    /// others out had better do so.
    ///
    /// # Errors
    /// [`ReadError::StreamEnded`] where it was read before and cannot be read again.
    fn open(&self, columns: Option<&[String]>) -> Result<Box<dyn RecordBatchReader + Send>, ReadError>;

    /// Whether it can be opened as often as one likes.
    fn opens_anew(&self) -> bool;
}

/// A source, opened: its columns are mapped, no row has been read.
#[derive(Debug)]
pub(crate) enum Source {
    Parquet(ParquetFile),
    Text(TextFile),
    Stream(Stream),
}

impl Source {
    /// Opens a file by its content.
    ///
    /// # Errors
    /// [`ReadError`]; [`ReadError::NotScanned`] for kinds that are read whole only.
    pub(crate) fn open(path: &Path, options: &ReadOptions) -> Result<Self, ReadError> {
        let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let found = match sniff(path, &file)? {
            Kind::Parquet => return ParquetFile::open(path, options).map(Source::Parquet),
            Kind::Text(encoding) => {
                let layout = csv::layout(path, &file, encoding, &Wishes::new(options)?)?;
                let io = |error: std::io::Error| ReadError::Io { file: file.clone(), kind: error.kind() };
                let bytes = std::fs::metadata(path).map_err(io)?.len();
                let options = options.clone();
                let (path, place) = (path.to_owned(), Place { file, sheet: None });
                return Ok(Source::Text(TextFile { path, place, encoding, options, layout, bytes }));
            }
            Kind::Workbook => "a workbook",
            Kind::Archive => "a .zip file",
            Kind::Json => "a JSON file",
        };
        Err(ReadError::NotScanned { file, found })
    }

    fn layout(&self) -> &Layout {
        match self {
            Source::Parquet(file) => file.layout(),
            Source::Text(file) => &file.layout,
            Source::Stream(stream) => &stream.layout,
        }
    }

    /// The canonical columns it has.
    pub(crate) fn columns(&self) -> ColumnSet {
        self.layout().columns()
    }

    /// What every column is read as.
    pub(crate) fn mapping(&self) -> &[MappedColumn] {
        &self.layout().mapping
    }

    /// The file's name, or the table's.
    pub(crate) fn name(&self) -> &str {
        match self {
            Source::Parquet(file) => file.name(),
            Source::Text(file) => &file.place.file,
            Source::Stream(stream) => &stream.place.file,
        }
    }

    /// Whether an issue is an error.
    pub(crate) fn is_strict(&self) -> bool {
        match self {
            Source::Parquet(file) => file.is_strict(),
            Source::Text(file) => file.options.strict,
            Source::Stream(stream) => stream.strict,
        }
    }

    /// Whether nothing in what is wanted of it hangs on rows further down.
    pub(crate) fn is_sure(&self, wanted: impl Fn(Result<Column, &str>) -> bool) -> bool {
        match self {
            Source::Parquet(file) => file.is_sure(wanted),
            Source::Text(_) => false,
            Source::Stream(stream) => is_sure(&stream.layout, &stream.schema, wanted),
        }
    }

    /// Whether it can be read as often as one likes.
    pub(crate) fn opens_anew(&self) -> bool {
        match self {
            Source::Stream(stream) => stream.opener.opens_anew(),
            Source::Parquet(_) | Source::Text(_) => true,
        }
    }

    /// Bytes of it, where that is known.
    pub(crate) fn weight(&self) -> Option<u64> {
        match self {
            Source::Parquet(file) => Some(file.weights().sum()),
            Source::Text(file) => Some(file.bytes),
            Source::Stream(_) => None,
        }
    }

    /// Reads it from first to last, each batch handed on as soon as it is whole. `progress` is told bytes
    /// where those are known.
    ///
    /// # Errors
    /// [`ReadError`].
    pub(crate) fn hand_on(
        &self,
        settings: Settings,
        threads: Option<usize>,
        flow: &mut Flow<'_>,
        progress: &mut Progress<'_>,
    ) -> Result<Outcome, ReadError> {
        let wanted = flow.wanted;
        // Dates in a column nobody asks for may tell how those of another are written.
        let dates = |column: Result<Column, &str>| {
            wanted(column) || column.is_ok_and(|column| column.column_type() == ColumnType::Instant)
        };
        let mut flow = Flow { wanted: &dates, take: &mut *flow.take };
        match self {
            Source::Parquet(file) => file.hand_on(settings, &mut flow),
            Source::Text(file) => {
                let wishes = Wishes::new(&file.options)?;
                let pace = Pace { threads, piece: None };
                let (path, name) = (&file.path, &file.place.file);
                csv::read(path, name, file.encoding, &wishes, settings, pace, Some(&mut flow), progress)
            }
            Source::Stream(stream) => stream.hand_on(settings, &mut flow),
        }
    }
}

/// A text file.
#[derive(Debug)]
pub(crate) struct TextFile {
    path: PathBuf,
    place: Place,
    encoding: Option<&'static encoding_rs::Encoding>,
    options: ReadOptions,
    layout: Layout,
    bytes: u64,
}

/// A stream of Arrow batches.
#[derive(Debug)]
pub(crate) struct Stream {
    opener: Box<dyn OpenStream>,
    schema: SchemaRef,
    place: Place,
    strict: bool,
    layout: Layout,
}

impl Stream {
    /// Maps the columns of a stream of this schema.
    ///
    /// # Errors
    /// As [`super::from_arrow`], of the headers and types.
    pub(crate) fn new(
        opener: Box<dyn OpenStream>,
        schema: SchemaRef,
        name: &str,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let place = Place { file: name.to_owned(), sheet: None };
        let layout = table_layout(&schema, &place, options)?;
        Ok(Stream { opener, schema, place, strict: options.strict, layout })
    }

    fn hand_on(&self, settings: Settings, flow: &mut Flow<'_>) -> Result<Outcome, ReadError> {
        let mut layout = self.layout.clone();
        flow.narrow(&mut layout);
        let name = |index: usize| self.schema.fields().get(index).map(|field| field.name().clone());
        let names: Vec<String> = layout.slots.iter().filter_map(|slot| name(slot.index)).collect();
        // Only where a name says which column is meant.
        let all = self.schema.fields();
        let one_each = names.iter().all(|name| all.iter().filter(|field| field.name() == name).count() == 1);
        let reader = self.opener.open(Some(&names).filter(|_| one_each).map(Vec::as_slice))?;
        let schema = reader.schema();
        for slot in &mut layout.slots {
            let told = all.get(slot.index);
            if schema.fields().get(slot.index) != told && one_each {
                let place = schema
                    .fields()
                    .iter()
                    .position(|field| Some(field.name()) == told.map(|told| told.name()));
                slot.index = place.unwrap_or(usize::MAX);
            }
            let is = schema.fields().get(slot.index);
            if is.map(|is| is.data_type()) != told.map(|told| told.data_type()) {
                return Err(ReadError::ChangedSchema {
                    file: self.place.file.clone(),
                    row: 1,
                    source_name: slot.source.clone(),
                    expected: told.map_or_else(String::new, |told| told.data_type().to_string()),
                });
            }
        }
        let failed = |_| ReadError::Malformed {
            file: self.place.file.clone(),
            sheet: None,
            what: "the source of the table failed",
        };
        let batches = reader.map(|batch| batch.map_err(failed));
        let outcome = hand_on(batches, &schema, &self.place, &layout, settings, flow)?;
        match outcome {
            Outcome::Again(again) if !self.opener.opens_anew() => Err(self.too_late(again, &layout)),
            outcome => Ok(outcome),
        }
    }

    /// The error where something is proved of a stream whose rows are gone.
    fn too_late(&self, again: Again, layout: &Layout) -> ReadError {
        let file = self.place.file.clone();
        let source = |of: &dyn Fn(&Target) -> bool, nth: usize| {
            let slot = layout.slots.iter().filter(|slot| of(&slot.target)).nth(nth);
            slot.map_or_else(String::new, |slot| slot.source.clone())
        };
        match again {
            Again::MonthFirst(column) => {
                let source_name = source(&|target| *target == Target::Column(column), 0);
                ReadError::MonthFirstScan { file, source_name }
            }
            Again::Doubtful(_) => {
                let amount = |target: &Target| matches!(target, Target::Column(column) if column.column_type() == ColumnType::Money);
                ReadError::DoubtfulScan { file, source_name: source(&amount, 0) }
            }
            Again::Texts(place) => {
                let source_name = source(&|target| matches!(target, Target::Extra(_)), place);
                ReadError::MixedScan { file, source_name }
            }
        }
    }
}
