//! Rows of the 766 index from registers, worked by hand.

use std::sync::Arc;

use tthc_kpi::{
    Channel, CountsSource, Dimension, Dossier, Index, IndexQuery, IndexStatus, Level, OnlineLevel, Petition,
    Plan, Policy, Procedure, Query, Record, RegisterColumn, RegisterTable, Registers, Scheme, Tally,
};

fn query(by: &[Dimension]) -> Arc<Query> {
    Query::new(&Plan::builtin("dong-nguyen-2026").unwrap())
        .period("2026-08".parse().unwrap())
        .policy(Policy::profile("qd-766").unwrap())
        .by(by.iter().cloned())
        .check()
        .unwrap()
}

fn procedure(code: &str, level: Option<OnlineLevel>, fee: Option<bool>, offered: Option<bool>) -> Procedure {
    Procedure {
        code: Some(code.into()),
        lead: Some(if code < "C" { "X" } else { "Y" }.into()),
        online_level: level,
        fee_bearing: fee,
        payment_offered: offered,
        ..Procedure::default()
    }
}

/// | code | led by | online | fee | offered | dossiers of August |
/// |---|---|---|---|---|---|
/// | A | X | full | yes | yes | lodged online, paid on the portal |
/// | B | X | in part | yes | no | lodged in person, paid, not online |
/// | C | Y | no | no | – | none |
/// | D | Y | unknown | unknown | unknown | none |
/// | E | Y | full, internal | yes | yes | none |
fn procedures() -> RegisterTable<Procedure> {
    let (full, partial, offline) = (OnlineLevel::Full, OnlineLevel::Partial, OnlineLevel::Offline);
    RegisterTable::of([
        procedure("A", Some(full), Some(true), Some(true)),
        procedure("B", Some(partial), Some(true), Some(false)),
        procedure("C", Some(offline), Some(false), None),
        procedure("D", None, None, None),
        Procedure {
            internal: Some(tthc_kpi::InternalKind::Within),
            ..procedure("E", Some(full), Some(true), Some(true))
        },
    ])
}

fn petition(received: &str, due: &str, resolved: Option<&str>, satisfied: Option<bool>) -> Petition {
    Petition {
        agency: Some("X".into()),
        received: Some(received.parse().unwrap()),
        due: Some(due.parse().unwrap()),
        resolved: resolved.map(|day| day.parse().unwrap()),
        satisfied,
        ..Petition::default()
    }
}

/// Received in August: 1 in time and satisfied, 2 late, 3 open and in time on 31/8, 4 open and overdue, 5 in
/// time and not satisfied, 6 in time and lodged again, 7 in time and not rated; 8 was received in July.
fn petitions() -> Vec<Petition> {
    vec![
        petition("2026-08-03", "2026-08-24", Some("2026-08-20"), Some(true)),
        petition("2026-08-03", "2026-08-24", Some("2026-08-25"), Some(true)),
        petition("2026-08-20", "2026-09-10", Some("2026-09-05"), None),
        petition("2026-08-03", "2026-08-24", Some("2026-09-05"), None),
        petition("2026-08-03", "2026-08-24", Some("2026-08-24"), Some(false)),
        Petition {
            repetitioned: Some(true),
            ..petition("2026-08-04", "2026-08-25", Some("2026-08-10"), None)
        },
        petition("2026-08-05", "2026-08-26", Some("2026-08-06"), None),
        petition("2026-07-30", "2026-08-20", Some("2026-08-25"), Some(false)),
    ]
}

fn dossiers() -> [Dossier; 2] {
    let paid = |code: &str, channel, portal| Dossier {
        agency: Some("X".into()),
        procedure_code: Some(code.into()),
        channel: Some(channel),
        payments: Some(1),
        payments_online: Some(portal),
        payments_portal: Some(portal),
        ..Dossier::received("2026-08-05".parse().unwrap())
    };
    [paid("A", Channel::Online, 1), paid("B", Channel::InPerson, 0)]
}

fn counted(query: &Arc<Query>) -> Tally {
    let mut tally = Tally::new(query);
    dossiers().iter().for_each(|dossier| tally.add(dossier).unwrap());
    tally
}

fn registers() -> Registers {
    Registers {
        procedures: Some(procedures()),
        petitions: Some(RegisterTable::of(petitions())),
        ..Registers::default()
    }
}

fn shares(index: &Index, codes: &[&str]) -> Vec<(Option<u64>, Option<u64>)> {
    let share = |code: &&str| index.row(code).map(|row| (row.numerator, row.denominator)).unwrap();
    codes.iter().map(share).collect()
}

fn some(shares: &[(u64, u64)]) -> Vec<(Option<u64>, Option<u64>)> {
    shares.iter().map(|(above, below)| (Some(*above), Some(*below))).collect()
}

#[test]
fn rows_from_registers_are_what_a_hand_counts() {
    let (scheme, tally, registers) =
        (Scheme::builtin("qd-766-2026").unwrap(), counted(&query(&[])), registers());
    let index = IndexQuery::new(&scheme).level(Level::Commune).registers(&registers, &tally).one().unwrap();
    // 3.1: A, B of A, B, C. 3.2: A of A, B. 3.5a: A of A, B. 3.5b: A of A, B. The internal E is asked
    // nowhere, D unknown.
    // 5.2: 1, 3, 5, 6, 7 of seven. 5.3: of these 5 and 6 are taken off.
    let codes = ["3.1", "3.2", "3.5a", "3.5b", "5.2", "5.3"];
    assert_eq!(shares(&index, &codes), some(&[(2, 3), (1, 2), (1, 2), (1, 2), (5, 7), (3, 7)]));
    for code in codes {
        assert_eq!(index.row(code).unwrap().counts_from, Some(CountsSource::Register), "{code}");
    }
    assert_eq!(index.row("3.1").unwrap().unknown, Some(1));
    assert_eq!(index.period.as_deref(), Some("2026-08"));
}

#[test]
fn a_service_is_used_online_only_where_a_dossier_is_known_to_be() {
    let (scheme, registers, query) = (Scheme::builtin("qd-766-2026").unwrap(), registers(), query(&[]));
    let mut tally = counted(&query);
    // Whether another of B came online is unknown, and so whether B is used: A of A.
    tally.add(&Dossier { channel: None, ..dossiers()[1].clone() }).unwrap();
    let index = IndexQuery::new(&scheme).level(Level::Commune).registers(&registers, &tally).one().unwrap();
    assert_eq!((shares(&index, &["3.2"]), index.row("3.2").unwrap().unknown), (some(&[(1, 1)]), Some(2)));
    // One known to have come online settles it.
    tally.add(&Dossier { channel: Some(Channel::Online), ..dossiers()[1].clone() }).unwrap();
    let index = IndexQuery::new(&scheme).level(Level::Commune).registers(&registers, &tally).one().unwrap();
    assert_eq!(shares(&index, &["3.2"]), some(&[(2, 2)]));
}

#[test]
fn a_unit_has_its_own_procedures_and_petitions() {
    let (scheme, registers) = (Scheme::builtin("qd-766-2026").unwrap(), registers());
    let tally = counted(&query(&[Dimension::Agency]));
    let card = tally.scorecard().unwrap();
    let asked = IndexQuery::new(&scheme).level(Level::Commune).dossiers(&card);
    let all = asked.registers(&registers, &tally).all().unwrap();
    assert_eq!(all.len(), 1);
    // X leads A and B.
    let codes = ["3.1", "3.5a", "3.5b", "5.2"];
    assert_eq!(shares(&all[0], &codes), some(&[(2, 2), (1, 2), (1, 2), (5, 7)]));
}

#[test]
fn what_a_register_does_not_say_is_no_data() {
    let scheme = Scheme::builtin("qd-766-2026").unwrap();
    let columns = ["received", "due", "resolved"].map(|name| Petition::REGISTER.column(name).unwrap());
    let mut table = RegisterTable::<Petition>::new("pakn.csv", columns);
    (2..).zip(petitions()).for_each(|(row, petition)| {
        let kept: &[RegisterColumn] = &columns;
        let mut record = Petition::default();
        for column in kept {
            petition.value(*column).into_iter().for_each(|value| record.put(*column, value));
        }
        table.push(row, record);
    });
    let registers = Registers { petitions: Some(table), ..Registers::default() };
    let tally = Tally::new(&query(&[]));
    let index = IndexQuery::new(&scheme).level(Level::Commune).registers(&registers, &tally).one().unwrap();
    assert_eq!(shares(&index, &["5.2"]), some(&[(5, 7)]));
    // Nobody asked whether people were satisfied; and without dossiers nobody knows what was paid.
    for code in ["5.3", "3.1", "3.2", "3.5b"] {
        assert_eq!(index.row(code).unwrap().status, IndexStatus::NoData, "{code}");
    }
    let registers = self::registers();
    let asked = IndexQuery::new(&scheme).level(Level::Commune).registers(&registers, &tally);
    let index = asked.one().unwrap();
    assert_eq!(index.row("3.5b").unwrap().status, IndexStatus::NoData);
    assert_eq!(shares(&index, &["3.5a"]), some(&[(1, 2)]));
}
