//! Texts as small numbers: each distinct text is looked at once, rows carry its code.

use arrow_array::Array;

use crate::columns::{Cells, Texts};
use crate::lanes::{LANES, Lanes, Mask, block, lanes, select};

/// A code per row of a text column.
#[derive(Debug, Clone)]
pub(crate) enum Codes<'b> {
    /// The same for every row: the column is not there.
    One(u16),
    /// By the key of a small dictionary.
    Keys { keys: Cells<'b, i32>, of: Box<[u16; 256]>, unknown: u16 },
    /// Row by row.
    Rows(Vec<u16>),
}

impl<'b> Codes<'b> {
    /// The code that `of` gives each text, `unknown` for rows without one.
    pub fn of(texts: &Texts<'b>, rows: usize, unknown: u16, mut of: impl FnMut(&str) -> u16) -> Self {
        if let Texts::Dictionary { keys, values } = texts
            && values.len() <= 256
        {
            let mut table = Box::new([unknown; 256]);
            let texts = (0..values.len()).map(|key| texts.value(key));
            table.iter_mut().zip(texts).for_each(|(code, text)| *code = text.map_or(unknown, &mut of));
            return Codes::Keys { keys: *keys, of: table, unknown };
        }
        if matches!(texts, Texts::None) {
            return Codes::One(unknown);
        }
        let (index, distinct) = texts.indexed(0..rows);
        let table: Vec<u16> = distinct.into_iter().map(of).collect();
        let code = |index: u32| table.get(index as usize).copied().unwrap_or(unknown);
        Codes::Rows(index.into_iter().map(code).collect())
    }

    /// The codes of a block.
    #[inline(always)]
    pub fn lanes(&self, from: usize) -> Lanes<u16> {
        match self {
            Codes::One(code) => [*code; LANES],
            Codes::Keys { keys, of, unknown } => {
                let mut room = None;
                let (keys, known) = keys.block(from, &mut room);
                // A key of a dictionary of at most 256 texts is its lowest byte.
                let codes = lanes(|row| {
                    let [low, ..] = keys.get(row).copied().unwrap_or_default().to_le_bytes();
                    of.get(usize::from(low)).copied().unwrap_or(*unknown)
                });
                if known == Mask::MAX { codes } else { select(known, codes, *unknown) }
            }
            Codes::Rows(codes) => *block(codes, from, &mut None),
        }
    }
}
