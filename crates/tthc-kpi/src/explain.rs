//! Explaining a figure in words: definition, clauses, numbers, what was left out, rules, cut.

use std::fmt::Write as _;

use crate::accounting::Uniqueness;
use crate::english::singular;
use crate::error::Error;
use crate::fact::Fact;
use crate::instant::Day;
use crate::measure::{Measure, Unit};
use crate::outcome::{IndicatorResult, ResultStatus};
use crate::policy::Text;
use crate::reason_words::{aside_because, reason_words};
use crate::register::RegisterRef;
use crate::scorecard::{Group, Scorecard};
use crate::slug::slugs;

slugs! {
    /// Ngôn ngữ.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Language;
    /// assert_eq!("vi".parse::<Language>()?, Language::Vi);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Language as "language" {
        /// Tiếng Việt.
        Vi = "vi",
        /// English.
        En = "en",
    }
}

impl Text {
    /// The sentence in a language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

impl Measure {
    /// Names of the policy rules that can move the measure.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Measure, Policy};
    /// assert!(Measure::Satisfaction.rules().contains(&"satisfied_from"));
    /// assert!(Measure::OnTime.rules().iter().all(|rule| Policy::RULES.contains(rule)));
    /// ```
    pub const fn rules(self) -> &'static [&'static str] {
        const TIMING: &[&str] = &[
            "comparison",
            "on_time_base",
            "missing_due",
            "supplement",
            "late_after_supplements",
            "waiting",
            "stopped",
            "withdrawn",
            "due_on_day_off",
            "period_rule",
        ];
        const EARLY: &[&str] = &[
            "comparison",
            "early_base",
            "early_by",
            "missing_due",
            "supplement",
            "late_after_supplements",
            "waiting",
            "stopped",
            "withdrawn",
            "due_on_day_off",
            "period_rule",
        ];
        const OVERDUE: &[&str] = &[
            "comparison",
            "missing_due",
            "supplement",
            "waiting",
            "stopped",
            "withdrawn",
            "due_on_day_off",
            "period_rule",
        ];
        match self {
            Measure::OnTime => TIMING,
            Measure::Early => EARLY,
            Measure::Apologies | Measure::Explanations => OVERDUE,
            Measure::OnlinePayments => &["online_payment", "withdrawn", "period_rule"],
            Measure::Satisfaction => &["satisfied_from", "stopped", "withdrawn", "period_rule"],
            _ if self.register().is_some() => crate::register::rules(self),
            _ => &["stopped", "withdrawn", "period_rule"],
        }
    }
}

/// Status in words.
impl ResultStatus {
    /// The conclusion in a language.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Language, ResultStatus};
    /// assert_eq!(ResultStatus::Met.words(Language::Vi), "đạt");
    /// ```
    pub const fn words(self, language: Language) -> &'static str {
        match (self, language) {
            (ResultStatus::Met, Language::Vi) => "đạt",
            (ResultStatus::Met, Language::En) => "met",
            (ResultStatus::Missed, Language::Vi) => "chưa đạt",
            (ResultStatus::Missed, Language::En) => "missed",
            (ResultStatus::NotApplicable, Language::Vi) => "không có trường hợp",
            (ResultStatus::NotApplicable, Language::En) => "no cases",
            (ResultStatus::NoData, Language::Vi) => "thiếu dữ liệu",
            (ResultStatus::NoData, Language::En) => "no data",
        }
    }
}

/// Chooses the sentence of a language.
macro_rules! say {
    ($out:expr, $language:expr, $vi:literal, $en:literal $(, $arg:expr)* $(,)?) => {
        // Writing to a String cannot fail.
        let _ = match $language {
            Language::Vi => writeln!($out, $vi $(, $arg)*),
            Language::En => writeln!($out, $en $(, $arg)*),
        };
    };
}

impl Scorecard {
    /// Giải trình một con số: the total's figure of an indicator, explained.
    ///
    /// # Errors
    /// [`Error::UnknownName`] when the plan has no such indicator.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, Language, Plan, Query};
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// let query = Query::new(&plan).period("2026".parse()?).check()?;
    /// let card = query.scorecard(&[Dossier::received("2026-01-05".parse()?)])?;
    /// assert!(card.explain("on_time_rate", Language::Vi)?.contains("II.2"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn explain(&self, indicator: &str, language: Language) -> Result<String, Error> {
        let result = self.result(indicator)?;
        let mut out = String::new();
        say!(out, language, "{} ({})", "{} ({})", result.name.get(language), result.indicator);
        say!(out, language, "Cách tính: {}", "Definition: {}", result.definition.get(language));
        if let Some(filter) = &result.filter {
            say!(out, language, "Chỉ tính lĩnh vực: {}", "Only fields of: {}", filter.get(language));
        }
        say!(
            out,
            language,
            "Chỉ tiêu: {} {} %",
            "Target: {} {} %",
            result.target_op,
            number(result.target, language)
        );
        for clause in result.clauses.iter() {
            say!(out, language, "Căn cứ {}: «{}»", "Clause {}: «{}»", clause.clause, clause.text);
            if let Some(note) = &clause.note {
                say!(out, language, "  Ghi chú: {}", "  Note: {}", note.get(language));
            }
        }
        figures(&mut out, result, language);
        self.timing_of(&mut out, result, language);
        let of_dossiers = result.measure.register().is_none() || self.joins(result);
        if of_dossiers {
            self.left_out(&mut out, language);
        }
        self.registers_of(&mut out, result, language);
        say!(
            out,
            language,
            "Kỳ tính: {} đến {}, chốt {}",
            "Period: {} to {}, cut {}",
            day(self.query.start, language),
            day(self.query.end, language),
            day(self.query.cut, language)
        );
        if !result.measure.rules().is_empty() {
            say!(
                out,
                language,
                "Quy tắc áp dụng (bộ {} phiên bản {}):",
                "Rules applied (profile {} version {}):",
                self.policy.profile,
                self.policy.profile_version
            );
        }
        for rule in
            self.policy.rules.iter().filter(|rule| result.measure.rules().contains(&rule.rule.as_str()))
        {
            let meaning = match language {
                Language::Vi => &rule.vi,
                Language::En => &rule.en,
            };
            let own = match (rule.overridden, language) {
                (false, _) => "",
                (true, Language::Vi) => " (người dùng chọn)",
                (true, Language::En) => " (chosen by the caller)",
            };
            say!(out, language, "  {} = {}: {}{}", "  {} = {}: {}{}", rule.rule, rule.value, meaning, own);
        }
        for note in &self.policy.notes {
            say!(out, language, "  Khác biệt đã biết: {}", "  Known difference: {}", note.get(language));
        }
        say!(
            out,
            language,
            "Lịch làm việc: {} ({}–{})",
            "Work calendar: {} ({}–{})",
            self.calendar.version,
            self.calendar.first_year,
            self.calendar.last_year
        );
        // Warnings are of dossiers.
        for note in self.warnings.iter().filter(|_| of_dossiers).chain(&result.notes) {
            say!(out, language, "Lưu ý: {}", "Warning: {}", note.text.get(language));
        }
        Ok(in_number(out, language))
    }

    /// Con số của một chỉ tiêu từ đâu ra: the part of [`Scorecard::explain`] that is its own: the figures, the
    /// registers, notes. Definitions, clauses, rows, rules and warnings, which indicators share, are not there.
    ///
    /// # Errors
    /// [`Error::UnknownName`] when the plan has no such indicator.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, Language, Plan, Query};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let card = query.scorecard(&[Dossier::received("2026-01-05".parse()?)])?;
    /// let told = card.explain_figure("on_time_rate", Language::En)?;
    /// assert!(told.starts_with("Result: no cases") && !told.contains("II.2"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn explain_figure(&self, indicator: &str, language: Language) -> Result<String, Error> {
        let result = self.result(indicator)?;
        let mut out = String::new();
        figures(&mut out, result, language);
        self.timing_of(&mut out, result, language);
        self.registers_of(&mut out, result, language);
        for note in &result.notes {
            say!(out, language, "Lưu ý: {}", "Warning: {}", note.text.get(language));
        }
        Ok(in_number(out, language))
    }

    fn timing_of(&self, out: &mut String, result: &IndicatorResult, language: Language) {
        if result.unit == Unit::Dossiers && result.measure.pending().is_some() {
            timing(out, &self.total, language);
        }
    }

    /// Whether an indicator of a register looks at dossiers too.
    fn joins(&self, result: &IndicatorResult) -> bool {
        let weighted = ("reduction_base", "weighted");
        let weighted =
            self.policy.rules.iter().any(|rule| (rule.rule.as_str(), rule.value.as_str()) == weighted);
        match result.measure {
            Measure::TimeReduction | Measure::CostReduction => weighted,
            measure => measure.joins_procedures(),
        }
    }

    fn registers_of(&self, out: &mut String, result: &IndicatorResult, language: Language) {
        let register = result.measure.register();
        for used in self.registers.iter().filter(|used| Some(used.register) == register) {
            of_register(out, used, &result.indicator, self.joins(result), language);
        }
    }

    fn left_out(&self, out: &mut String, language: Language) {
        let rows = &self.accounting;
        say!(
            out,
            language,
            "Dòng dữ liệu: đọc {} = dùng {} + ngoài kỳ {} + loại {} + để riêng {}",
            "Rows: read {} = used {} + outside the window {} + excluded {} + set aside {}",
            number(rows.read, language),
            number(rows.used, language),
            number(rows.outside, language),
            number(rows.excluded.values().fold(0u64, |sum, count| sum.saturating_add(*count)), language),
            number(rows.set_aside.values().fold(0u64, |sum, count| sum.saturating_add(*count)), language)
        );
        for (slug, count) in &rows.excluded {
            say!(
                out,
                language,
                "  loại, {}: {}",
                "  excluded, {}: {}",
                reason_words(slug.slug(), language),
                number(count, language)
            );
        }
        for (slug, count) in &rows.set_aside {
            say!(
                out,
                language,
                "  để riêng, {}: {}",
                "  set aside, {}: {}",
                reason_words(slug, language),
                number(count, language)
            );
        }
        match self.data.uniqueness {
            Uniqueness::Checked => {
                say!(out, language, "Mã hồ sơ: đã kiểm tra trùng", "Dossier ids: checked for duplicates");
            }
            Uniqueness::Assumed => {
                say!(
                    out,
                    language,
                    "Mã hồ sơ: coi là không trùng, chưa kiểm tra",
                    "Dossier ids: assumed unique"
                );
            }
        }
    }
}

/// A text in which English of one is told as of one.
fn in_number(text: String, language: Language) -> String {
    match language {
        Language::Vi => text,
        Language::En => singular(&text),
    }
}

fn figures(out: &mut String, result: &IndicatorResult, language: Language) {
    let status = result.status.words(language);
    match result.percent {
        Some(percent) => {
            say!(
                out,
                language,
                "Kết quả: {}/{} = {} %: {}",
                "Result: {}/{} = {} %: {}",
                number(result.numerator, language),
                number(result.denominator, language),
                number(percent, language),
                status
            );
        }
        None => {
            say!(out, language, "Kết quả: {}", "Result: {}", status);
        }
    }
    if let Some(document) = &result.declaration {
        say!(
            out,
            language,
            "Số tự khai theo {}, ngày {}; không phải số tính từ dữ liệu",
            "Declared by {} of {}; not computed from data",
            document.source,
            day(document.date, language)
        );
    }
    if !result.missing_columns.is_empty() {
        let titles: Vec<&str> = result.missing_columns.iter().map(|lacking| lacking.title()).collect();
        let slugs: Vec<String> = result.missing_columns.iter().map(ToString::to_string).collect();
        say!(
            out,
            language,
            "Thiếu, hoặc không có giá trị nào: {} ({})",
            "Missing or all unknown: {} ({})",
            titles.join(", "),
            slugs.join(", ")
        );
    }
    if result.unknown > 0 {
        say!(
            out,
            language,
            "Không rõ, không tính vào mẫu số: {}",
            "Unknown, not in the denominator: {}",
            number(result.unknown, language)
        );
    }
    match result.cases_needed {
        Some(0) | None => {}
        Some(needed) => {
            say!(
                out,
                language,
                "Cần thêm {} trường hợp đạt liên tiếp để đạt chỉ tiêu",
                "{} further successes in a row would reach the target",
                number(needed, language)
            );
        }
    }
    if let (Some(best), Some(worst)) = (&result.best_case, &result.worst_case) {
        say!(
            out,
            language,
            "Khi xong các hồ sơ đang mở: tốt nhất {}/{}, xấu nhất {}/{}",
            "Once the open dossiers end: best {}/{}, worst {}/{}",
            number(best.numerator, language),
            number(best.denominator, language),
            number(worst.numerator, language),
            number(worst.denominator, language)
        );
    }
    if let Some(response) = &result.response {
        say!(
            out,
            language,
            "Số hồ sơ có phiếu đánh giá: {}/{}",
            "Dossiers rated: {}/{}",
            number(response.answered, language),
            number(response.of, language)
        );
    }
    if let Some(interval) = &result.wilson {
        say!(
            out,
            language,
            "Khoảng tin cậy Wilson 95 %: {} % đến {} %",
            "95 % Wilson interval: {} % to {} %",
            number(interval.low, language),
            number(interval.high, language)
        );
    }
}

/// Where a register came from, and where its rows went.
fn of_register(
    out: &mut String,
    used: &RegisterRef,
    indicator: &str,
    joins_dossiers: bool,
    language: Language,
) {
    let title = match language {
        Language::Vi => used.register.title(),
        Language::En => used.register.title_en(),
    };
    let sheet = used.sheet.as_ref().map(|sheet| format!(", sheet {sheet}")).unwrap_or_default();
    let aside = used.set_aside.values().fold(0u64, |sum, count| sum.saturating_add(*count));
    say!(
        out,
        language,
        "{}: {}{}; đọc {} = dùng {} + ngoài kỳ {} + để riêng {}",
        "{}: {}{}; rows read {} = used {} + outside {} + set aside {}",
        title,
        used.source,
        sheet,
        number(used.read, language),
        number(used.used, language),
        number(used.outside, language),
        number(aside, language)
    );
    for (slug, count) in &used.set_aside {
        say!(
            out,
            language,
            "  để riêng, {}: {}",
            "  set aside, {}: {}",
            aside_because(used.register, slug, language),
            number(count, language)
        );
    }
    for silenced in used.silenced.iter().filter(|of| of.indicators.iter().any(|id| id == indicator)) {
        let column = match language {
            Language::Vi => silenced.column.title(),
            Language::En => silenced.column.name(),
        };
        say!(out, language, "  thiếu cột {}", "  lacks the column {}", column);
    }
    if joins_dossiers && !used.codes_not_listed.is_empty() {
        let codes = used.codes_not_listed.iter();
        let codes: Vec<String> = codes.map(|(code, received)| format!("{code} ({received})")).collect();
        say!(
            out,
            language,
            "  {} mã thủ tục của hồ sơ không có trong danh mục (số hồ sơ tiếp nhận): {}",
            "  {} procedure codes of dossiers are not in the register (dossiers received): {}",
            codes.len(),
            codes.join(", ")
        );
    }
    for note in &used.notes {
        say!(out, language, "  Lưu ý: {}", "  Warning: {}", note.text.get(language));
    }
}

fn timing(out: &mut String, group: &Group, language: Language) {
    say!(
        out,
        language,
        "Đã giải quyết {}: trước hạn {}, đúng hạn {}, quá hạn {}; đang giải quyết {}: trong hạn {}, quá hạn {}; không rõ ngày kết thúc {}",
        "Resolved {}: early {}, on the due day {}, late {}; open {}: in time {}, overdue {}; end unknown {}",
        number(group.fact(Fact::Resolved), language),
        number(group.fact(Fact::Early), language),
        number(group.fact(Fact::OnDueDay), language),
        number(group.fact(Fact::Late), language),
        number(group.fact(Fact::Open), language),
        number(group.fact(Fact::OpenInTime), language),
        number(group.fact(Fact::OpenOverdue), language),
        number(group.fact(Fact::EndUnknown), language)
    );
}

pub(crate) fn day(day: Day, language: Language) -> String {
    match language {
        Language::Vi => day.vietnamese(),
        Language::En => day.to_string(),
    }
}

/// A number as the language writes it: 1.234,5 or 1,234.5.
pub(crate) fn number(value: impl std::fmt::Display, language: Language) -> String {
    let text = value.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let (thousands, comma) = match language {
        Language::Vi => ('.', ','),
        Language::En => (',', '.'),
    };
    let mut out = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(thousands);
        }
        out.push(digit);
    }
    if !part.is_empty() {
        out.push(comma);
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_language_does() {
        assert_eq!(number("1234567.5", Language::Vi), "1.234.567,5");
        assert_eq!(number("-123", Language::Vi), "-123");
        assert_eq!(number(2678, Language::En), "2,678");
    }
}
