//! A plan that extends another: what it takes over, what it changes, and where it asks for less.

use super::{FieldGroup, Indicator, Plan};
use crate::policy::Text;
use crate::slug::UnknownName;
use crate::target::{Target, TargetOp};
use crate::toml_reader::{Problems, Value, text_of};

/// Field groups and indicators in the making: the parent's first, in its order.
pub(super) struct Parts<'p> {
    parent: Option<&'p Plan>,
    /// It extends a plan that cannot be had, which has been told: what it lacks may be there.
    pub lost: bool,
    pub groups: Vec<FieldGroup>,
    pub indicators: Vec<Indicator>,
}

impl<'p> Parts<'p> {
    pub fn of(parent: Option<&'p Plan>, lost: bool) -> Self {
        Parts {
            parent,
            lost,
            groups: parent.map(|parent| parent.field_groups().to_vec()).unwrap_or_default(),
            indicators: parent.map(|parent| parent.indicators().to_vec()).unwrap_or_default(),
        }
    }

    /// The parent's indicator of an id, unless it is left out.
    pub fn inherited(&self, id: &str) -> Option<&'p Indicator> {
        let kept = self.indicators.iter().any(|indicator| indicator.id == id);
        self.parent?.indicators().iter().find(|indicator| indicator.id == id).filter(|_| kept)
    }

    /// A field group, in the place of the parent's of that id.
    pub fn put_group(&mut self, group: Option<FieldGroup>) {
        let Some(group) = group else { return };
        match self.groups.iter_mut().find(|known| known.id == group.id) {
            Some(known) => *known = group,
            None => self.groups.push(group),
        }
    }

    /// An indicator, in the place of the parent's of that id. A target that asks for less is told.
    pub fn put_indicator(
        &mut self,
        indicator: Option<Indicator>,
        value: Value<'_, '_>,
        warnings: &mut Problems<'_>,
    ) {
        let Some(indicator) = indicator else { return };
        if let (Some(parent), Some(base)) = (self.parent, self.inherited(&indicator.id))
            && weaker(indicator.target, base.target)
        {
            let (id, own, theirs, of) = (&indicator.id, indicator.target, base.target, parent.id());
            let told = Text::new(
                format!("chỉ tiêu {id:?} đặt {own}, thấp hơn {theirs} của kế hoạch gốc {of:?}"),
                format!(
                    "indicator {id:?} asks for {own}, less than the {theirs} of the plan {of:?} it extends"
                ),
            );
            warnings.add(value.span(), told);
        }
        match self.indicators.iter_mut().find(|known| known.id == indicator.id) {
            Some(known) => *known = indicator,
            None => self.indicators.push(indicator),
        }
    }

    /// Leaves out an indicator of the parent.
    pub fn leave_out(
        &mut self,
        value: Value<'_, '_>,
        problems: &mut Problems<'_>,
        warnings: &mut Problems<'_>,
    ) {
        let Some(id) = text_of(value, "leave_out", problems) else { return };
        if self.lost {
            return;
        }
        let Some(parent) = self.parent else {
            let told = Text::new(
                "\"leave_out\" nêu chỉ tiêu của kế hoạch gốc: cần có \"extends\" cùng với nó",
                "\"leave_out\" names indicators of a plan that is extended: expected \"extends\" beside it",
            );
            problems.add(value.span(), told);
            return;
        };
        match self.indicators.iter().position(|indicator| indicator.id == id) {
            Some(place) => {
                self.indicators.remove(place);
                let of = parent.id();
                let told = Text::new(
                    format!("không dùng chỉ tiêu {id:?} của kế hoạch gốc {of:?}"),
                    format!("indicator {id:?} of the plan {of:?} is left out"),
                );
                warnings.add(value.span(), told);
            }
            None => {
                let known = self.indicators.iter().map(|indicator| indicator.id.as_str());
                problems.add(value.span(), UnknownName::new("indicator", &id, known).told());
            }
        }
    }
}

/// Whether a target is met by rates that another is not met by, when more is better.
fn weaker(target: Target, than: Target) -> bool {
    let above = |target: Target| target.op == TargetOp::Above;
    target.percent < than.percent || target.percent == than.percent && !above(target) && above(than)
}
