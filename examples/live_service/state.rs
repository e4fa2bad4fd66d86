//! The dossiers as they now are, packed. A view of all of them is some pointers: whoever saves or
//! counts anew reads it while events go on.

use std::collections::HashMap;
use std::sync::Arc;

use tthc_kpi::Dossier;

use crate::pack::{Texts, pack, put_bytes, put_number, take_bytes, take_number, unpack};

/// Dossiers to a page. A page is copied when it is changed while a view holds it.
const PAGE: usize = 128;

/// A dossier with its version and id, as bytes.
pub type Packed = Box<[u8]>;

type Page = Vec<Packed>;

/// Every dossier's newest version.
#[derive(Debug, Default)]
pub struct State {
    view: View,
    places: HashMap<Box<str>, u32>,
}

/// All dossiers at one moment; cheap to take and to hold.
#[derive(Debug, Clone, Default)]
pub struct View {
    pages: Vec<Arc<Page>>,
    texts: Arc<Texts>,
}

/// More dossiers than places can be numbered, or bytes that are no dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadState;

impl std::fmt::Display for BadState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the kept dossiers contradict themselves")
    }
}

impl std::error::Error for BadState {}

impl State {
    /// Where a dossier is.
    pub fn find(&self, id: &str) -> Option<u32> {
        self.places.get(id).copied()
    }

    /// The bytes of the dossier at a place.
    pub fn at(&self, place: u32) -> Option<&Packed> {
        let (page, slot) = split(place)?;
        self.view.pages.get(page)?.get(slot)
    }

    /// A dossier and its version as bytes.
    pub fn pack(&mut self, version: u64, id: &str, dossier: &Dossier) -> Packed {
        // Copied once when a view holds it.
        let texts = Arc::make_mut(&mut self.view.texts);
        let mut bytes = Vec::with_capacity(128);
        put_number(version, &mut bytes);
        put_bytes(id.as_bytes(), &mut bytes);
        bytes.extend(pack(dossier, texts));
        bytes.into_boxed_slice()
    }

    /// Puts a dossier in the place of its former version.
    ///
    /// # Errors
    /// [`BadState`] when there is no such place.
    pub fn replace(&mut self, place: u32, packed: Packed) -> Result<(), BadState> {
        let (page, slot) = split(place).ok_or(BadState)?;
        let page = self.view.pages.get_mut(page).ok_or(BadState)?;
        *Arc::make_mut(page).get_mut(slot).ok_or(BadState)? = packed;
        Ok(())
    }

    /// Adds a dossier that was not there.
    ///
    /// # Errors
    /// [`BadState`] when the bytes bear no id or one that is there, or 2³² dossiers are.
    pub fn push(&mut self, packed: Packed) -> Result<(), BadState> {
        let id: Box<str> = parts(&packed).ok_or(BadState)?.id.into();
        let place = u32::try_from(self.places.len()).map_err(|_| BadState)?;
        if self.places.insert(id, place).is_some() {
            return Err(BadState);
        }
        match self.view.pages.last_mut() {
            Some(page) if page.len() < PAGE => Arc::make_mut(page).push(packed),
            _ => {
                let mut page = Vec::with_capacity(PAGE);
                page.push(packed);
                self.view.pages.push(Arc::new(page));
            }
        }
        Ok(())
    }

    /// Gives the texts of a saved state their numbers again.
    pub fn set_texts(&mut self, texts: Texts) {
        self.view.texts = Arc::new(texts);
    }

    /// How many dossiers.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// All dossiers as they now are.
    pub fn view(&self) -> &View {
        &self.view
    }
}

impl View {
    /// The texts alone: enough to read bytes that are held elsewhere.
    #[must_use]
    pub fn without_pages(&self) -> View {
        View { pages: Vec::new(), texts: Arc::clone(&self.texts) }
    }

    /// The dossiers' bytes, in the order they first came.
    pub fn packed(&self) -> impl Iterator<Item = &Packed> {
        self.pages.iter().flat_map(|page| page.iter())
    }

    /// The dossiers.
    pub fn dossiers(&self) -> impl Iterator<Item = Result<Dossier, BadState>> + '_ {
        self.packed().map(|packed| self.dossier(packed))
    }

    /// The dossier of these bytes.
    ///
    /// # Errors
    /// [`BadState`] when they are no dossier.
    pub fn dossier(&self, packed: &[u8]) -> Result<Dossier, BadState> {
        let parts = parts(packed).ok_or(BadState)?;
        unpack(parts.id, parts.cells, &self.texts).ok_or(BadState)
    }

    /// The texts that the bytes refer to.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }
}

/// What a packed dossier begins with, and the rest.
pub(crate) struct Parts<'b> {
    pub version: u64,
    pub id: &'b str,
    pub cells: &'b [u8],
}

pub(crate) fn parts(mut packed: &[u8]) -> Option<Parts<'_>> {
    let from = &mut packed;
    let version = take_number(from)?;
    let id = std::str::from_utf8(take_bytes(from)?).ok()?;
    Some(Parts { version, id, cells: from })
}

fn split(place: u32) -> Option<(usize, usize)> {
    let place = usize::try_from(place).ok()?;
    Some((place / PAGE, place % PAGE))
}
