//! The extension module `tthc_kpi._tthc_kpi`: registrations only. One class a file; the face that
//! people import is the Python package `tthc_kpi`.

mod calendar;
mod cases;
mod dossiers;
mod error;
mod file;
mod form_06a;
mod index;
mod integrity;
mod late_list;
mod part;
mod plan;
mod query;
mod reading;
mod registers;
mod scan;
mod scorecard;
mod stream;
mod synth;
mod table;
mod tally;
mod verdicts;
mod words;

use pyo3::prelude::*;

/// The private extension of the package `tthc_kpi`.
#[pymodule]
mod _tthc_kpi {
    #[pymodule_export]
    use crate::calendar::WorkCalendar;
    #[pymodule_export]
    use crate::cases::CaseStream;
    #[pymodule_export]
    use crate::dossiers::{Dossiers, columns, wanted_columns};
    #[pymodule_export]
    use crate::form_06a::{Form06a, form_06a, form_06a_cases, form_06a_columns};
    #[pymodule_export]
    use crate::index::{Index, Scheme, builtin_schemes, index};
    #[pymodule_export]
    use crate::integrity::{Integrity, integrity, integrity_flags};
    #[pymodule_export]
    use crate::late_list::{LateList, late_list};
    #[pymodule_export]
    use crate::part::{part_cases, part_columns, part_judge, part_tally, tally_checked};
    #[pymodule_export]
    use crate::plan::{Plan, builtin_plans, plan_text};
    #[pymodule_export]
    use crate::query::{case_stream, cases, changes, query_digest, tally};
    #[pymodule_export]
    use crate::registers::{Registers, register_measures, registers};
    #[pymodule_export]
    use crate::scan::Scan;
    #[pymodule_export]
    use crate::scorecard::Scorecard;
    #[pymodule_export]
    use crate::synth::{synth, synth_file, synth_registers};
    #[pymodule_export]
    use crate::table::{Table, write_parquet};
    #[pymodule_export]
    use crate::tally::{Tally, TallyReader, merge_tallies};
    #[pymodule_export]
    use crate::verdicts::{VerdictStream, judge};
    #[pymodule_export]
    use crate::words::{alphabet_key, singular};
}
