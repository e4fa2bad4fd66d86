//! What a stream claims of itself, held against its size before its columns are read: no length,
//! place or type that cannot be is believed.

use arrow_ipc::{
    Field as FieldMessage, KeyValue, Message, MessageHeader, RecordBatch as BatchMessage, Type,
    root_as_message,
};

use super::{HEADER, QUERY, bad};
use crate::error::ArrowError;

/// What stands before the length of each message.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// More columns than any tally has.
const MOST_FIELDS: usize = 1_000;

/// A stream whose every claim can be.
pub(super) struct Claimed<'s> {
    pub header: &'s str,
    pub query: &'s str,
    /// How long it is.
    pub bytes: usize,
    pub fields: Vec<Field<'s>>,
    /// The batches, and where the buffers of each are.
    pub batches: Vec<(BatchMessage<'s>, &'s [u8])>,
}

/// A column as the schema tells of it.
pub(super) struct Field<'s> {
    pub name: &'s str,
    /// Each row has a list of values.
    pub list: bool,
    pub of: Of,
}

/// What a column has values of.
#[derive(Clone, Copy)]
pub(super) enum Of {
    Counts,
    Days,
    Texts,
}

impl Field<'_> {
    /// How many nodes and buffers it has in a batch.
    fn parts(&self) -> (usize, usize) {
        let buffers = match self.of {
            Of::Counts | Of::Days => 2,
            Of::Texts => 3,
        };
        if self.list { (2, buffers + 2) } else { (1, buffers) }
    }
}

/// What a stream claims, if every claim can be.
pub(super) fn check(stream: &[u8]) -> Result<Claimed<'_>, ArrowError> {
    let mut rest = stream;
    let mut found: Option<Claimed<'_>> = None;
    loop {
        let (start, after) = rest.split_first_chunk::<8>().ok_or_else(|| bad("it has no end"))?;
        let [mark @ .., _, _, _, _] = start;
        let [_, _, _, _, length @ ..] = start;
        if *mark != CONTINUATION {
            return Err(bad("it is not an Arrow stream"));
        }
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| bad("a length"))?;
        if length == 0 {
            break;
        }
        let (message, after) = after.split_at_checked(length).ok_or_else(|| bad("a message is too long"))?;
        let message = root_as_message(message).map_err(|_| bad("it is not an Arrow stream"))?;
        let body = usize::try_from(message.bodyLength()).ok().and_then(|body| after.split_at_checked(body));
        let (body, after) = body.ok_or_else(|| bad("a batch is too long"))?;
        match (message.header_type(), &mut found) {
            (MessageHeader::Schema, None) => {
                found = Some(Claimed { bytes: stream.len(), ..schema(&message)? });
            }
            (MessageHeader::RecordBatch, Some(found)) => {
                let batch = message.header_as_record_batch().ok_or_else(|| bad("a batch is none"))?;
                batch_of(&batch, body.len(), &found.fields)?;
                found.batches.push((batch, body));
            }
            _ => return Err(bad("it holds something else")),
        }
        rest = after;
    }
    found.ok_or_else(|| bad("it has no schema"))
}

/// What a schema of the types a tally has tells of the batches behind it.
fn schema<'s>(message: &Message<'s>) -> Result<Claimed<'s>, ArrowError> {
    let schema = message.header_as_schema().ok_or_else(|| bad("it has no schema"))?;
    let fields = schema.fields().ok_or_else(|| bad("it has no columns"))?;
    if fields.len() > MOST_FIELDS {
        return Err(bad("it has too many columns"));
    }
    let fields = fields.iter().map(field_of).collect::<Result<_, _>>()?;
    let metadata = schema.custom_metadata().ok_or_else(|| bad("it has no tally header"))?;
    let value = |name: &str| {
        let entry = metadata.iter().find(|entry: &KeyValue<'_>| entry.key() == Some(name));
        entry.and_then(|entry| entry.value()).ok_or_else(|| bad("it has no tally header"))
    };
    Ok(Claimed { header: value(HEADER)?, query: value(QUERY)?, bytes: 0, fields, batches: Vec::new() })
}

/// A column, if a tally has columns of its type.
fn field_of<'s>(field: FieldMessage<'s>) -> Result<Field<'s>, ArrowError> {
    let bad = || bad("it has a column of another type");
    let name = field.name().ok_or_else(bad)?;
    let list = field.type_type() == Type::List;
    let values = if list {
        let children = field.children().filter(|children| children.len() == 1).ok_or_else(bad)?;
        children.iter().next().filter(|child| child.name().is_some()).ok_or_else(bad)?
    } else {
        field
    };
    if field.dictionary().is_some() || values.dictionary().is_some() {
        return Err(bad());
    }
    let of = match values.type_type() {
        Type::Utf8 => Of::Texts,
        Type::Int => {
            let int = values.type_as_int().ok_or_else(bad)?;
            match (int.bitWidth(), int.is_signed()) {
                (64, false) => Of::Counts,
                (32, true) => Of::Days,
                _ => return Err(bad()),
            }
        }
        _ => return Err(bad()),
    };
    Ok(Field { name, list, of })
}

/// A batch whose rows and buffers lie in its body.
fn batch_of(batch: &BatchMessage<'_>, body: usize, fields: &[Field<'_>]) -> Result<(), ArrowError> {
    let bad = || bad("a batch claims what it does not hold");
    let parts = fields.iter().map(Field::parts);
    let (nodes, buffers) = parts.fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
    if batch.compression().is_some() || batch.variadicBufferCounts().is_some() {
        return Err(bad());
    }
    let told_nodes = batch.nodes().ok_or_else(bad)?;
    let told_buffers = batch.buffers().ok_or_else(bad)?;
    if told_nodes.len() != nodes || told_buffers.len() != buffers {
        return Err(bad());
    }
    // A row has a bit at least in some buffer of its column.
    let most = i64::try_from(body).ok().and_then(|body| body.checked_mul(8)).ok_or_else(bad)?;
    let may_be = |rows: i64| (0..=most).contains(&rows);
    let rows = told_nodes.iter().all(|node| may_be(node.length()) && may_be(node.null_count()));
    let inside = told_buffers.iter().all(|buffer| {
        let end = buffer.offset().checked_add(buffer.length());
        buffer.offset() >= 0
            && buffer.length() >= 0
            && end.and_then(|end| usize::try_from(end).ok()).is_some_and(|end| end <= body)
    });
    if may_be(batch.length()) && rows && inside { Ok(()) } else { Err(bad()) }
}
