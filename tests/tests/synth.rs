//! Made-up dossiers: the same for the same settings, credible, without personal data, and exported
//! with exactly the faults they say.

use std::collections::BTreeSet;
use std::path::PathBuf;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, TimestampMicrosecondType, UInt8Type, UInt32Type};
use arrow_array::{Array, RecordBatch, StringArray};
use calamine::{Data, Reader, Xlsx, open_workbook};
use tthc_kpi::Column;
use tthc_kpi_arrow::synth::{MessySummary, Synth, SynthError, export_headers};
use unicode_normalization::UnicodeNormalization;

const ROWS: u64 = 200_000;
const MICROS_A_DAY: i64 = 86_400_000_000;

/// Every dossier of `synth` in one batch.
fn whole(synth: &Synth) -> RecordBatch {
    let mut batches = synth.clone().batch_rows(10_000_000).batches().unwrap();
    let batch = batches.next().unwrap().unwrap();
    assert!(batches.next().is_none());
    batch
}

fn texts(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    let column = batch.column_by_name(name).unwrap();
    if let Some(plain) = column.as_string_opt::<i32>() {
        return plain.iter().map(|text| text.map(str::to_owned)).collect();
    }
    let dictionary = column.as_dictionary::<Int32Type>();
    let texts = dictionary.downcast_dict::<StringArray>().unwrap();
    texts.into_iter().map(|text| text.map(str::to_owned)).collect()
}

fn instants(batch: &RecordBatch, name: &str) -> Vec<Option<i64>> {
    batch.column_by_name(name).unwrap().as_primitive::<TimestampMicrosecondType>().iter().collect()
}

fn counts(batch: &RecordBatch, name: &str) -> Vec<Option<u32>> {
    batch.column_by_name(name).unwrap().as_primitive::<UInt32Type>().iter().collect()
}

fn small(batch: &RecordBatch, name: &str) -> Vec<Option<u8>> {
    batch.column_by_name(name).unwrap().as_primitive::<UInt8Type>().iter().collect()
}

fn flags(batch: &RecordBatch, name: &str) -> Vec<Option<bool>> {
    batch.column_by_name(name).unwrap().as_boolean().iter().collect()
}

fn days(batch: &RecordBatch, name: &str) -> Vec<Option<i64>> {
    instants(batch, name).into_iter().map(|at| at.map(|at| at.div_euclid(MICROS_A_DAY))).collect()
}

/// Of the known values, how many per ten thousand are as asked.
fn share<T>(values: impl IntoIterator<Item = Option<T>>, as_asked: impl Fn(&T) -> bool) -> u64 {
    let (mut all, mut some) = (0_u64, 0_u64);
    for value in values.into_iter().flatten() {
        all += 1;
        some += u64::from(as_asked(&value));
    }
    some * 10_000 / all.max(1)
}

#[track_caller]
fn between(what: &str, share: u64, low: u64, high: u64) {
    println!("{what}: {}.{:02} %", share / 100, share % 100);
    assert!((low..=high).contains(&share), "{what}: {share} per ten thousand, expected {low} to {high}");
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn rows_do_not_depend_on_batches() {
    let synth = Synth::new(20_000, 3).agencies(7);
    let all = whole(&synth);
    for size in [1, 999, 4096, 16_384] {
        let mut at = 0;
        for batch in synth.clone().batch_rows(size).batches().unwrap().take(300) {
            let batch = batch.unwrap();
            assert_eq!(batch, all.slice(at, batch.num_rows()), "batches of {size}, row {at}");
            at += batch.num_rows();
        }
    }
    for (from, to) in [(0, 1), (4095, 4097), (5000, 9001), (19_999, 50_000)] {
        let mut part = synth.batches_in(from..to).unwrap();
        let batch = part.next().unwrap().unwrap();
        let length = usize::try_from(to.min(20_000) - from).unwrap();
        assert_eq!(batch, all.slice(usize::try_from(from).unwrap(), length));
    }
    assert!(synth.batches_in(20_000..30_000).unwrap().next().is_none());
    assert_eq!(all, whole(&synth));
    assert_ne!(all, whole(&Synth::new(20_000, 4).agencies(7)));
}

#[test]
fn every_number_of_rows_is_met() {
    for rows in [0, 1, 2, 365, 4096, 4097, 65_536, 65_537] {
        let made: usize = Synth::new(rows, 9).batches().unwrap().map(|batch| batch.unwrap().num_rows()).sum();
        assert_eq!(made as u64, rows);
    }
}

#[test]
fn all_canonical_columns_in_order() {
    let batch = whole(&Synth::new(10, 1));
    let names: Vec<&str> = batch.schema_ref().fields().iter().map(|field| field.name().as_str()).collect();
    let mut expected: Vec<&str> = Column::ALL.iter().map(|column| column.slug()).collect();
    // Exports do not keep how a due date was moved.
    expected.retain(|column| !matches!(*column, "due_moves" | "due_moved_late"));
    assert_eq!(names, expected);
    assert_eq!(batch.column_by_name("received_at").unwrap().null_count(), 0);
    batch.column_by_name("amount_due").unwrap().to_data().validate_full().unwrap();
}

#[test]
fn ids_are_unique_and_have_the_form_of_codes() {
    for synth in [Synth::new(ROWS, 1), Synth::new(ROWS, 1).province()] {
        let ids = texts(&whole(&synth), "dossier_id");
        let distinct: BTreeSet<&str> = ids.iter().flatten().map(String::as_str).collect();
        assert_eq!(distinct.len() as u64, ROWS);
        for id in distinct {
            let (unit, rest) = id.split_once('-').unwrap();
            let (day, number) = rest.split_once('-').unwrap();
            assert!(unit.starts_with("H05.") && day.len() == 6 && number.len() >= 4, "{id}");
            assert!((day.to_owned() + number).bytes().all(|byte| byte.is_ascii_digit()), "{id}");
        }
    }
    let agencies = texts(&whole(&Synth::new(ROWS, 1).province()), "agency");
    assert_eq!(agencies.iter().flatten().collect::<BTreeSet<_>>().len(), 120);
}

#[test]
fn ends_are_shared_out_credibly() {
    let batch = whole(&Synth::new(ROWS, 1));
    let status = small(&batch, "status");
    let (received, due) = (days(&batch, "received_at"), days(&batch, "due_at"));
    let ended: Vec<Option<i64>> = days(&batch, "completed_at")
        .into_iter()
        .zip(days(&batch, "returned_at"))
        .map(|(completed, returned)| completed.or(returned))
        .collect();
    let resolved = || due.iter().zip(&ended).map(|(due, end)| Some((due.as_ref()?, end.as_ref()?)));
    between("on time", share(resolved(), |(due, end)| end <= due), 9600, 9720);
    between("early", share(resolved(), |(due, end)| end < due), 6500, 7500);
    between("late", share(resolved(), |(due, end)| end > due), 280, 400);

    let is = |codes: &'static [u8]| share(status.iter().copied(), |code| codes.contains(code));
    between("registered", is(&[1]), 15, 60);
    between("not accepted", is(&[3]), 60, 100);
    between("withdrawn", is(&[7]), 60, 100);
    between("stopped", is(&[8]), 40, 80);
    between("waiting", is(&[5, 6]), 25, 150);
    between("open", is(&[2, 4]), 100, 400);
    let overdue = status.iter().zip(&due).map(|(code, due)| {
        Some(code.is_some_and(|code| [2, 4].contains(&code)) && due.is_some_and(|due| due < 20_818))
    });
    between("open and overdue", share(overdue, |overdue| *overdue), 10, 80);
    let closed = |code: &u8| (7..=10).contains(code);
    let endless = status.iter().zip(&ended).map(|(code, end)| code.filter(closed).map(|_| end.is_none()));
    between("closed without a date", share(endless, |none| *none), 20, 80);
    between("due unknown", share(due.iter().map(|due| Some(due.is_none())), |none| *none), 80, 300);

    let last_year = share(received.iter().copied(), |day| *day < 20_454);
    between("received the year before", last_year, 150, 600);
    let carried = received.iter().zip(&ended).map(|(received, end)| {
        Some(received.is_some_and(|day| day < 20_454) && end.is_none_or(|day| day >= 20_454))
    });
    between("carried over", share(carried, |carried| *carried), 20, 300);

    let last_day = 20_818; // 2026-12-31
    for name in ["received_at", "completed_at", "returned_at", "supplement_requested_at", "supplemented_at"] {
        assert!(days(&batch, name).iter().flatten().all(|day| (20_393..=last_day).contains(day)), "{name}");
    }
    for (received, end) in received.iter().zip(&ended) {
        assert!(end.is_none_or(|end| end >= received.unwrap()));
    }
    let (asked, answered) =
        (instants(&batch, "supplement_requested_at"), instants(&batch, "supplemented_at"));
    for (asked, answered) in asked.iter().zip(&answered) {
        assert!(answered.is_none_or(|answered| answered > asked.unwrap()));
    }
}

#[test]
fn the_rest_is_shared_out_credibly() {
    let batch = whole(&Synth::new(ROWS, 2));
    between("online", share(texts(&batch, "channel"), |channel| channel == "online"), 8000, 8400);
    let payments = counts(&batch, "payments");
    let online = counts(&batch, "payments_online");
    let portal = counts(&batch, "payments_portal");
    let with_fee =
        || payments.iter().zip(&online).map(|(all, online)| all.filter(|all| *all > 0).and(*online));
    between("fee dossiers paid online", share(with_fee(), |online| *online > 0), 7200, 7800);
    let sum = |values: &[Option<u32>]| values.iter().flatten().map(|value| u64::from(*value)).sum::<u64>();
    between("payments on the portal", sum(&portal) * 10_000 / sum(&payments), 6800, 7800);
    for ((all, online), portal) in payments.iter().zip(&online).zip(&portal) {
        assert!(online.is_none_or(|online| all.is_none_or(|all| online <= all)));
        assert!(portal.is_none_or(|portal| online.is_none_or(|online| portal <= online)));
    }
    for (all, electronic) in counts(&batch, "transfers").iter().zip(counts(&batch, "transfers_electronic")) {
        assert!(electronic.is_none_or(|electronic| all.is_none_or(|all| electronic <= all)));
    }

    let rating = small(&batch, "rating");
    let resolved = small(&batch, "status").into_iter().map(|code| code.filter(|code| *code >= 9));
    let rated = resolved.zip(&rating).map(|(code, rating)| code.map(|_| rating.is_some()));
    between("rated of the resolved", share(rated, |rated| *rated), 1700, 1900);
    between("satisfied", share(rating.iter().copied(), |rating| *rating >= 4), 9100, 9500);
    let land = texts(&batch, "field")
        .into_iter()
        .zip(&rating)
        .map(|(field, rating)| field.filter(|field| field == "Đất đai").and(*rating));
    between("satisfied, land", share(land, |rating| *rating >= 4), 7600, 8700);
    for (name, low, high) in [
        ("input_digitised", 9750, 9900),
        ("result_digitised", 9650, 9850),
        ("result_electronic", 9300, 9700),
        ("result_published", 9500, 9800),
        ("data_reused", 8800, 9200),
        ("apologised", 7000, 9700),
        ("explained", 6500, 9500),
        ("synced", 9850, 9950),
        ("result_synced", 9800, 9950),
        ("petitioned", 10, 100),
    ] {
        between(name, share(flags(&batch, name), |yes| *yes), low, high);
    }
    let fields = texts(&batch, "field");
    between("certification", share(fields.iter().cloned(), |field| field == "Chứng thực"), 3200, 4500);
    assert!(fields.iter().flatten().collect::<BTreeSet<_>>().len() >= 12);
    for name in ["channel", "agency", "field", "limit_days", "payments", "transfers", "data_reused"] {
        let nulls = batch.column_by_name(name).unwrap().null_count() as u64;
        between(&format!("{name} unknown"), nulls * 10_000 / ROWS, 30, 250);
    }
}

#[test]
fn weeks_and_tet_leave_their_mark() {
    let received = days(&whole(&Synth::new(ROWS, 1)), "received_at");
    let on = |from: i64, to: i64| {
        received.iter().flatten().filter(|day| (from..=to).contains(*day)).count() as i64 * 100
            / (to - from + 1)
    };
    let january = on(20_454, 20_484);
    // Tết: 14 to 22 February 2026; then the two weeks after.
    assert!(on(20_498, 20_506) * 5 < january, "hardly anybody comes at Tết");
    assert!(on(20_508, 20_519) * 10 > january * 12, "many come after it");
    let weekday = |wanted: i64| received.iter().flatten().filter(|day| (**day + 3) % 7 == wanted).count();
    assert!(weekday(0) > weekday(2) && weekday(4) > weekday(2) && weekday(6) * 10 < weekday(2));
}

#[test]
fn nothing_personal_is_made() {
    let batch = whole(&Synth::new(20_000, 1));
    for officer in texts(&batch, "officer").iter().flatten() {
        assert!(officer.len() == 4 && officer.starts_with("CB"), "{officer}");
    }
    let path = file("personal.xlsx");
    Synth::new(2000, 1).write_xlsx(&path, true).unwrap();
    let header: Vec<&str> = export_headers().map(|(_, title)| title).collect();
    for row in sheet(&path).iter().skip(8) {
        for (cell, title) in row.iter().zip(&header) {
            let Data::String(text) = cell else { continue };
            // Neither a telephone nor an identity number.
            let longest = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
            assert!(longest < 9, "{title}");
            if ["Chủ hồ sơ", "Địa chỉ", "Số điện thoại"].contains(title) {
                assert_eq!(text, "(đã ẩn)");
            }
        }
    }
}

fn sheet(path: &PathBuf) -> Vec<Vec<Data>> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    workbook.worksheet_range("Danh sách hồ sơ").unwrap().rows().map(<[Data]>::to_vec).collect()
}

fn place(column: Column) -> usize {
    export_headers().position(|(of, _)| of == Some(column)).unwrap()
}

fn times(rows: &[Vec<Data>], column: Column, asked: impl Fn(&Data) -> bool) -> u64 {
    rows.iter().filter(|row| asked(&row[place(column)])).count() as u64
}

fn is_text(text: &str) -> impl Fn(&Data) -> bool {
    move |cell| matches!(cell, Data::String(value) if value == text)
}

#[test]
fn a_clean_workbook_holds_the_dossiers() {
    let path = file("clean.xlsx");
    let synth = Synth::new(3000, 5);
    let written = synth.write_xlsx(&path, false).unwrap();
    assert_eq!(
        written,
        MessySummary { rows: 3000, not_received: written.not_received, ..Default::default() }
    );
    let rows = sheet(&path);
    assert_eq!(rows.len(), 8 + 3000 + 1);
    assert_eq!(rows[0][0], Data::String("UBND TỈNH BẮC NINH".into()));
    assert_eq!(rows[7][1], Data::String("(2)".into()));
    for (cell, (_, title)) in rows[6].iter().zip(export_headers()) {
        assert_eq!(cell, &Data::String(title.into()));
    }
    assert_eq!(rows[3008][0], Data::String("Tổng cộng".into()));
    let data = &rows[8..3008];
    assert_eq!(times(data, Column::ReceivedAt, |cell| matches!(cell, Data::String(_))), 3000);
    let cells = times(data, Column::DueAt, |cell| matches!(cell, Data::DateTime(_)));
    assert_eq!(cells + times(data, Column::DueAt, |cell| *cell == Data::Empty), 3000);
    assert!(times(data, Column::CompletedAt, |cell| matches!(cell, Data::DateTime(_))) > 1000);
    assert!(times(data, Column::CompletedAt, |cell| matches!(cell, Data::String(_))) > 500);
    let ids = texts(&whole(&synth), "dossier_id");
    for (row, id) in data.iter().zip(ids) {
        assert_eq!(row[place(Column::DossierId)], Data::String(id.unwrap()));
    }
}

#[test]
fn a_messy_workbook_has_the_faults_it_says() {
    let path = file("messy.xlsx");
    let synth = Synth::new(10_000, 5);
    let planted = synth.write_xlsx(&path, true).unwrap();
    assert_eq!(planted, synth.messy_summary().unwrap());
    let rows = sheet(&path);
    let data = &rows[8..rows.len() - 1];
    assert_eq!(data.len() as u64, planted.rows);
    assert_eq!(planted.rows, 10_000 + planted.duplicates);
    let bad = planted.set_aside() + planted.excluded() - planted.not_received + planted.unknown_cells();
    between("faulty rows", bad, 80, 130);

    let found = |column, text| times(data, column, is_text(text));
    assert_eq!(found(Column::ReceivedAt, "31/02/2026"), planted.unreadable_received);
    assert_eq!(times(data, Column::ReceivedAt, |cell| *cell == Data::Empty), planted.missing_received);
    assert_eq!(found(Column::DueAt, "chờ xác minh"), planted.unreadable_due);
    assert_eq!(found(Column::Status, "Chờ luân chuyển"), planted.unknown_status);
    assert_eq!(found(Column::Rating, "7"), planted.rating_out_of_range);
    assert_eq!(found(Column::PausedDays, "-3"), planted.negative_pause);
    let year_2206 = |cell: &Data| cell.to_string().parse::<f64>().is_ok_and(|serial| serial > 100_000.0);
    assert_eq!(times(data, Column::DueAt, year_2206), planted.bad_date);
    let not_received = found(Column::Status, "Mới đăng ký") + found(Column::Status, "Không được tiếp nhận");
    assert_eq!(not_received, planted.not_received);
    let above = |part: Column, all: Column| {
        let number = |cell: &Data| cell.to_string().parse::<f64>().ok();
        let over = |row: &&Vec<Data>| {
            number(&row[place(part)]).zip(number(&row[place(all)])).is_some_and(|(part, all)| part > all)
        };
        data.iter().filter(over).count() as u64
    };
    assert_eq!(above(Column::PaymentsOnline, Column::Payments), planted.online_above_payments);
    assert_eq!(above(Column::PaymentsPortal, Column::PaymentsOnline), 0);
    assert_eq!(above(Column::TransfersElectronic, Column::Transfers), planted.electronic_above_transfers);
    let ids: BTreeSet<String> = data.iter().map(|row| row[place(Column::DossierId)].to_string()).collect();
    assert_eq!(ids.len() as u64, 10_000);

    let plain = |title: &str| title.nfc().collect::<String>().to_lowercase();
    let squeezed = |title: &str| plain(title).split_whitespace().collect::<Vec<_>>().join(" ");
    let mut untidy = 0;
    for (cell, (_, title)) in rows[6].iter().zip(export_headers()) {
        let written = cell.to_string();
        assert_eq!(squeezed(&written), plain(title));
        untidy += u32::from(written != title);
    }
    assert_eq!(untidy, 6);
}

#[test]
fn csv_and_workbook_agree() {
    let (book, text) = (file("agree.xlsx"), file("agree.csv"));
    let synth = Synth::new(3000, 8);
    assert_eq!(synth.write_xlsx(&book, true).unwrap(), synth.write_csv(&text, true).unwrap());
    let bytes = std::fs::read(&text).unwrap();
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(body);
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let rows = sheet(&book);
    assert_eq!(records.len(), rows.len());
    let dates = [Column::DueAt, Column::CompletedAt, Column::SupplementRequestedAt, Column::SupplementedAt];
    for (record, row) in records.iter().zip(&rows).skip(6) {
        for (at, (text, cell)) in record.iter().zip(row).enumerate() {
            if !dates.iter().any(|column| place(*column) == at) {
                assert_eq!(text, cell.to_string());
            }
        }
    }
}

#[test]
fn the_same_settings_give_the_same_bytes() {
    let synth = Synth::new(500, 2).agencies(3).year(2025);
    let (a, b) = (file("a.xlsx"), file("b.xlsx"));
    synth.write_xlsx(&a, true).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2100));
    synth.write_xlsx(&b, true).unwrap();
    assert!(std::fs::read(a).unwrap() == std::fs::read(b).unwrap());
}

#[test]
fn settings_that_cannot_be_met_are_refused() {
    assert!(matches!(Synth::new(1, 1).agencies(0).batches(), Err(SynthError::Agencies { agencies: 0 })));
    assert!(matches!(Synth::new(1, 1).year(2031).batches(), Err(SynthError::Year { year: 2031 })));
    assert!(matches!(Synth::new(1, 1).year(2027).batches(), Err(SynthError::Year { year: 2027 })));
    assert!(Synth::new(1, 1).year(2025).batches().is_ok());
    let error = Synth::new(2_000_000, 1).write_xlsx(file("large.xlsx"), false).unwrap_err();
    assert!(matches!(error, SynthError::TooManyForSheet { rows: 2_000_000, .. }), "{error}");
}
