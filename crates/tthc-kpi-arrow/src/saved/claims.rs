//! What a stream claims of itself, held against its size before Arrow's reader believes it: lengths,
//! places and types that cannot be would end the process there, or ask for all its memory.

use arrow_ipc::{
    Field, KeyValue, Message, MessageHeader, RecordBatch as BatchMessage, Type, root_as_message,
};

use super::{HEADER, QUERY, bad};
use crate::error::ArrowError;

/// What stands before the length of each message.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// More columns than any tally has.
const MOST_FIELDS: usize = 1_000;

/// The header and the query of a stream whose every claim can be.
pub(super) fn check(stream: &[u8]) -> Result<(&str, &str), ArrowError> {
    let mut rest = stream;
    let mut found = None;
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
        match (message.header_type(), &found) {
            (MessageHeader::Schema, None) => found = Some(schema(&message)?),
            (MessageHeader::RecordBatch, Some((_, _, columns))) => {
                let batch = message.header_as_record_batch().ok_or_else(|| bad("a batch is none"))?;
                batch_of(&batch, body.len(), *columns)?;
            }
            _ => return Err(bad("it holds something else")),
        }
        rest = after;
    }
    let (header, query, _) = found.ok_or_else(|| bad("it has no schema"))?;
    Ok((header, query))
}

/// The header and the query in a schema of the types a tally has, and how many nodes and buffers its
/// batches have.
fn schema<'s>(message: &Message<'s>) -> Result<(&'s str, &'s str, (usize, usize)), ArrowError> {
    let schema = message.header_as_schema().ok_or_else(|| bad("it has no schema"))?;
    let fields = schema.fields().ok_or_else(|| bad("it has no columns"))?;
    if fields.len() > MOST_FIELDS {
        return Err(bad("it has too many columns"));
    }
    let mut claimed = (0, 0);
    for field in fields {
        let (nodes, buffers) = nodes_of(&field, true)?;
        claimed = (claimed.0 + nodes, claimed.1 + buffers);
    }
    let metadata = schema.custom_metadata().ok_or_else(|| bad("it has no tally header"))?;
    let value = |name: &str| {
        let entry = metadata.iter().find(|entry: &KeyValue<'_>| entry.key() == Some(name));
        entry.and_then(|entry| entry.value()).ok_or_else(|| bad("it has no tally header"))
    };
    Ok((value(HEADER)?, value(QUERY)?, claimed))
}

/// How many nodes and buffers a column has, if a tally has columns of its type.
fn nodes_of(field: &Field<'_>, may_be_list: bool) -> Result<(usize, usize), ArrowError> {
    let bad = || bad("it has a column of another type");
    if field.name().is_none() || field.dictionary().is_some() {
        return Err(bad());
    }
    match field.type_type() {
        Type::Utf8 => Ok((1, 3)),
        Type::Int => {
            let int = field.type_as_int().ok_or_else(bad)?;
            if matches!((int.bitWidth(), int.is_signed()), (64, false) | (32, true)) {
                Ok((1, 2))
            } else {
                Err(bad())
            }
        }
        Type::List if may_be_list => {
            let children = field.children().filter(|children| children.len() == 1).ok_or_else(bad)?;
            let child = children.iter().next().ok_or_else(bad)?;
            let (nodes, buffers) = nodes_of(&child, false)?;
            Ok((nodes + 1, buffers + 2))
        }
        _ => Err(bad()),
    }
}

/// A batch whose rows and buffers lie in its body.
fn batch_of(
    batch: &BatchMessage<'_>,
    body: usize,
    (nodes, buffers): (usize, usize),
) -> Result<(), ArrowError> {
    let bad = || bad("a batch claims what it does not hold");
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
