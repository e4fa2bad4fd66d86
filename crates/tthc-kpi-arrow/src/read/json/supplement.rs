//! The requests for papers of a message, and what they say together.

use tthc_kpi::{Day, Instant, ValueKind, WorkCalendar};

use super::super::cell::Reading;
use super::message::{Fields, Items, count, instant};
use super::value::Value;

/// The requests for papers (DanhSachHoSoBoSung).
pub(super) enum Supplements {
    /// The message does not say.
    Unknown,
    /// They cannot be read.
    Wrong,
    Of(Vec<Supplement>),
}

/// One request.
pub(super) struct Supplement {
    asked: Reading<Instant>,
    answered: Reading<Instant>,
    /// The due date until then and from then on, if the request gives them.
    old_due: Reading<Instant>,
    new_due: Option<Value>,
    new_due_at: Reading<Instant>,
}

impl Supplements {
    pub(super) fn of(fields: &Fields<'_>) -> Self {
        let names = ["NgayBoSung", "NgayTiepNhanBoSung", "NgayHenTraTruoc", "NgayHenTraMoi"];
        match fields.items("DanhSachHoSoBoSung", names) {
            Items::Absent => Supplements::Unknown,
            Items::Wrong => Supplements::Wrong,
            Items::Of(items) => {
                let of = |[asked, answered, old, new]: [&Value; 4]| Supplement {
                    asked: instant(asked, fields.words),
                    answered: instant(answered, fields.words),
                    old_due: instant(old, fields.words),
                    new_due: (!new.is_blank(fields.words)).then(|| new.clone()),
                    new_due_at: instant(new, fields.words),
                };
                Supplements::Of(items.into_iter().map(of).collect())
            }
        }
    }

    /// What `work` makes of the requests, where they are known.
    fn known(&self, work: impl FnOnce(&[Supplement]) -> Value) -> Value {
        match self {
            Supplements::Unknown => Value::Null,
            Supplements::Wrong => Value::Unreadable(ValueKind::Text),
            Supplements::Of(requests) => work(requests),
        }
    }

    pub(super) fn requests(&self) -> Value {
        self.known(|requests| count(requests.len()))
    }

    /// The last request. While the date of one is missing, it is not known which was the last.
    pub(super) fn last_request(&self) -> Value {
        self.known(|requests| {
            last(requests.iter().map(|request| request.asked), |dates| dates.into_iter().collect())
        })
    }

    /// The last answer.
    pub(super) fn last_answer(&self) -> Value {
        self.known(|requests| {
            let answers = requests.iter().map(|request| request.answered);
            last(answers, |dates| Some(dates.into_iter().flatten().collect()))
        })
    }

    /// Working days on which an answer was waited for: after the day of each request to the day of its
    /// answer. A day two requests waited on is one day.
    pub(super) fn paused_days(&self, calendar: &WorkCalendar) -> Value {
        self.known(|requests| {
            let dates = requests.iter().flat_map(|request| [request.asked, request.answered]);
            if let Some(problem) = dates.filter_map(Result::err).next() {
                return Value::Unreadable(problem.kind);
            }
            let wait = |request: &Supplement| match (request.asked, request.answered) {
                (Ok(Some(asked)), Ok(Some(answered))) => Some((asked.day(), answered.day())),
                _ => None,
            };
            let Some(mut waits) = requests.iter().map(wait).collect::<Option<Vec<(Day, Day)>>>() else {
                return Value::Null;
            };
            if waits.iter().any(|(asked, answered)| answered < asked) {
                return Value::Unreadable(ValueKind::Date);
            }
            waits.sort();
            let mut merged: Vec<(Day, Day)> = Vec::new();
            for (asked, answered) in waits {
                match merged.last_mut() {
                    Some((_, until)) if asked <= *until => *until = answered.max(*until),
                    _ => merged.push((asked, answered)),
                }
            }
            let days: Option<Vec<u32>> =
                merged.into_iter().map(|(asked, answered)| calendar.between(asked, answered)).collect();
            let sum = days.and_then(|days| days.into_iter().try_fold(0_u32, u32::checked_add));
            sum.map_or(Value::Null, |days| Value::Number(days.into()))
        })
    }

    /// The due date that the last answered request with one has given; none where none has. It goes before
    /// the message's own.
    pub(super) fn moved_due(&self) -> Option<Value> {
        let requests = match self {
            Supplements::Unknown => return None,
            // It is not known whether the due date was moved.
            Supplements::Wrong => return Some(Value::Unreadable(ValueKind::Text)),
            Supplements::Of(requests) => requests,
        };
        let mut last: Option<(Instant, &Value)> = None;
        for request in requests {
            let Some(due) = &request.new_due else { continue };
            match request.answered {
                Err(problem) => return Some(Value::Unreadable(problem.kind)),
                Ok(Some(at)) if last.is_none_or(|(before, _)| before <= at) => last = Some((at, due)),
                Ok(_) => {}
            }
        }
        last.map(|(_, due)| due.clone())
    }

    /// How often an answered request has moved the due date.
    pub(super) fn due_moves(&self) -> Value {
        self.moves(|moves| count(moves.len()))
    }

    /// Whether one of the moves was asked for after the day that was due until then.
    pub(super) fn moved_late(&self) -> Value {
        self.moves(|moves| match moves {
            _ if moves.contains(&Some(true)) => Value::Bool(true),
            _ if moves.contains(&None) => Value::Null,
            _ => Value::Bool(false),
        })
    }

    fn moves(&self, work: impl FnOnce(&[Option<bool>]) -> Value) -> Value {
        self.known(|requests| match moves(requests) {
            Err(problem) => Value::Unreadable(problem.kind),
            Ok(None) => Value::Null,
            Ok(Some(moves)) => work(&moves),
        })
    }
}

/// Of each move of the due date whether it was asked for after the day that was due until then, none where
/// that is not told. Without the due date that was moved, from the request or from the one before, it is
/// not known whether it was moved at all.
fn moves(requests: &[Supplement]) -> Reading<Vec<Option<bool>>> {
    let mut given = Vec::new();
    for request in requests {
        if let (Some(answered), Some(new)) = (request.answered?, request.new_due_at?) {
            given.push((answered, request.asked?, request.old_due?, new));
        }
    }
    given.sort_by_key(|(answered, ..)| *answered);
    let mut moves = Vec::new();
    let mut before = None;
    for (_, asked, old, new) in given {
        let Some(old) = old.or(before) else { return Ok(None) };
        if new != old {
            moves.push(asked.map(|asked| asked.day() > old.day()));
        }
        before = Some(new);
    }
    Ok(Some(moves))
}

/// The last of some dates, of those that `kept` keeps.
fn last(
    dates: impl Iterator<Item = Reading<Instant>>,
    kept: impl FnOnce(Vec<Option<Instant>>) -> Option<Vec<Instant>>,
) -> Value {
    match dates.collect::<Result<Vec<_>, _>>() {
        Err(problem) => Value::Unreadable(problem.kind),
        Ok(dates) => kept(dates).and_then(|dates| dates.into_iter().max()).map_or(Value::Null, Value::Date),
    }
}
