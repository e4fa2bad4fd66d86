//! Rows left out by themselves, and rows that another of the same id stands for.

use std::ops::ControlFlow;

use arrow_buffer::BooleanBufferBuilder;
use rustc_hash::{FxBuildHasher, FxHashMap};
use tthc_kpi::{Action, Column, Exclusion, Issue, Reason, Text, Uniqueness, ValueKind, row_exclusion};

use super::Dossiers;
use crate::columns::Columns;
use crate::error::ArrowError;
use crate::read::MAX_ISSUES;

/// Rows between two looks at whether the caller wants to stop.
const ROWS_BETWEEN_LOOKS: usize = 65_536;

impl Dossiers {
    /// Marks, of each id, every row but the one that stands for the dossier. Rows excluded by
    /// themselves take no part.
    pub(super) fn resolve_duplicates(
        &mut self,
        go_on: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<(), ArrowError> {
        let mut losers: Vec<(usize, usize)> = Vec::new();
        {
            let views =
                self.parts.iter().map(|part| Columns::of(&part.batch)).collect::<Result<Vec<_>, _>>()?;
            let ids = views.iter().filter(|view| view.present.has(Column::DossierId)).map(Columns::len).sum();
            let mut standing: FxHashMap<&str, (usize, usize)> =
                FxHashMap::with_capacity_and_hasher(ids, FxBuildHasher);
            for (part, view) in views.iter().enumerate() {
                for row in 0..view.len() {
                    if row % ROWS_BETWEEN_LOOKS == 0 && go_on().is_break() {
                        return Err(ArrowError::Interrupted);
                    }
                    let Some(id) = view.dossier_id.get(row) else { continue };
                    let Some(&held) = standing.get(id) else {
                        // The row may yet be excluded by itself; that is only looked at when a
                        // second row of the id comes, since reading a whole row is dear.
                        standing.insert(id, (part, row));
                        continue;
                    };
                    let (held_part, held_row) = held;
                    let Some(held_view) = views.get(held_part) else { continue };
                    let (old, new) = (held_view.dossier(held_row), view.dossier(row));
                    if row_exclusion(&new).is_some() {
                        continue;
                    }
                    if row_exclusion(&old).is_some() {
                        standing.insert(id, (part, row));
                    } else if new.precedence(&old).is_gt() {
                        standing.insert(id, (part, row));
                        losers.push(held);
                    } else {
                        losers.push((part, row));
                    }
                }
            }
        }
        losers.sort_unstable();
        for losers in losers.chunk_by(|(one, _), (other, _)| one == other) {
            let Some(part) = losers.first().and_then(|(part, _)| self.parts.get_mut(*part)) else { continue };
            let mut marks = BooleanBufferBuilder::new(part.batch.num_rows());
            marks.append_n(part.batch.num_rows(), false);
            losers.iter().for_each(|(_, row)| marks.set_bit(*row, true));
            part.duplicate = Some(marks.finish());
        }
        self.uniqueness = Uniqueness::Checked;
        Ok(())
    }

    /// Lists rows that are left out by themselves or as duplicates beside the readers' issues.
    pub(super) fn list_excluded(&mut self) -> Result<(), ArrowError> {
        let mut found = Vec::new();
        for part in &self.parts {
            let view = Columns::of(&part.batch)?;
            let mut rows = Vec::new();
            crate::block::excluded(
                &view,
                |from| part.marks(from),
                |row, exclusion| rows.push((row, exclusion)),
            );
            for (row, exclusion) in rows {
                *self.excluded.entry(exclusion).or_default() += 1;
                let (reason, column, expected) = match exclusion {
                    Exclusion::BadDate => (
                        Reason::BadDate,
                        bad_date(&view, row),
                        ("ngày từ năm 2000 đến 2100", "dates from 2000 to 2100"),
                    ),
                    Exclusion::EndBeforeReceipt => (
                        Reason::EndBeforeReceipt,
                        if view.completed_at.get(row).is_some() {
                            Column::CompletedAt
                        } else {
                            Column::ReturnedAt
                        },
                        ("ngày kết thúc không trước ngày tiếp nhận", "an end not before the receipt"),
                    ),
                    Exclusion::Duplicate => (
                        Reason::Duplicate,
                        Column::DossierId,
                        ("mỗi mã hồ sơ một dòng", "one row per dossier id"),
                    ),
                    // Nothing is wrong with these rows: they are counted, not listed.
                    Exclusion::NotReceived | Exclusion::Withdrawn => continue,
                };
                *self.issue_counts.entry((Some(column), reason, Action::Excluded)).or_default() += 1;
                if self.issues.len() + found.len() < MAX_ISSUES {
                    let source = self.sources.get(part.source);
                    found.push(Issue {
                        file: source.map_or_else(String::new, |source| source.file.clone()),
                        sheet: source.and_then(|source| source.sheet.clone()),
                        row: part.row_numbers.get(row).copied().unwrap_or(row as u64 + 1),
                        column: Some(column),
                        source: self
                            .mapping
                            .iter()
                            .find(|mapped| {
                                mapped.column == Some(column)
                                    && source.is_some_and(|source| {
                                        source.file == mapped.file && source.sheet == mapped.sheet
                                    })
                            })
                            .map(|mapped| mapped.source.clone()),
                        kind: if column == Column::DossierId { ValueKind::Text } else { ValueKind::Date },
                        reason,
                        expected: Text::new(expected.0, expected.1),
                        action: Action::Excluded,
                    });
                }
            }
        }
        self.issues.extend(found);
        Ok(())
    }
}

/// The first date of a row outside 2000..2100.
fn bad_date(columns: &Columns<'_>, row: usize) -> Column {
    let dates = [
        (columns.received_at, Column::ReceivedAt),
        (columns.due_at, Column::DueAt),
        (columns.completed_at, Column::CompletedAt),
    ];
    let bad = |at: i64| !crate::lanes::PLAUSIBLE.contains(&at);
    dates
        .into_iter()
        .find(|(cells, _)| cells.get(row).is_some_and(bad))
        .map_or(Column::ReturnedAt, |(_, column)| column)
}
