//! Warnings: what a reader must know before using a figure.

use chrono::Datelike;

use crate::column::{Column, ColumnSet};
use crate::dimension::Dimension;
use crate::fact::Fact;
use crate::instant::Day;
use crate::outcome::{Note, portal_stand_in};
use crate::policy::OnlinePayment;
use crate::tally::Tally;

/// The warnings of a tally, in a fixed order.
pub(crate) fn warnings(tally: &Tally) -> Vec<Note> {
    let query = tally.query();
    let window = query.window();
    let mut notes: Vec<Note> = period_without_data(tally).into_iter().collect();
    if let Some(through) = tally.data_through() {
        if window.cut > through {
            notes.push(Note::new(
                "cut_after_data",
                format!(
                    "Ngày chốt {} sau ngày cuối của dữ liệu {}: số liệu những ngày sau đó chưa có, hồ sơ mở có thể đã xong.",
                    window.cut.vietnamese(), through.vietnamese()
                ),
                format!(
                    "The cut {} lies after the last day of the data {through}: what happened since is not in it, and open dossiers may be done.",
                    window.cut
                ),
            ));
        } else if window.cut < through {
            notes.push(Note::new(
                "cut_before_data",
                format!(
                    "Ngày chốt {} trước ngày cuối của dữ liệu {}: các cột không có ngày (trạng thái, đánh giá, số hóa, đồng bộ, thư xin lỗi) lấy theo lúc xuất dữ liệu.",
                    window.cut.vietnamese(), through.vietnamese()
                ),
                format!(
                    "The cut {} lies before the last day of the data {through}: undated columns (status, rating, digitised, synced, letters) are read as exported.",
                    window.cut
                ),
            ));
        }
    }
    if let (Some(through), Some(first)) = (tally.data_through(), query.buckets().first())
        && first.window.cut < through
    {
        notes.push(Note::new(
            "bucket_cut_before_data",
            "Mỗi tháng, quý, tuần, ngày được xét như một kỳ riêng tại ngày cuối của nó; các cột không có ngày (trạng thái, đánh giá, số hóa, đồng bộ, thư xin lỗi) lấy theo lúc xuất dữ liệu.",
            "Each month, quarter, week or day is judged at its own end; undated columns (status, rating, digitised, synced, letters) are read as exported.",
        ));
    }
    let set_aside: u64 =
        tally.accounting().set_aside.values().fold(0, |sum, count| sum.saturating_add(*count));
    if set_aside > 0 {
        notes.push(Note::new(
            "rows_set_aside",
            format!("{set_aside} dòng không đọc được đã để riêng: xem danh sách bằng tthc-kpi check TỆP, hoặc ds.issues."),
            format!("{set_aside} rows could not be read and were set aside: list them with tthc-kpi check FILE, or ds.issues."),
        ));
    }
    let unidentified = tally.unidentified();
    if unidentified > 0 {
        notes.push(Note::new(
            "rows_without_id",
            format!("Dữ liệu ở nhiều tệp hoặc trang mà {unidentified} dòng không có mã hồ sơ: một hồ sơ ghi ở hai nơi bị tính hai lần, mọi con số có thể cao hơn thực tế. Hãy thêm mã hồ sơ (ghi dạng chữ nếu dài hơn 15 chữ số), hoặc mỗi hồ sơ chỉ để ở một nơi."),
            format!("The data come from several files or sheets and {unidentified} rows have no dossier id: a dossier in two of them is counted twice, and any count may be too high. Add the ids (as text where longer than 15 digits), or keep each dossier in one place."),
        ));
    }
    notes.extend(cells_refused(tally.refused()));
    notes.extend(partly_absent(tally));
    notes.extend(sources_of_one_name(tally));
    let month_first: Vec<&str> = tally.month_first().iter().map(Column::title).collect();
    if !month_first.is_empty() {
        let list = month_first.join(", ");
        notes.push(Note::new(
            "month_first",
            format!("Cột {list} có ngày kiểu tháng/ngày/năm nên cả cột đã được đọc tháng trước ngày sau. Nếu đó chỉ là một ô gõ sai, hãy sửa ô đó rồi đọc lại: kết quả sẽ khác."),
            format!("A date in {list} has the month first, so the whole column was read so. If that cell is a slip, mend it and read again: the figures will differ."),
        ));
    }
    let unknown_ends = tally.total().fact(Fact::EndUnknown);
    if unknown_ends > 0 {
        notes.push(Note::new(
            "end_unknown",
            format!("{unknown_ends} hồ sơ có trạng thái đã đóng nhưng không có ngày kết thúc: không tính là đã giải quyết hay đang giải quyết."),
            format!("{unknown_ends} dossiers have a closed status but no end date: neither resolved nor open."),
        ));
    }
    let from_return = tally.total().fact(Fact::EndFromReturn);
    if from_return > 0 {
        notes.push(Note::new(
            "end_from_return",
            format!("{from_return} hồ sơ không có ngày kết thúc xử lý: lấy ngày trả kết quả."),
            format!("{from_return} dossiers have no completion date: the return date is their end."),
        ));
    }
    let unsettled = tally.total().fact(Fact::LateUnsettled);
    if unsettled > 0 {
        notes.push(Note::new(
            "late_unsettled",
            format!("{unsettled} hồ sơ quá hạn theo ngày hẹn ghi nhận nhưng thiếu dữ liệu bổ sung hoặc lịch làm việc để biết hạn đã lùi hay chưa: tính là không rõ, không tính quá hạn. Tỷ lệ có thể cao hơn thực tế."),
            format!("{unsettled} dossiers are late by the recorded due date, but the data on supplements or the calendar does not tell whether it moved: counted unknown, not late. The rates may be too high."),
        ));
    }
    if query.policy().online_payment == OnlinePayment::Portal
        && tally.absent_columns().has(Column::PaymentsPortal)
        && tally.present_columns().has(Column::PaymentsOnline)
    {
        notes.push(portal_stand_in(tally.missing_columns().has(Column::PaymentsPortal)));
    }
    let calendar = query.judge().calendar();
    let years = window.start.date().year()..=window.cut.date().year();
    let provisional: Vec<String> =
        calendar.provisional_years().iter().filter(|year| years.contains(year)).map(i32::to_string).collect();
    if !provisional.is_empty() {
        let list = provisional.join(", ");
        notes.push(Note::new(
            "provisional_calendar",
            format!("Lịch nghỉ năm {list} là tạm tính, chưa có quyết định: số ngày làm việc có thể đổi."),
            format!("The holidays of {list} are provisional, no decision has been issued: working days may change."),
        ));
    }
    let (from, to) = query.plan().effective();
    if from.is_some_and(|from| query.end() < from) || to.is_some_and(|to| window.start > to) {
        notes.push(Note::new(
            "plan_not_in_force",
            "Kỳ tính nằm ngoài thời gian hiệu lực của kế hoạch.",
            "The period lies outside the time the plan is in force.",
        ));
    }
    notes
}

/// That nothing happened in the period as far as the data tell: its zeros are no zeros of the office.
fn period_without_data(tally: &Tally) -> Option<Note> {
    let through = tally.data_through()?;
    let nothing = tally.total().fact(Fact::Handled) == 0 || tally.query().window().start > through;
    // Of row groups that were skipped only their last day is known.
    let first = match tally.accounting().skipped {
        0 => tally.last_days().find(|(_, dossiers)| *dossiers > 0).and_then(|(day, _)| Day::from_number(day)),
        _ => None,
    };
    let (vi, en) = match first {
        Some(first) => (
            format!(
                "hồ sơ trong dữ liệu kết thúc, hoặc được tiếp nhận nếu chưa kết thúc, từ ngày {} đến ngày {}",
                first.vietnamese(),
                through.vietnamese()
            ),
            format!(
                "the dossiers of the data ended, or were received where they have not ended, from {first} to {through}"
            ),
        ),
        None => (
            format!("ngày cuối của dữ liệu là {}", through.vietnamese()),
            format!("the last day of the data is {through}"),
        ),
    };
    nothing.then(|| {
        Note::new(
            "period_without_data",
            format!("Dữ liệu không có hồ sơ nào được tiếp nhận hay kết thúc trong kỳ: {vi}. Số 0 ở đây là chưa có dữ liệu, không phải là không có việc."),
            format!("The data have no dossier that was received or ended in the period: {en}. A zero here is want of data, not want of work."),
        )
    })
}

/// That values of some columns were refused; none where there are no such columns.
pub(crate) fn cells_refused(columns: ColumnSet) -> Option<Note> {
    let refused: Vec<&str> = columns.iter().map(Column::title).collect();
    let list = refused.join(", ");
    (!refused.is_empty()).then(|| {
        Note::new(
            "cells_refused",
            format!("Có ô không đọc được hoặc không thể có ở cột {list}: coi là không rõ, không phải là không. Xem từng ô bằng tthc-kpi check TỆP, hoặc ds.issues."),
            format!("Some cells of {list} could not be read or cannot be: they are unknown, which is not \"no\". List them with tthc-kpi check FILE, or ds.issues."),
        )
    })
}

/// Columns that some of the files have and others lack, as far as the plan looks at them.
fn partly_absent(tally: &Tally) -> Option<Note> {
    let query = tally.query();
    let measures = query.plan().indicators().iter().flat_map(|of| of.measure.columns(query.policy()));
    let by = query.by().iter().filter_map(|dimension| match dimension {
        Dimension::Column(column) => Some(*column),
        _ => None,
    });
    let looked_at: ColumnSet = measures.chain(by).collect();
    let partly = |column: &Column| tally.present.has(*column) && looked_at.has(*column);
    let titles: Vec<&str> = tally.absent.iter().filter(partly).map(Column::title).collect();
    let list = titles.join(", ");
    (!titles.is_empty()).then(|| {
        Note::new(
            "columns_partly_absent",
            format!("Cột {list} có ở nơi này mà không có ở nơi khác của dữ liệu: hồ sơ ở nơi thiếu cột coi là không rõ. Xem nơi nào thiếu bằng tthc-kpi check TỆP, hoặc ds.absent."),
            format!("Some of the files have {list} and others lack it: dossiers of those are unknown there. See which with tthc-kpi check FILE, or ds.absent."),
        )
    })
}

/// Files of one name that hold different rows: mostly of two offices, but maybe of one, sent twice.
fn sources_of_one_name(tally: &Tally) -> Option<Note> {
    let names = tally.sources.names_of_several();
    let (some, more) = (names.iter().take(3).copied().collect::<Vec<_>>().join(", "), names.len() > 3);
    let dots = if more { ", ..." } else { "" };
    (!names.is_empty()).then(|| {
        Note::new(
            "sources_of_one_name",
            format!("Có nguồn cùng tên mà khác nội dung ({some}{dots}): nếu là hai lần xuất của cùng một nơi thì hồ sơ bị đếm hai lần. Xem từng nguồn bằng tally.sources."),
            format!("Some sources bear one name and hold different rows ({some}{dots}): if they are two exports of one place, dossiers are counted twice. See each with tally.sources."),
        )
    })
}
