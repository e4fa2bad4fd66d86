//! Explaining a figure in words: definition, clauses, numbers, what was left out, rules, cut.

use std::fmt::Write as _;

use crate::error::Error;
use crate::fact::Fact;
use crate::instant::Day;
use crate::measure::{Measure, Unit};
use crate::outcome::{IndicatorResult, Standing};
use crate::policy::Text;
use crate::scorecard::{Group, Scorecard};
use crate::slug::slugs;
use crate::tally::Uniqueness;

slugs! {
    /// Ngôn ngữ.
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
            _ => &["stopped", "withdrawn", "period_rule"],
        }
    }
}

/// Status in words.
impl Standing {
    /// The conclusion in a language.
    pub const fn words(self, language: Language) -> &'static str {
        match (self, language) {
            (Standing::Met, Language::Vi) => "đạt",
            (Standing::Met, Language::En) => "met",
            (Standing::Missed, Language::Vi) => "chưa đạt",
            (Standing::Missed, Language::En) => "missed",
            (Standing::NotApplicable, Language::Vi) => "không có trường hợp",
            (Standing::NotApplicable, Language::En) => "no cases",
            (Standing::NoData, Language::Vi) => "thiếu dữ liệu",
            (Standing::NoData, Language::En) => "no data",
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
        say!(out, language, "Chỉ tiêu: {} {} %", "Target: {} {} %", result.target_op, result.target);
        for clause in &result.clauses {
            say!(out, language, "Căn cứ {}: «{}»", "Clause {}: «{}»", clause.clause, clause.text);
            if let Some(note) = &clause.note {
                say!(out, language, "  Ghi chú: {}", "  Note: {}", note.get(language));
            }
        }
        figures(&mut out, result, language);
        if result.unit == Unit::Dossiers && result.measure.pending().is_some() {
            timing(&mut out, &self.total, language);
        }
        self.left_out(&mut out, language);
        say!(
            out,
            language,
            "Kỳ tính: {} đến {}, chốt {}",
            "Period: {} to {}, cut {}",
            day(self.query.start, language),
            day(self.query.end, language),
            day(self.query.cut, language)
        );
        say!(
            out,
            language,
            "Quy tắc áp dụng (bộ {} phiên bản {}):",
            "Rules applied (profile {} version {}):",
            self.policy.profile,
            self.policy.profile_version
        );
        for rule in
            self.policy.rules.iter().filter(|rule| result.measure.rules().contains(&rule.rule.as_str()))
        {
            let meaning = match language {
                Language::Vi => &rule.vi,
                Language::En => &rule.en,
            };
            say!(out, language, "  {} = {}: {}", "  {} = {}: {}", rule.rule, rule.value, meaning);
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
        for note in self.warnings.iter().chain(&result.notes) {
            say!(out, language, "Lưu ý: {}", "Warning: {}", note.text.get(language));
        }
        Ok(out)
    }

    fn left_out(&self, out: &mut String, language: Language) {
        let rows = &self.accounting;
        say!(
            out,
            language,
            "Dòng dữ liệu: đọc {} = dùng {} + ngoài kỳ {} + loại {} + để riêng {}",
            "Rows: read {} = used {} + outside the window {} + excluded {} + set aside {}",
            rows.read,
            rows.used,
            rows.outside,
            rows.excluded.values().fold(0u64, |sum, count| sum.saturating_add(*count)),
            rows.set_aside.values().fold(0u64, |sum, count| sum.saturating_add(*count))
        );
        for (reason, count) in &rows.excluded {
            say!(out, language, "  loại {}: {}", "  excluded {}: {}", reason, count);
        }
        for (reason, count) in &rows.set_aside {
            say!(out, language, "  để riêng {}: {}", "  set aside {}: {}", reason, count);
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

fn figures(out: &mut String, result: &IndicatorResult, language: Language) {
    let status = result.status.words(language);
    match result.percent {
        Some(percent) => {
            say!(
                out,
                language,
                "Kết quả: {}/{} = {} %: {}",
                "Result: {}/{} = {} %: {}",
                result.numerator,
                result.denominator,
                percent,
                status
            );
        }
        None => {
            say!(out, language, "Kết quả: {}", "Result: {}", status);
        }
    }
    if !result.missing_columns.is_empty() {
        let titles: Vec<&str> = result.missing_columns.iter().map(|column| column.title()).collect();
        let slugs: Vec<&str> = result.missing_columns.iter().map(|column| column.slug()).collect();
        say!(
            out,
            language,
            "Cột thiếu hoặc không có giá trị nào: {} ({})",
            "Columns missing or all unknown: {} ({})",
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
            result.unknown
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
                needed
            );
        }
    }
    if let (Some(best), Some(worst)) = (&result.best_case, &result.worst_case) {
        say!(
            out,
            language,
            "Khi xong các hồ sơ đang mở: tốt nhất {}/{}, xấu nhất {}/{}",
            "Once the open dossiers end: best {}/{}, worst {}/{}",
            best.numerator,
            best.denominator,
            worst.numerator,
            worst.denominator
        );
    }
    if let Some(response) = &result.response {
        say!(
            out,
            language,
            "Số hồ sơ có phiếu đánh giá: {}/{}",
            "Dossiers rated: {}/{}",
            response.answered,
            response.of
        );
    }
    if let Some(interval) = &result.wilson {
        say!(
            out,
            language,
            "Khoảng tin cậy Wilson 95 %: {} % đến {} %",
            "95 % Wilson interval: {} % to {} %",
            interval.low,
            interval.high
        );
    }
}

fn timing(out: &mut String, group: &Group, language: Language) {
    say!(
        out,
        language,
        "Đã giải quyết {}: trước hạn {}, đúng hạn {}, quá hạn {}; đang giải quyết {}: trong hạn {}, quá hạn {}; không rõ ngày kết thúc {}",
        "Resolved {}: early {}, on the due day {}, late {}; open {}: in time {}, overdue {}; end unknown {}",
        group.fact(Fact::Resolved),
        group.fact(Fact::Early),
        group.fact(Fact::OnDueDay),
        group.fact(Fact::Late),
        group.fact(Fact::Open),
        group.fact(Fact::OpenInTime),
        group.fact(Fact::OpenOverdue),
        group.fact(Fact::EndUnknown)
    );
}

fn day(day: Day, language: Language) -> String {
    match language {
        Language::Vi => day.date().format("%d/%m/%Y").to_string(),
        Language::En => day.to_string(),
    }
}
