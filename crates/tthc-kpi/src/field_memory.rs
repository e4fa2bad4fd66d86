//! Field names met before, so that each is held against the plan's field groups once.

use std::collections::HashMap;
use std::fmt;

use rustc_hash::FxBuildHasher;

use crate::layout::Membership;
use crate::plan::Plan;

/// What the field names met so far are to the field groups of one plan.
///
/// It speeds a tally up and is no part of what it has counted: all memories are equal.
#[derive(Clone, Default)]
pub(crate) struct FieldMemory {
    known: HashMap<Box<str>, Membership, FxBuildHasher>,
}

impl FieldMemory {
    /// The country has some hundreds of fields. Where there are more names than this, the column
    /// holds something else, and it shall not fill the memory.
    const MOST: usize = 4096;

    /// [`Membership::of`] the plan; it must always be the same one.
    #[inline]
    pub fn membership(&mut self, plan: &Plan, field: Option<&str>) -> Membership {
        let Some(name) = field else { return Membership::of(plan, None) };
        match self.known.get(name) {
            Some(membership) => *membership,
            None => self.learn(plan, name),
        }
    }

    #[cold]
    fn learn(&mut self, plan: &Plan, name: &str) -> Membership {
        if self.known.len() >= Self::MOST {
            self.known.clear();
        }
        let membership = Membership::of(plan, Some(name));
        self.known.insert(name.into(), membership);
        membership
    }
}

impl PartialEq for FieldMemory {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for FieldMemory {
    /// Without the names: a map of this kind has no order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldMemory").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_the_plan_says() {
        let plan = Plan::builtin("dong-nguyen-2026").unwrap();
        let mut memory = FieldMemory::default();
        for _ in 0..2 {
            for field in [None, Some(""), Some("  "), Some("Đất đai"), Some("ĐẤT ĐAI"), Some("Hộ tịch")]
            {
                assert_eq!(memory.membership(&plan, field), Membership::of(&plan, field), "{field:?}");
            }
        }
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let plan = Plan::builtin("dong-nguyen-2026").unwrap();
        let mut memory = FieldMemory::default();
        for number in 0..2 * FieldMemory::MOST {
            memory.membership(&plan, Some(&number.to_string()));
            assert!(memory.known.len() <= FieldMemory::MOST);
        }
        assert_eq!(memory.membership(&plan, Some("Đất đai")), Membership::of(&plan, Some("Đất đai")));
    }
}
