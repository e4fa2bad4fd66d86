//! Events as they are sent: what is taken, and what is refused with its reason.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tthc_kpi::{Dossier, Status};

/// What happened to the dossier. All three carry the whole dossier as it is *after* the event: so
/// the newest version stands, in whatever order events come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Received.
    Create,
    /// Anything about it changed.
    Change,
    /// Processing ended: the dossier must bear an end, or a status that closes.
    Close,
}

/// An event that can be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What happened.
    pub kind: Kind,
    /// Number of the dossier's version, greater with each event of this dossier.
    pub version: u64,
    /// The dossier after the event; its `dossier_id` says which one.
    pub dossier: Dossier,
}

impl Event {
    /// Id of the dossier.
    pub fn id(&self) -> &str {
        self.dossier.dossier_id.as_deref().unwrap_or_default()
    }

    fn fault(&self) -> Option<Reason> {
        let id = self.id();
        if id.is_empty() || id.len() > LONGEST_ID || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Some(Reason::BadId);
        }
        let closed = matches!(
            self.dossier.status,
            Some(Status::Withdrawn | Status::Stopped | Status::Processed | Status::Returned)
        );
        (self.kind == Kind::Close && self.dossier.end().is_none() && !closed).then_some(Reason::NotClosed)
    }
}

/// Longest id, in bytes; ids are letters, digits and signs of ASCII, without blanks.
pub const LONGEST_ID: usize = 64;

/// Why an event is refused. Never with what stood there: that may be personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A part cannot be read; `place` names it when it can be told.
    Unreadable,
    /// The event or its dossier has a name that does not exist.
    UnknownName,
    /// The dossier has no id, or one that is no id.
    BadId,
    /// A closing event without an end or a closing status.
    NotClosed,
    /// The version is held already, with another content.
    Conflict,
}

/// A refused event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Its place in the request, from 0.
    pub index: usize,
    /// Why.
    pub reason: Reason,
    /// The name of the column or field that cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<&'static str>,
}

/// An event of a request, and where its text lies in it.
#[derive(Debug)]
pub struct Sent {
    /// Its text, in bytes of the request.
    pub text: Range<usize>,
    /// The event, or why it is none.
    pub event: Result<Event, (Reason, Option<&'static str>)>,
}

/// The events of one request.
#[derive(Debug)]
pub struct Batch {
    /// In the order sent.
    pub events: Vec<Sent>,
}

/// A request that is no JSON: not one event can be told from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotJson {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

impl std::fmt::Display for NotJson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no JSON at line {}, column {}", self.line, self.column)
    }
}

impl std::error::Error for NotJson {}

impl Batch {
    /// The events of a request: one, or a list of them. One that cannot be read does not keep the
    /// others out.
    ///
    /// # Errors
    /// [`NotJson`] when the request as a whole cannot be read.
    pub fn read(body: &[u8]) -> Result<Self, NotJson> {
        let fault = |error: serde_json::Error| NotJson { line: error.line(), column: error.column() };
        let list = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
        let texts: Vec<&RawValue> = if list {
            serde_json::from_slice(body).map_err(fault)?
        } else {
            vec![serde_json::from_slice(body).map_err(fault)?]
        };
        let events = texts.into_iter().map(|text| Sent::read(text.get(), body)).collect();
        Ok(Batch { events })
    }
}

impl Sent {
    fn read(text: &str, body: &[u8]) -> Self {
        let start = text.as_ptr().addr() - body.as_ptr().addr();
        let event = match serde_json::from_str::<Event>(text) {
            Ok(event) => match event.fault() {
                Some(reason) => Err((reason, None)),
                None => Ok(event),
            },
            Err(_) => Err(blame(text)),
        };
        Sent { text: start..start + text.len(), event }
    }
}

/// What of an unreadable event is at fault. Slow, and only for such.
fn blame(text: &str) -> (Reason, Option<&'static str>) {
    let Ok(Value::Object(event)) = serde_json::from_str(text) else { return (Reason::Unreadable, None) };
    if event.keys().any(|key| !["kind", "version", "dossier"].contains(&key.as_str())) {
        return (Reason::UnknownName, None);
    }
    if event.get("kind").is_none_or(|kind| Kind::deserialize(kind).is_err()) {
        return (Reason::Unreadable, Some("kind"));
    }
    if event.get("version").is_none_or(|version| version.as_u64().is_none()) {
        return (Reason::Unreadable, Some("version"));
    }
    let Some(Value::Object(dossier)) = event.get("dossier") else {
        return (Reason::Unreadable, Some("dossier"));
    };
    if !dossier.contains_key("received_at") {
        return (Reason::Unreadable, Some("received_at"));
    }
    for (key, value) in dossier {
        if reads(key, value) {
            continue;
        }
        return match COLUMNS.iter().find(|column| *column == key) {
            Some(column) => (Reason::Unreadable, Some(column)),
            None => (Reason::UnknownName, None),
        };
    }
    (Reason::Unreadable, None)
}

/// Whether a dossier with this one cell can be read.
fn reads(key: &str, value: &Value) -> bool {
    let mut alone = Map::from_iter([("received_at".to_owned(), Value::from("2026-01-01"))]);
    alone.insert(key.to_owned(), value.clone());
    Dossier::deserialize(Value::Object(alone)).is_ok()
}

/// Every name a dossier has in JSON: only these are ever repeated in an answer.
const COLUMNS: [&str; 42] = crate::pack::NAMES;

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(event: &str) -> (Reason, Option<&'static str>) {
        let mut batch = Batch::read(event.as_bytes()).unwrap();
        batch.events.remove(0).event.unwrap_err()
    }

    #[test]
    fn a_refusal_names_the_place_and_never_what_stood_there() {
        let with = |cells: &str| {
            format!(r#"{{"kind": "change", "version": 1, "dossier": {{"dossier_id": "a", {cells}}}}}"#)
        };
        let received = r#""received_at": "2026-01-05""#;
        let unreadable = |place| (Reason::Unreadable, Some(place));
        assert_eq!(refusal("7"), (Reason::Unreadable, None));
        assert_eq!(refusal("{}"), unreadable("kind"));
        assert_eq!(refusal(r#"{"kind": "close", "version": -1}"#), unreadable("version"));
        assert_eq!(refusal(r#"{"kind": "close", "version": 1, "dossier": 1}"#), unreadable("dossier"));
        assert_eq!(refusal(&with(r#""agency": "x""#)), unreadable("received_at"));
        assert_eq!(refusal(&with(r#""received_at": "05/01/2026""#)), unreadable("received_at"));
        assert_eq!(
            refusal(&with(&format!(r#"{received}, "payments": "Nguyen Van A""#))),
            unreadable("payments")
        );
        assert_eq!(refusal(&with(&format!(r#"{received}, "extra": 3"#))), unreadable("extra"));
        let name = with(&format!(r#"{received}, "applicant_name": "Nguyen Van A""#));
        assert_eq!(refusal(&name), (Reason::UnknownName, None));
        assert_eq!(refusal(&with(received).replace("\"a\"", "\"a b\"")), (Reason::BadId, None));
        assert_eq!(refusal(&with(received).replace("change", "close")), (Reason::NotClosed, None));
    }

    #[test]
    fn one_bad_event_keeps_no_other_out() {
        let body = br#" [{"kind": "create", "version": 1, "dossier":
            {"dossier_id": "a", "received_at": "2026-01-05"}}, {}] "#;
        let batch = Batch::read(body).unwrap();
        assert_eq!(batch.events.len(), 2);
        let first = &batch.events[0];
        assert_eq!(first.event.as_ref().unwrap().id(), "a");
        assert_eq!((body[first.text.start], body[first.text.end - 1]), (b'{', b'}'));
        assert!(batch.events[1].event.is_err());
        assert_eq!(Batch::read(b"[{}").unwrap_err(), NotJson { line: 1, column: 3 });
    }
}
