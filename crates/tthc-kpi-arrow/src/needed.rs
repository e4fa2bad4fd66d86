//! Which columns a query looks at.

use std::collections::BTreeMap;

use tthc_kpi::{
    Action, Column, ColumnSet, Dimension, LateAfterSupplements, MissingDue, OnlinePayment, Policy, Query,
    Reason, Supplement, Waiting,
};

/// Of the issues of some rows, the columns with refused values that the query looks at.
pub(crate) fn refused(
    counts: &BTreeMap<(Option<Column>, Reason, Action), u64>,
    needed: ColumnSet,
) -> ColumnSet {
    let unknown = counts.keys().filter(|(_, _, action)| *action == Action::Unknown);
    unknown.filter_map(|(column, _, _)| *column).filter(|column| needed.has(*column)).collect()
}

/// The columns a query looks at, and the extra ones: what a source has beside them need not be read.
///
/// # Example
/// ```
/// use tthc_kpi::{Column, Plan, Query};
/// use tthc_kpi_arrow::needed_columns;
/// let draft = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?);
/// let query = draft.clone().check()?;
/// let (columns, extra) = needed_columns(&query);
/// assert!(columns.has(Column::ReceivedAt) && !columns.has(Column::Agency) && extra.is_empty());
/// let query = draft.by(["agency".parse()?]).check()?;
/// let (columns, _) = needed_columns(&query);
/// assert!(columns.has(Column::Agency));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn needed_columns(query: &Query) -> (ColumnSet, Vec<String>) {
    use Column as C;
    const ALWAYS: &[Column] = &[
        C::Channel,
        C::Status,
        C::ReceivedAt,
        C::DueAt,
        C::CompletedAt,
        C::ReturnedAt,
        C::Payments,
        C::PaymentsOnline,
        C::Rating,
        C::Petitioned,
        C::InputDigitised,
        C::ResultDigitised,
        C::ResultElectronic,
        C::ResultPublished,
        C::DataReused,
        C::Transfers,
        C::TransfersElectronic,
        C::Apologised,
        C::Explained,
        C::Synced,
        C::ResultSynced,
    ];
    let policy: &Policy = query.policy();
    let limits = policy.missing_due == MissingDue::FromProcedure || policy.supplement == Supplement::Reset;
    let supplement = policy.supplement != Supplement::Recorded;
    let sometimes = [
        (policy.online_payment == OnlinePayment::Portal, &[C::PaymentsPortal] as &[Column]),
        (!query.layout().filtered_facts().is_empty(), &[C::Field]),
        (limits, &[C::LimitDays, C::ProcedureCode]),
        (query.layout().counts_procedures(), &[C::ProcedureCode]),
        (supplement, &[C::SupplementRequests, C::PausedDays, C::SupplementedAt]),
        (policy.late_after_supplements == LateAfterSupplements::One, &[C::SupplementRequests]),
        (policy.waiting == Waiting::EndedAtRequest, &[C::SupplementRequestedAt]),
    ];
    let asked = sometimes.into_iter().filter(|(asked, _)| *asked).flat_map(|(_, columns)| columns);
    let mut columns: ColumnSet = ALWAYS.iter().chain(asked).copied().collect();
    let mut extra = Vec::new();
    for dimension in query.by() {
        match dimension {
            Dimension::Column(column) => columns = columns.with(*column),
            Dimension::Extra(name) => extra.push(name.clone()),
            Dimension::Bucket(_) | Dimension::ReceivedMonth => {}
        }
    }
    (columns, extra)
}
