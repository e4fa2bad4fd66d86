//! What the service knows, and what an event does to it. No clock, no thread, no file: replaying
//! the same events gives the same.

use std::sync::Arc;

use tthc_kpi::{Query, Tally, Uniqueness};

use crate::event::Event;
use crate::state::{BadState, Packed, State, View, parts};

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is the newest version of its dossier now.
    New,
    /// This version or a newer one was there already: nothing to do.
    Stale,
    /// This version was there with another content: nothing was done.
    Conflict,
}

/// What cannot be gone on from: counts that overflow, or a state that contradicts itself.
pub type Broken = Box<dyn std::error::Error + Send + Sync>;

/// A dossier that changed: what it was, if it was there, and what it is.
pub type Change = (Option<Packed>, Packed);

/// The dossiers, and a tally of them for each query.
#[derive(Debug)]
pub struct Core {
    state: State,
    tallies: Vec<Tally>,
    position: u64,
    changes: Option<Vec<Change>>,
}

impl Core {
    /// Nothing yet, to be counted for these queries.
    pub fn new(queries: &[Arc<Query>]) -> Self {
        Core {
            state: State::default(),
            tallies: queries.iter().map(empty).collect(),
            position: 0,
            changes: None,
        }
    }

    /// What was saved; tallies of other queries than these are counted anew.
    ///
    /// # Errors
    /// As [`count`].
    pub fn restore(
        state: State,
        position: u64,
        saved: Vec<Tally>,
        queries: &[Arc<Query>],
    ) -> Result<Self, Broken> {
        let tallies = queries
            .iter()
            .map(|query| match saved.iter().find(|tally| tally.query() == query) {
                Some(tally) => Ok(tally.clone()),
                None => count(query, state.view()),
            })
            .collect::<Result<_, _>>()?;
        Ok(Core { state, tallies, position, changes: None })
    }

    /// Takes an event: the newest version of a dossier stands, whatever the order.
    ///
    /// # Errors
    /// [`Broken`], after which this core must not be used.
    pub fn apply(&mut self, event: &Event) -> Result<Applied, Broken> {
        let id = event.id();
        let Some(place) = self.state.find(id) else {
            for tally in &mut self.tallies {
                tally.add(&event.dossier)?;
            }
            let new = self.state.pack(event.version, id, &event.dossier);
            self.note(None, &new);
            self.state.push(new)?;
            self.position += 1;
            return Ok(Applied::New);
        };
        let held = self.state.at(place).and_then(|held| parts(held)).ok_or(BadState)?;
        if event.version < held.version {
            return Ok(Applied::Stale);
        }
        let same_version = event.version == held.version;
        let new = self.state.pack(event.version, id, &event.dossier);
        let old = self.state.at(place).ok_or(BadState)?;
        if same_version {
            return Ok(if *old == new { Applied::Stale } else { Applied::Conflict });
        }
        let dossier = self.state.view().dossier(old)?;
        let old = self.changes.is_some().then(|| old.clone());
        if dossier != event.dossier {
            for tally in &mut self.tallies {
                tally.remove(&dossier)?;
                tally.add(&event.dossier)?;
            }
        }
        self.note(old, &new);
        self.state.replace(place, new)?;
        self.position += 1;
        Ok(Applied::New)
    }

    fn note(&mut self, old: Option<Packed>, new: &Packed) {
        if let Some(changes) = &mut self.changes {
            changes.push((old, new.clone()));
        }
    }

    /// A tally per query.
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// The dossiers.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// How many events have been applied since the beginning.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// A view to count from, and from now on a note of every change to it.
    pub fn begin_recount(&mut self) -> View {
        self.changes = Some(Vec::new());
        self.state.view().clone()
    }

    /// The changes since the view or since they were last taken, with the texts they refer to.
    pub fn take_changes(&mut self) -> (Vec<Change>, View) {
        let changes = self.changes.as_mut().map(std::mem::take).unwrap_or_default();
        (changes, self.state.view().without_pages())
    }

    /// Puts tallies counted meanwhile in the place of the old ones, once the last changes are in.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn end_recount(&mut self, mut tallies: Vec<Tally>) -> Result<(), Broken> {
        let changes = self.changes.take().unwrap_or_default();
        follow(&mut tallies, &changes, self.state.view())?;
        self.tallies = tallies;
        Ok(())
    }
}

/// A tally of no dossier; of each id one will be in it.
fn empty(query: &Arc<Query>) -> Tally {
    let mut tally = Tally::new(query);
    tally.set_uniqueness(Uniqueness::Checked);
    tally
}

/// A tally of all dossiers, from nothing.
///
/// # Errors
/// [`Broken`].
pub fn count(query: &Arc<Query>, view: &View) -> Result<Tally, Broken> {
    let mut tally = empty(query);
    for dossier in view.dossiers() {
        tally.add(&dossier?)?;
    }
    Ok(tally)
}

/// Brings tallies up to what was changed since they were counted.
///
/// # Errors
/// [`Broken`].
pub fn follow(tallies: &mut [Tally], changes: &[Change], view: &View) -> Result<(), Broken> {
    for (old, new) in changes {
        let old = old.as_ref().map(|old| view.dossier(old)).transpose()?;
        let new = view.dossier(new)?;
        for tally in &mut *tallies {
            if let Some(old) = &old {
                tally.remove(old)?;
            }
            tally.add(&new)?;
        }
    }
    Ok(())
}
