//! A row of an index in words.

use std::fmt::Write;

use crate::certainty::{Aspect, Certainty};
use crate::error::Error;
use crate::explain::{Language, day, number};
use crate::index::{CountsSource, Index, IndexRow};
use crate::scheme_row::{Formula, ZeroRule};

impl Certainty {
    /// The certainty in words.
    pub const fn words(self, language: Language) -> &'static str {
        match (self, language) {
            (Certainty::Unverified, Language::Vi) => "chưa kiểm chứng",
            (Certainty::Unverified, Language::En) => "unverified",
            (Certainty::Read, Language::Vi) => "đã đọc trong văn bản",
            (Certainty::Read, Language::En) => "read in a text",
            (Certainty::Reproduced, Language::Vi) => "đã tái lập từ số liệu Cổng",
            (Certainty::Reproduced, Language::En) => "reproduced from the portal's figures",
        }
    }
}

impl Aspect {
    /// The aspect in words.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Aspect, Language};
    /// assert_eq!(Aspect::Cap.words(Language::Vi), "mức đạt điểm tối đa");
    /// ```
    pub const fn words(self, language: Language) -> &'static str {
        let (vi, en) = match self {
            Aspect::Definition => ("định nghĩa", "definition"),
            Aspect::Maximum => ("điểm tối đa", "maximum"),
            Aspect::Scope => ("phạm vi", "scope"),
            Aspect::Threshold => ("hệ số điểm", "slope"),
            Aspect::Cap => ("mức đạt điểm tối đa", "cap"),
            Aspect::Zero => ("mẫu số 0", "denominator of 0"),
            Aspect::EffectiveFrom => ("ngày bắt đầu hiệu lực", "first day in force"),
            Aspect::EffectiveTo => ("ngày hết hiệu lực", "last day in force"),
            Aspect::PeriodRule => ("cách lấy kỳ", "period rule"),
            Aspect::Rounding => ("làm tròn", "rounding"),
            Aspect::NotApplicable => ("dòng không áp dụng", "rows that do not apply"),
        };
        match language {
            Language::Vi => vi,
            Language::En => en,
        }
    }
}

impl CountsSource {
    /// The source in words.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{CountsSource, Language};
    /// assert_eq!(CountsSource::Declared.words(Language::Vi), "tự khai");
    /// ```
    pub const fn words(self, language: Language) -> &'static str {
        match (self, language) {
            (CountsSource::Declared, Language::Vi) => "tự khai",
            (CountsSource::Declared, Language::En) => "declared",
            (CountsSource::Table, Language::Vi) => "bảng số đếm",
            (CountsSource::Table, Language::En) => "table of counts",
            (CountsSource::Register, Language::Vi) => "sổ đi kèm",
            (CountsSource::Register, Language::En) => "register",
            (CountsSource::Dossiers, Language::Vi) => "hồ sơ",
            (CountsSource::Dossiers, Language::En) => "dossiers",
        }
    }
}

/// A line in the language asked for. Writing to a String cannot fail.
macro_rules! say {
    ($out:expr, $language:expr, $vi:literal, $en:literal $(, $arg:expr)* $(,)?) => {
        let _ = match $language {
            Language::Vi => writeln!($out, $vi $(, $arg)*),
            Language::En => writeln!($out, $en $(, $arg)*),
        };
    };
}

impl Index {
    /// A row in words: what it counts, how its points follow, where its counts are from, how sure
    /// each of that is and by which source, and where sources differ.
    ///
    /// # Errors
    /// Those of [`Index::row`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{CountTable, IndexQuery, Language, Level, OfficeCounts, Scheme};
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// let counts = OfficeCounts::default().row(&scheme, "3.5a", 9, 36)?;
    /// let index = IndexQuery::new(&scheme).level(Level::Commune).counts(&CountTable::of(counts)).one()?;
    /// let text = index.explain("3.5a", Language::Vi)?;
    /// assert!(text.contains("min(2; 2 × 9/36 ÷ 0,80) = 0,63"));
    /// assert!(text.contains("mức đạt điểm tối đa: chưa kiểm chứng"));
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn explain(&self, row: &str, language: Language) -> Result<String, Error> {
        let row = self.row(row)?;
        let mut out = String::new();
        let _ = writeln!(out, "{} {} ({})", row.label(), row.name.get(language), row.id);
        if let Ok(group) = self.group(&row.group) {
            say!(out, language, "Nhóm: {}.", "Group: {}.", group.name.get(language));
        }
        say!(
            out,
            language,
            "Tính: {} / {}.",
            "Ratio: {} / {}.",
            row.numerator_of.get(language),
            row.denominator_of.get(language)
        );
        points(&mut out, row, language);
        if let Some(lack) = &row.lack {
            say!(out, language, "Thiếu: {}.", "Lacking: {}.", lack.text.get(language));
        }
        from(&mut out, row, language);
        say!(out, language, "Độ chắc chắn:", "Certainty:");
        for evidence in row.evidence.iter() {
            let title = self
                .sources
                .iter()
                .find(|source| source.id == evidence.source)
                .map_or(evidence.source.as_str(), |source| source.title.get(language));
            let place = evidence.place.as_ref().map_or_else(String::new, |place| format!(", {place}"));
            let note =
                evidence.note.as_ref().map_or_else(String::new, |note| format!(": {}", note.get(language)));
            let of: Vec<&str> = evidence.of.iter().map(|aspect| aspect.words(language)).collect();
            let _ = writeln!(
                out,
                "- {}: {} ({title}{place}){note}",
                of.join(", "),
                evidence.certainty.words(language)
            );
        }
        if !row.differences.is_empty() {
            say!(out, language, "Khác biệt:", "Differences:");
            for difference in row.differences.iter() {
                let _ = writeln!(out, "- {}", difference.get(language));
            }
        }
        Ok(out)
    }
}

fn points(out: &mut String, row: &IndexRow, language: Language) {
    let status = row.status.words(language);
    let maximum = row.maximum.map_or_else(|| "–".to_owned(), |points| number(points, language));
    let score = row.score.map_or_else(|| "–".to_owned(), |points| number(points, language));
    match (row.formula, row.numerator, row.denominator) {
        (Formula::Proportional { .. }, _, Some(0)) => {
            let rule = match (row.zero, language) {
                (Some(ZeroRule::Zero), Language::Vi) => "0 điểm",
                (Some(ZeroRule::Zero), Language::En) => "no points",
                (Some(ZeroRule::Full), Language::Vi) => "đủ điểm",
                (Some(ZeroRule::Full), Language::En) => "the maximum",
                (_, Language::Vi) => "không cho điểm, điểm tối đa của nhóm giữ nguyên",
                (_, Language::En) => "no score, the maximum of the group stays",
            };
            say!(
                out,
                language,
                "Mẫu số 0: {}. Điểm: {} trên {} ({}).",
                "Denominator 0: {}. Points: {} of {} ({}).",
                rule,
                score,
                maximum,
                status
            );
        }
        (Formula::Proportional { threshold }, Some(n), Some(d)) if row.score.is_some() => {
            let mark = if language == Language::Vi { ';' } else { ',' };
            let share = format!("{}/{}", number(n, language), number(d, language));
            let threshold = number(threshold, language);
            say!(
                out,
                language,
                "Điểm: min({maximum}{mark} {maximum} × {} ÷ {}) = {}.",
                "Points: min({maximum}{mark} {maximum} × {} ÷ {}) = {}.",
                share,
                threshold,
                score
            );
        }
        _ => {
            say!(out, language, "Điểm: {} trên {} ({}).", "Points: {} of {} ({}).", score, maximum, status);
        }
    }
    if let Some(percent) = row.percent {
        say!(out, language, "Tỷ lệ: {}%.", "Share: {}%.", number(percent, language));
    }
    if let Some(value) = row.value {
        say!(out, language, "Trung bình: {} ngày.", "Mean: {} days.", number(value, language));
    }
}

fn from(out: &mut String, row: &IndexRow, language: Language) {
    let Some(source) = row.counts_from else { return };
    say!(out, language, "Nguồn số đếm: {}.", "Counts from: {}.", source.words(language));
    if let Some(declared) = &row.declared {
        say!(
            out,
            language,
            "Văn bản: {}, ngày {}.",
            "Document: {}, {}.",
            declared.source,
            day(declared.date, language)
        );
    }
    if let Some(unknown) = row.unknown.filter(|unknown| *unknown > 0) {
        say!(
            out,
            language,
            "Không rõ: {} trường hợp đứng ngoài mẫu số.",
            "Unknown: {} cases stay out of the denominator.",
            number(unknown, language)
        );
    }
}
