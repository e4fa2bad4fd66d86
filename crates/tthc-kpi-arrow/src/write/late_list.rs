//! The monthly late list as an Excel workbook: by agency and officer, the two annexes, and who owes an
//! apology or an explanation.

use std::path::Path;

use rust_xlsxwriter::{Format, Workbook};
use tthc_kpi::{Language, LateCase, LateDesk, LateKind, LateList, Letters};

use super::WorkbookError;
use super::heading::Heading;
use super::sheet::{Page, letter, workbook};
use super::style::Styles;
use super::technical::technical;
use super::words::{alphabet, cut, filed, period, say};

/// Where the heading of a table begins, on every sheet.
const HEAD: u32 = 8;
/// The first line of a table.
const FIRST: u32 = HEAD + 2;

/// Writes the late list as it is published: a sheet by agency and officer, Phụ lục I (resolved late), Phụ
/// lục II (open and overdue at the cut), and the dossiers that owe an apology or an explanation. Each is
/// printed on A4 landscape, one page wide, with the title block, by agency and officer in the order of the
/// alphabet, and can be filtered. Warnings and rules stand on a last sheet, which is not printed.
///
/// # Errors
/// [`WorkbookError`] when the file cannot be written, or a list is longer than a sheet.
///
/// # Example
/// ```
/// use tthc_kpi::{Language, LateList, Plan, Query, Tally};
/// use tthc_kpi_arrow::{Heading, write_late_list};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026-03".parse()?).check()?;
/// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-late-{}.xlsx", std::process::id()));
/// write_late_list(&LateList::of(&Tally::new(&query), [])?, &path, &Heading::default(), Language::Vi)?;
/// assert!(std::fs::read(&path)?.starts_with(b"PK"));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_late_list(
    list: &LateList,
    path: &Path,
    heading: &Heading,
    language: Language,
) -> Result<(), WorkbookError> {
    let title = heading.title.as_deref().unwrap_or(say(TITLE.0, TITLE.1, language));
    let mut workbook = workbook(list.basis.query.cut, title)?;
    let writer = Writer { list, heading, styles: &Styles::new(), language, title };
    writer.desks(&mut workbook)?;
    writer.cases(&mut workbook, Annex::Resolved)?;
    writer.cases(&mut workbook, Annex::Open)?;
    writer.cases(&mut workbook, Annex::Owing)?;
    technical(&mut workbook, &list.basis, &[], writer.styles, language)?;
    workbook.save(path)?;
    Ok(())
}

const TITLE: (&str, &str) =
    ("DANH SÁCH ĐƠN VỊ, CÁ NHÂN CHẬM TRỄ TRONG GIẢI QUYẾT TTHC", "LATE DOSSIERS BY AGENCY AND OFFICER");

/// A list of the workbook.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Annex {
    Resolved,
    Open,
    Owing,
}

impl Annex {
    fn name(self, language: Language) -> &'static str {
        match self {
            Annex::Resolved => say("Phụ lục I", "Annex I", language),
            Annex::Open => say("Phụ lục II", "Annex II", language),
            Annex::Owing => say("Xin lỗi, giải trình", "Letters owed", language),
        }
    }

    fn title(self, language: Language) -> &'static str {
        let (vi, en) = match self {
            Annex::Resolved => ("PHỤ LỤC I: HỒ SƠ ĐÃ GIẢI QUYẾT QUÁ HẠN", "ANNEX I: DOSSIERS RESOLVED LATE"),
            Annex::Open => {
                ("PHỤ LỤC II: HỒ SƠ ĐANG GIẢI QUYẾT ĐÃ QUÁ HẠN", "ANNEX II: DOSSIERS OPEN AND OVERDUE")
            }
            Annex::Owing => (
                "HỒ SƠ QUÁ HẠN CHƯA RÕ ĐÃ XIN LỖI, GIẢI TRÌNH",
                "LATE DOSSIERS WITHOUT A KNOWN APOLOGY OR EXPLANATION",
            ),
        };
        say(vi, en, language)
    }

    fn holds(self, case: &LateCase) -> bool {
        match self {
            Annex::Resolved => case.kind == LateKind::ResolvedLate,
            Annex::Open => case.kind == LateKind::OpenOverdue,
            Annex::Owing => case.owes(),
        }
    }
}

struct Writer<'l> {
    list: &'l LateList,
    heading: &'l Heading,
    styles: &'l Styles,
    language: Language,
    title: &'l str,
}

/// A column's name, below another where that spans several.
type Head = (Option<(&'static str, &'static str)>, (&'static str, &'static str), u32);

impl Writer<'_> {
    fn say(&self, vi: &'static str, en: &'static str) -> &'static str {
        say(vi, en, self.language)
    }

    /// The title block and the head of a table.
    fn open(&self, page: &mut Page<'_>, title: &str, heads: &[Head]) -> Result<(), WorkbookError> {
        page.paper()?;
        page.state_heading(self.heading, middle(page.widths))?;
        page.merged((4, 0), (4, page.last), title, &self.styles.title)?;
        page.sheet.set_row_height(4, 22)?;
        let period =
            format!("{}. {}", period(&self.list.basis, self.language), cut(&self.list.basis, self.language));
        page.merged((5, 0), (5, page.last), &period, &self.styles.centred_italic)?;
        let mut column = 0u16;
        while let Some((over, (vi, en), _)) = heads.get(usize::from(column)) {
            let name = self.say(vi, en);
            match over {
                None => page.merged((HEAD, column), (HEAD + 1, column), name, &self.styles.head)?,
                Some(_) => page.text(HEAD + 1, column, name, &self.styles.head)?,
            }
            // The first of a span writes what stands over it.
            let begins =
                column == 0 || heads.get(usize::from(column) - 1).is_none_or(|(before, ..)| before != over);
            if let (Some((vi, en)), true) = (over, begins) {
                let span =
                    heads.iter().skip(usize::from(column)).take_while(|(each, ..)| each == over).count();
                let to = column + u16::try_from(span).unwrap_or(1) - 1;
                page.merged((HEAD, column), (HEAD, to), self.say(vi, en), &self.styles.head)?;
            }
            column += 1;
        }
        page.sheet.set_row_height(HEAD, 30)?.set_row_height(HEAD + 1, 32)?;
        page.sheet.set_repeat_rows(HEAD, HEAD + 1)?;
        Ok(())
    }

    /// By agency and officer.
    fn desks(&self, workbook: &mut Workbook) -> Result<(), WorkbookError> {
        const APOLOGY: Option<(&str, &str)> = Some(("Văn bản xin lỗi", "Apologies"));
        const EXPLANATION: Option<(&str, &str)> = Some(("Văn bản giải trình", "Explanations"));
        let heads: [Head; 13] = [
            (None, ("TT", "No."), 5),
            (None, ("Đơn vị giải quyết", "Agency"), 34),
            (None, ("Cán bộ xử lý", "Officer"), 22),
            (None, ("Đã giải quyết quá hạn (PL I)", "Resolved late (I)"), 11),
            (None, ("Đang giải quyết quá hạn (PL II)", "Open, overdue (II)"), 11),
            (None, ("Tổng số", "Total"), 9),
            (None, ("Chậm nhiều nhất (ngày làm việc)", "Most days late (working)"), 12),
            (APOLOGY, ("Đã có", "Made"), 8),
            (APOLOGY, ("Chưa có", "Lacking"), 8),
            (APOLOGY, ("Không rõ", "Unknown"), 8),
            (EXPLANATION, ("Đã có", "Made"), 8),
            (EXPLANATION, ("Chưa có", "Lacking"), 8),
            (EXPLANATION, ("Không rõ", "Unknown"), 8),
        ];
        let sheet = workbook.add_worksheet().set_name(self.say("Tổng hợp", "Summary"))?;
        let widths = heads.map(|(_, _, width)| width);
        let mut page =
            Page { sheet, styles: self.styles, language: self.language, last: 12, widths: &widths };
        self.open(&mut page, self.title, &heads)?;
        page.sheet.set_row_height(HEAD + 1, 48)?;
        let mut row = FIRST;
        let mut desks: Vec<&LateDesk> = self.list.desks.iter().collect();
        desks
            .sort_by_cached_key(|desk| (alphabet(desk.agency.as_deref()), alphabet(desk.officer.as_deref())));
        for (at, desk) in (1u64..).zip(desks) {
            page.count(row, 0, at, &self.styles.text_centred)?;
            self.known(&mut page, row, 1, desk.agency.as_deref())?;
            self.known(&mut page, row, 2, desk.officer.as_deref())?;
            self.figures(&mut page, row, desk, None)?;
            let texts = [(1, desk.agency.as_deref()), (2, desk.officer.as_deref())];
            page.fit(row, &texts.map(|(column, text)| (column, text.unwrap_or_default())))?;
            row += 1;
        }
        page.text(row, 0, "", &self.styles.total_text)?;
        page.merged((row, 1), (row, 2), self.say("TỔNG SỐ", "TOTAL"), &self.styles.total_text)?;
        self.figures(&mut page, row, &self.list.total, Some(self.list.desks.len()))?;
        page.fit(row, &[])?;
        page.sheet.set_freeze_panes(FIRST, 3)?;
        row = page.notes(row + 2, &filed(&self.list.basis, &[], self.language))?;
        page.signatures(row, self.heading, 2, false)?;
        Ok(())
    }

    fn figures(
        &self,
        page: &mut Page<'_>,
        row: u32,
        desk: &LateDesk,
        rows: Option<usize>,
    ) -> Result<(), WorkbookError> {
        let Letters { made, lacking, unknown } = desk.apologies;
        let (owed, explained) = ([made, lacking, unknown], desk.explanations);
        let rest = owed.into_iter().chain([explained.made, explained.lacking, explained.unknown]);
        let counts = [(3u16, desk.resolved_late), (4, desk.open_overdue)];
        let counts = counts.into_iter().chain((7u16..).zip(rest));
        let style = if rows.is_some() { &self.styles.total } else { &self.styles.count };
        let has_rows = rows.is_some_and(|rows| rows > 0);
        for (column, count) in counts {
            if has_rows {
                let formula = format!("=SUM({name}{}:{name}{row})", FIRST + 1, name = letter(column));
                page.sum((row, column), &formula, count, style)?;
            } else {
                page.count(row, column, count, style)?;
            }
        }
        let all = desk.resolved_late.saturating_add(desk.open_overdue);
        page.sum((row, 5), &format!("=SUM(D{line}:E{line})", line = row + 1), all, style)?;
        match desk.most_days_late.map(u64::from) {
            Some(days) if has_rows => {
                page.sum((row, 6), &format!("=MAX(G{}:G{row})", FIRST + 1), days, style)?;
            }
            Some(days) => page.count(row, 6, days, style)?,
            None => page.text(row, 6, "", style)?,
        }
        Ok(())
    }

    /// One of the lists of dossiers.
    fn cases(&self, workbook: &mut Workbook, annex: Annex) -> Result<(), WorkbookError> {
        const LATE: Option<(&str, &str)> = Some(("Số ngày quá hạn", "Days late"));
        let dates = if self.by_day() { 12 } else { 17 };
        let heads: [Head; 14] = [
            (None, ("TT", "No."), 6),
            (None, ("Mã hồ sơ", "Dossier"), 21),
            (None, ("Thủ tục", "Procedure"), 36),
            (None, ("Lĩnh vực", "Field"), 17),
            (None, ("Đơn vị giải quyết", "Agency"), 24),
            (
                None,
                if annex == Annex::Open {
                    ("Cán bộ đang xử lý", "Officer")
                } else {
                    ("Cán bộ xử lý", "Officer")
                },
                13,
            ),
            (None, ("Ngày tiếp nhận", "Received"), dates),
            (None, ("Ngày hẹn trả", "Due"), dates),
            (None, ("Ngày có kết quả", "Ended"), dates),
            (LATE, ("ngày làm việc", "working days"), 9),
            (LATE, ("ngày lịch", "calendar days"), 9),
            (None, ("Xin lỗi", "Apology"), 10),
            (None, ("Giải trình", "Explanation"), 10),
            (None, ("Ghi chú", "Note"), 16),
        ];
        let sheet = workbook.add_worksheet().set_name(annex.name(self.language))?;
        let widths = heads.map(|(_, _, width)| width);
        let mut page =
            Page { sheet, styles: self.styles, language: self.language, last: 13, widths: &widths };
        self.open(&mut page, annex.title(self.language), &heads)?;
        let mut row = FIRST;
        let mut cases: Vec<&LateCase> = self.list.cases.iter().filter(|case| annex.holds(case)).collect();
        cases
            .sort_by_cached_key(|case| (alphabet(case.agency.as_deref()), alphabet(case.officer.as_deref())));
        for case in cases {
            self.case(&mut page, row, u64::from(row - FIRST) + 1, case, annex)?;
            row += 1;
        }
        page.sheet.set_freeze_panes(FIRST, 2)?;
        if row == FIRST {
            let none = self.say("Không có hồ sơ nào.", "No dossier.");
            page.merged((row, 0), (row, page.last), none, &self.styles.text_centred)?;
        } else {
            page.sheet.autofilter(HEAD + 1, 0, row - 1, page.last)?;
        }
        Ok(())
    }

    fn case(
        &self,
        page: &mut Page<'_>,
        row: u32,
        at: u64,
        case: &LateCase,
        annex: Annex,
    ) -> Result<(), WorkbookError> {
        let styles = self.styles;
        page.count(row, 0, at, &styles.text_centred)?;
        let procedure = case.procedure.as_deref().or(case.procedure_code.as_deref());
        let texts = [
            (1, case.dossier_id.as_deref()),
            (2, procedure),
            (3, case.field.as_deref()),
            (4, case.agency.as_deref()),
            (5, case.officer.as_deref()),
        ];
        for (column, text) in texts {
            self.known(page, row, column, text)?;
        }
        page.fit(row, &texts.map(|(column, text)| (column, text.unwrap_or_default())))?;
        let moments = [Some(case.received_at), case.due_at, case.ended_at];
        for (column, at) in (6u16..).zip(moments) {
            page.moment((row, column), at, self.by_day())?;
        }
        for (column, days) in [(9, case.days_late), (10, case.calendar_days_late)] {
            match days {
                Some(days) => page.count(row, column, days.into(), &styles.count)?,
                None => page.text(row, column, self.say("không rõ", "unknown"), &styles.text_centred)?,
            }
        }
        for (column, made) in [(11, case.apologised), (12, case.explained)] {
            page.text(row, column, self.letter(case, made), self.letter_style(case, made))?;
        }
        let note = match (case.by_date, annex, case.kind) {
            (false, ..) => self.say("Quá số lần yêu cầu bổ sung", "Too many requests for papers"),
            (true, Annex::Owing, LateKind::ResolvedLate) => self.say("Phụ lục I", "Annex I"),
            (true, Annex::Owing, LateKind::OpenOverdue) => self.say("Phụ lục II", "Annex II"),
            (true, ..) => "",
        };
        page.text(row, 13, note, &styles.text)
    }

    /// Whether only days are compared, so that the time of day says nothing.
    fn by_day(&self) -> bool {
        self.list.basis.policy.rules.iter().any(|rule| rule.rule == "comparison" && rule.value == "day")
    }

    /// Whether a letter was made: nothing is owed where the date was kept.
    fn letter(&self, case: &LateCase, made: Option<bool>) -> &'static str {
        match (case.by_date, made) {
            (_, Some(true)) => self.say("Đã có", "made"),
            (false, _) => "–",
            (true, Some(false)) => self.say("Chưa có", "lacking"),
            (true, None) => self.say("Không rõ", "unknown"),
        }
    }

    fn letter_style(&self, case: &LateCase, made: Option<bool>) -> &Format {
        if case.by_date && made == Some(false) { &self.styles.alert } else { &self.styles.text_centred }
    }

    /// A text that may be unknown.
    fn known(
        &self,
        page: &mut Page<'_>,
        row: u32,
        column: u16,
        text: Option<&str>,
    ) -> Result<(), WorkbookError> {
        page.text(row, column, text.unwrap_or(self.say("(không rõ)", "(unknown)")), &self.styles.text)
    }
}

/// The column where about half of the width is.
fn middle(widths: &[u32]) -> u16 {
    let half = widths.iter().sum::<u32>() / 2;
    let mut reached = 0u32;
    let before = widths.iter().take_while(|width| {
        reached = reached.saturating_add(**width);
        reached < half
    });
    u16::try_from(before.count()).unwrap_or(1).saturating_sub(1)
}
