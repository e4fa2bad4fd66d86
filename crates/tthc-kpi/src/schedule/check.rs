//! What a schedule must be, read from TOML or from a saved plan alike: each fault with its place.

use std::collections::BTreeSet;

use super::{Cadence, PlanUnit, Remarks, ScheduleParts, Section, months};
use crate::period::{Bucket, PeriodRule};
use crate::policy::Text;
use crate::slug::UnknownName;
use crate::toml_reader::{ends_before, lacks_any, twice};

/// One step towards a place: a key of a table, or an item of an array.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Key(&'static str),
    Item(usize),
}

/// Something wrong with a schedule, and where.
#[derive(Debug)]
pub(super) struct Fault {
    pub path: Vec<Step>,
    pub message: Text,
}

use Step::{Item, Key};

/// Every fault of a schedule. A text that is needed and empty is no fault here: it is said where it is
/// read.
pub(super) fn faults(parts: &ScheduleParts) -> Vec<Fault> {
    let mut check = Check { parts, faults: Vec::new() };
    check.units();
    check.appendices();
    check.sections("sections", &parts.sections);
    check.tasks();
    check.provisions();
    check.milestones();
    check.sections("review_sections", &parts.review_sections);
    check.review_groups();
    let duties = parts.body.iter().map(|clause| clause.duty.as_ref().map_or("", |duty| duty.id.as_str()));
    check.ids("body", "duty", duties);
    for (at, clause) in parts.body.iter().enumerate() {
        if clause.duty.is_some() && months(parts).is_empty() {
            check.add(&[Key("body"), Item(at), Key("duty")], needs_days("việc hằng tháng", "a monthly duty"));
        }
        check.remarks("body", at, &clause.remarks, &[("text", Some(clause.text.clone()))]);
    }
    check.faults
}

/// What is of every month needs to know which months.
fn needs_days(vi: &str, en: &str) -> Text {
    Text::new(
        format!("{vi} cần \"effective_from\" và \"effective_to\" của kế hoạch, trong các năm 2000 đến 2100"),
        format!("{en} needs the plan's \"effective_from\" and \"effective_to\", in the years 2000 to 2100"),
    )
}

struct Check<'p> {
    parts: &'p ScheduleParts,
    faults: Vec<Fault>,
}

impl<'p> Check<'p> {
    fn add(&mut self, path: &[Step], message: Text) {
        self.faults.push(Fault { path: path.to_vec(), message });
    }

    fn units(&mut self) {
        let units = &self.parts.units;
        self.ids("units", "unit", units.iter().map(|unit| unit.id.as_str()));
        let mut seen = BTreeSet::new();
        for (at, unit) in units.iter().enumerate() {
            let named = std::iter::once((&unit.name, vec![Key("units"), Item(at), Key("name")]));
            let others = unit
                .aliases
                .iter()
                .enumerate()
                .map(|(alias, name)| (name, vec![Key("units"), Item(at), Key("aliases"), Item(alias)]));
            for (name, path) in named.chain(others).filter(|(name, _)| !name.is_empty()) {
                if !seen.insert(name) {
                    let told = Text::new(
                        format!("tên đơn vị {name:?} có hai lần: mỗi tên của một đơn vị"),
                        format!("the unit name {name:?} is there twice: expected one unit for it"),
                    );
                    self.add(&path, told);
                }
            }
            self.remarks("units", at, &unit.remarks, &unit.fields());
        }
    }

    fn appendices(&mut self) {
        let appendices = &self.parts.appendices;
        self.ids("appendices", "appendix", appendices.iter().map(|appendix| appendix.id.as_str()));
        for (at, appendix) in appendices.iter().enumerate() {
            self.remarks("appendices", at, &appendix.remarks, &appendix.fields());
        }
    }

    fn sections(&mut self, table: &'static str, sections: &'p [Section]) {
        self.ids(table, "section", sections.iter().map(|section| section.id.as_str()));
        for (at, section) in sections.iter().enumerate() {
            if let Some(parent) = &section.parent {
                // Of those before it, so that no section is its own ancestor.
                self.section(&[Key(table), Item(at), Key("parent")], parent, sections.get(..at));
            }
            self.remarks(table, at, &section.remarks, &[("title", Some(section.title.clone()))]);
        }
    }

    fn tasks(&mut self) {
        let tasks = &self.parts.tasks;
        self.ids("tasks", "task", tasks.iter().map(|task| task.id.as_str()));
        for (at, task) in tasks.iter().enumerate() {
            let path = [Key("tasks"), Item(at)];
            self.id_has_no_slash(&path, &task.id);
            self.section(&[&path[..], &[Key("section")]].concat(), &task.section, Some(&self.parts.sections));
            self.lead(&path, "a task", &task.lead);
            self.known_units(&path, "partners", &task.partners);
            if task.lines.is_empty() {
                let path = [&path[..], &[Key("lines")]].concat();
                let told = Text::new(
                    "nhiệm vụ không có dòng nào: cần ít nhất một [[tasks.lines]], hoặc bỏ hẳn \"lines\"",
                    "a task has no lines: expected at least one [[tasks.lines]], or none of them at all",
                );
                self.add(&path, told);
            }
            for (line, of) in task.lines.iter().enumerate() {
                let path = [&path[..], &[Key("lines"), Item(line), Key("cadence")]].concat();
                self.cadence(&path, of.cadence);
            }
            self.remarks("tasks", at, &task.remarks, &task.fields());
        }
    }

    fn cadence(&mut self, path: &[Step], cadence: Cadence) {
        let at = |key| [path, &[Key(key)]].concat();
        match cadence {
            Cadence::Range { from, to } if to < from => {
                self.add(&at("to"), ends_before(Text::new("việc", "it"), from, to));
            }
            Cadence::Quarter { quarter } => {
                let rule = PeriodRule::Calendar;
                if Bucket::Quarter.period_of(quarter.days(rule).0, rule) != Some(quarter) {
                    let told = Text::new(
                        format!("{quarter} không phải một quý: viết như 2026-Q4"),
                        format!("{quarter} is not a quarter: expected one such as 2026-Q4"),
                    );
                    self.add(&at("quarter"), told);
                }
            }
            Cadence::Monthly if months(self.parts).is_empty() => {
                self.add(path, needs_days("nhiệm vụ hằng tháng", "a monthly task"));
            }
            _ => {}
        }
    }

    fn provisions(&mut self) {
        let provisions = &self.parts.provisions;
        self.ids("provisions", "provision", provisions.iter().map(|provision| provision.id.as_str()));
        for (at, provision) in provisions.iter().enumerate() {
            if provision.title.is_none() && provision.text.is_none() {
                let told = Text::new(
                    "nội dung rà soát thiếu cả \"title\" và \"text\"",
                    "a provision lacks both \"title\" and \"text\"",
                );
                self.add(&[Key("provisions"), Item(at)], told);
            }
            self.remarks("provisions", at, &provision.remarks, &provision.fields());
        }
    }

    fn milestones(&mut self) {
        let milestones = &self.parts.milestones;
        self.ids("milestones", "milestone", milestones.iter().map(|milestone| milestone.id.as_str()));
        for (at, milestone) in milestones.iter().enumerate() {
            let path = [Key("milestones"), Item(at)];
            self.id_has_no_slash(&path, &milestone.id);
            self.known_units(&path, "lead", &milestone.lead);
            self.known_units(&path, "to", &milestone.to);
            self.remarks("milestones", at, &milestone.remarks, &milestone.fields());
        }
    }

    fn review_groups(&mut self) {
        let groups = &self.parts.review_groups;
        self.ids("review_groups", "review group", groups.iter().map(|group| group.id.as_str()));
        for (at, group) in groups.iter().enumerate() {
            let path = [Key("review_groups"), Item(at)];
            self.id_has_no_slash(&path, &group.id);
            let known = Some(&*self.parts.review_sections);
            self.section(&[&path[..], &[Key("section")]].concat(), &group.section, known);
            self.lead(&path, "a review group", &group.lead);
            self.known_units(&path, "partners", &group.partners);
            if group.to < group.from {
                let told = ends_before(Text::new("việc", "it"), group.from, group.to);
                self.add(&[&path[..], &[Key("to")]].concat(), told);
            }
            self.remarks("review_groups", at, &group.remarks, &group.fields());
        }
    }

    /// Ids are unique.
    fn ids<'a>(&mut self, table: &'static str, what: &str, ids: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for (at, id) in ids.enumerate() {
            if !id.is_empty() && !seen.insert(id) {
                self.add(&[Key(table), Item(at), Key("id")], twice(what, id));
            }
        }
    }

    /// The slash tells the lines and months of one task apart.
    fn id_has_no_slash(&mut self, path: &[Step], id: &str) {
        if id.contains('/') {
            let told = Text::new(
                format!("mã {id:?} có dấu \"/\": viết mã không có dấu này"),
                format!("the id {id:?} holds \"/\": expected one without"),
            );
            self.add(&[path, &[Key("id")]].concat(), told);
        }
    }

    fn section(&mut self, path: &[Step], id: &str, known: Option<&[Section]>) {
        let ids = || known.unwrap_or_default().iter().map(|section| section.id.as_str());
        if !id.is_empty() && !ids().any(|known| known == id) {
            self.add(path, UnknownName::new("section", id, ids()).told());
        }
    }

    fn lead(&mut self, path: &[Step], what: &str, lead: &[String]) {
        if lead.is_empty() {
            let expected = Text::new("mã của ít nhất một đơn vị", "the id of at least one unit");
            self.add(path, lacks_any(what, "lead", &expected));
        }
        self.known_units(path, "lead", lead);
    }

    /// The ids name units, none twice.
    fn known_units(&mut self, path: &[Step], key: &'static str, ids: &[String]) {
        let units: &'p [PlanUnit] = &self.parts.units;
        let known = || units.iter().map(|unit| unit.id.as_str());
        let mut seen = BTreeSet::new();
        for (at, id) in ids.iter().enumerate() {
            let path = [path, &[Key(key), Item(at)]].concat();
            if !known().any(|known| known == id) {
                self.add(&path, UnknownName::new("unit", id, known()).told());
            } else if !seen.insert(id) {
                let told =
                    Text::new(format!("đơn vị {id:?} có hai lần"), format!("the unit {id:?} is there twice"));
                self.add(&path, told);
            }
        }
    }

    fn remarks(
        &mut self,
        table: &'static str,
        at: usize,
        remarks: &Remarks,
        fields: &[(&str, Option<String>)],
    ) {
        for (number, correction) in remarks.corrections.iter().enumerate() {
            if let Some((key, message)) = correction.fault(fields) {
                self.add(&[Key(table), Item(at), Key("corrections"), Item(number), Key(key)], message);
            }
        }
    }
}
