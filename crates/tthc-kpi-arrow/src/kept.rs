//! Judged blocks kept, so that a data set asked again need not be judged again. What is kept
//! depends on the rules alone: not on the period, the breakdown or the plan.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tthc_kpi::{Judge, Policy};

use crate::block::{Dates, Excluded};
use crate::columns::Columns;
use crate::judge::{Block, ByDue, ByMoved, Held, States};
use crate::lanes::{LANES, Lanes, Mask, NONE, ShortDay};
use crate::parts::{PartMasks, Parts};

/// The blocks of a slice, once they are kept.
pub(crate) type KeptSlice = OnceLock<Box<[KeptBlock]>>;

/// What a data set remembers of having been asked.
#[derive(Default)]
pub(crate) struct Memory(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    /// The rules of the last question.
    judge: Option<Judge>,
    /// By these rules.
    kept: Option<Arc<[KeptSlice]>>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memory")
    }
}

impl Memory {
    /// Where the judged blocks of each slice are kept, or are to be kept. The first question by
    /// some rules keeps nothing, and costs nothing: most data sets are asked once.
    pub fn ask(&self, judge: &Judge, slices: usize) -> Option<Arc<[KeptSlice]>> {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.judge.as_ref() != Some(judge) {
            *remembered = Remembered { judge: Some(judge.clone()), kept: None };
            return None;
        }
        let kept = remembered.kept.get_or_insert_with(|| (0..slices).map(|_| OnceLock::new()).collect());
        Some(Arc::clone(kept))
    }

    /// As if nothing had been asked.
    pub fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Remembered::default();
    }
}

/// What a [`Block`] holds, kept to be judged in other windows and counted in other groups.
pub(crate) struct KeptBlock {
    live: Mask,
    received: Lanes<ShortDay>,
    completed: Lanes<ShortDay>,
    returned: Lanes<ShortDay>,
    completed_known: Mask,
    returned_known: Mask,
    excluded: Excluded,
    kept: Mask,
    states: States,
    due: Lanes<ShortDay>,
    held: Held,
    moved: Option<Box<ByMoved<'static>>>,
    requested: Option<Box<Lanes<ShortDay>>>,
    parts: PartMasks,
}

impl KeptBlock {
    #[inline(always)]
    pub fn of(block: &Block<'_>) -> Self {
        let dates = &block.dates;
        let own = |moved: &ByMoved<'_>| ByMoved {
            by_due: ByDue { day: Cow::Owned(*moved.by_due.day), held: moved.by_due.held },
            ..*moved
        };
        KeptBlock {
            live: dates.live,
            received: *dates.received,
            completed: *dates.completed,
            returned: *dates.returned,
            completed_known: dates.completed_known,
            returned_known: dates.returned_known,
            excluded: block.excluded,
            kept: block.kept,
            states: block.states,
            due: *block.by_due.day,
            held: block.by_due.held,
            moved: block.moved.as_deref().map(|moved| Box::new(own(moved))),
            requested: block.requested.clone(),
            parts: block.parts.masks,
        }
    }

    /// The block at a row of the columns it was made of.
    #[inline(always)]
    pub fn block<'c>(&'c self, columns: &'c Columns<'c>, policy: &Policy, from: usize) -> Block<'c> {
        Block {
            dates: Dates {
                columns,
                from,
                live: self.live,
                received: &self.received,
                // Kept by what it came to.
                due: &[NONE; LANES],
                completed: &self.completed,
                returned: &self.returned,
                completed_known: self.completed_known,
                returned_known: self.returned_known,
            },
            excluded: self.excluded,
            kept: self.kept,
            states: self.states,
            by_due: ByDue { day: Cow::Borrowed(&self.due), held: self.held },
            moved: self.moved.clone(),
            requested: self.requested.clone(),
            parts: Parts::with(columns, policy, self.parts, from),
        }
    }
}
