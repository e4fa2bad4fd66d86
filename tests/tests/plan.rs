//! Plans: what the built-in one says, and every problem of a bad one at once, each at its place.

use tthc_kpi::{Language, Measure, Plan, PlanError, Scope, TargetOp, Text};
use tthc_kpi_tests::{plan, plan_of_dossiers, told_in_vietnamese};

fn problems(text: &str) -> Vec<String> {
    let PlanError { problems, .. } = Plan::from_toml("bad.toml", text).unwrap_err();
    told_in_vietnamese(&problems);
    problems
        .iter()
        .map(|problem| format!("{}:{}: {}", problem.line, problem.column, problem.message.en))
        .collect()
}

#[test]
fn the_built_in_plan_has_the_48_indicators_of_the_text() {
    let plan = plan();
    let asked: Vec<(String, String)> = plan
        .indicators()
        .iter()
        .map(|indicator| (indicator.id.clone(), indicator.target.to_string()))
        .collect();
    // SPEC §6, 1 to 48.
    let expected = [
        ("on_time_rate", "> 95 %"),
        ("early_rate", "> 60 %"),
        ("online_payment_rate", ">= 75 %"),
        ("online_payment_dossier_rate", ">= 75 %"),
        ("satisfaction_rate", "> 90 %"),
        ("satisfaction_rate_land", ">= 90 %"),
        ("satisfaction_rate_construction", ">= 90 %"),
        ("satisfaction_rate_investment", ">= 90 %"),
        ("online_dossier_rate", ">= 80 %"),
        ("electronic_transfer_rate", ">= 90 %"),
        ("input_digitisation_rate", "= 100 %"),
        ("result_digitisation_rate", "= 100 %"),
        ("electronic_result_rate", "= 100 %"),
        ("data_reuse_rate", ">= 90 %"),
        ("apology_rate", "= 100 %"),
        ("explanation_rate", "= 100 %"),
        ("status_sync_rate", "= 100 %"),
        ("result_sync_rate", "= 100 %"),
        ("result_publication_rate", "= 100 %"),
        ("assigned_task_rate", "= 100 %"),
        ("monthly_publication_rate", "= 100 %"),
        ("procedure_publication_rate", "= 100 %"),
        ("procedure_sync_rate", "= 100 %"),
        ("full_online_rate", "= 100 %"),
        ("online_service_rate", "= 100 %"),
        ("business_online_rate", "= 100 %"),
        ("online_restructured_rate", "= 100 %"),
        ("eligible_restructured_rate", "= 100 %"),
        ("portal_integration_rate", "= 100 %"),
        ("payment_offered_rate", "= 100 %"),
        ("payment_used_rate", "= 100 %"),
        ("payment_used_offered_rate", "= 100 %"),
        ("postal_rate", "= 100 %"),
        ("boundary_free_rate", "= 100 %"),
        ("boundary_free_restructured_rate", "= 100 %"),
        ("review_rate", "= 100 %"),
        ("internal_simplified_rate", "= 100 %"),
        ("review_group_rate", "= 100 %"),
        ("time_reduction", ">= 50 %"),
        ("cost_reduction", ">= 50 %"),
        ("petition_resolved_rate", "= 100 %"),
        ("petition_published_rate", "= 100 %"),
        ("archive_digitisation_rate", "= 100 %"),
        ("conditions_cut_rate", "= 100 %"),
        ("conditions_abolished_rate", "= 100 %"),
        ("standards_reviewed_rate", "= 100 %"),
        ("business_report_electronic_rate", "= 100 %"),
        ("one_time_information_rate", "= 100 %"),
    ];
    let expected: Vec<_> = expected.map(|(id, target)| (id.to_owned(), target.to_owned())).into();
    assert_eq!(asked, expected);
    let of_dossiers = plan_of_dossiers();
    assert!(of_dossiers.indicators().iter().eq(plan.indicators().iter().take(19)), "1 to 19");
    assert!(plan.indicators().iter().all(|indicator| !indicator.clauses.is_empty()));
    let asked_for = |measure: &&Measure| plan.indicators().iter().any(|asked| asked.measure == **measure);
    let others: Vec<Measure> = Measure::ALL.iter().filter(|measure| !asked_for(measure)).copied().collect();
    let of_766 = [
        Measure::DossiersSynced,
        Measure::DossiersWithElectronicResult,
        Measure::DossiersDigitised,
        Measure::DossierSatisfaction,
    ];
    assert_eq!(others, of_766, "every measure is asked for, but those of QĐ 766");
}

#[test]
fn clauses_carry_their_wording_scope_and_other_readings() {
    let plan = plan();
    let early = plan.indicator("early_rate").unwrap();
    let clauses: Vec<&str> = early.clauses.iter().map(|clause| clause.clause.as_str()).collect();
    assert_eq!(clauses, ["II.2", "PL I IV.6"]);
    assert!(early.clauses[1].note.as_ref().unwrap().vi.contains("60%"));
    assert_eq!(plan.indicator("online_dossier_rate").unwrap().clauses[0].scope, Scope::Province);
}

#[test]
fn every_problem_is_reported_at_once_with_its_line_and_the_nearest_name() {
    let text = r#"id = "x"
titel = "Kế hoạch"
[[field_groups]]
id = "land"
name = { vi = "Đất đai", en = "Land" }
words = ["đất đai"]
[[indicators]]
id = "a"
name = { vi = "A", en = "A" }
measure = "on_tyme"
target = { op = "≤", percent = 950 }
clauses = []
[[indicators]]
id = "a"
name = { en = "A" }
measure = "satisfaction"
filter = "lend"
target = { op = ">=", percent = 90 }
clauses = [{ clause = "II.4", text = "", deadline = "31/12/2026" }]
"#;
    let found = problems(text);
    let expect = [
        ("1:1", "lacks \"title\""),
        ("2:1", "did you mean \"title\"?"),
        ("7:1", "lacks \"clauses\""),
        ("10:11", "did you mean \"on_time\"?"),
        ("11:17", "unknown target comparison"),
        ("11:32", "number from 0 to 100"),
        ("15:8", "lacks \"vi\""),
        ("17:10", "did you mean \"land\"?"),
        ("19:", "is empty"),
        ("19:", "expected a date such as 2026-02-26"),
    ];
    for (place, words) in expect {
        assert!(
            found.iter().any(|problem| problem.starts_with(place) && problem.contains(words)),
            "{place} {words}: {found:#?}"
        );
    }
}

#[test]
fn ids_used_twice_and_broken_toml_are_problems() {
    let twice = problems(
        "id = 'x'\ntitle = 'y'\n[[indicators]]\nid = 'a'\nname = {vi='A', en='A'}\nmeasure = 'early'\n\
         target = {op='>', percent=1}\nclauses = [{clause='I', text='t'}]\n[[indicators]]\nid = 'a'\n\
         name = {vi='A', en='A'}\nmeasure = 'early'\ntarget = {op='>', percent=1}\nclauses = [{clause='I', text='t'}]\n",
    );
    assert_eq!(twice.len(), 1);
    assert!(twice[0].contains("\"a\" is there twice"), "{twice:?}");
    let broken = problems("id = \ntitle = 'y\n");
    assert!(broken.len() >= 2 && broken[0].starts_with("1:"), "{broken:?}");
}

#[test]
fn dates_in_the_wrong_order_are_a_problem_and_a_name_may_be_vietnamese_only() {
    let text = "id='x'\ntitle='y'\neffective_from=2026-12-31\neffective_to=2026-01-01\n[[indicators]]\nid='a'\n\
                name={vi='A'}\nmeasure='early'\ntarget={op='≥',percent=60}\nclauses=[{clause='I',text='t'}]\n";
    let found = problems(text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("4:14") && found[0].contains("before it starts"), "{found:?}");
    let plan = Plan::from_toml("p.toml", &text.replace("2026-12-31", "2025-12-31")).unwrap();
    let indicator = plan.indicator("a").unwrap();
    assert_eq!((indicator.name.en.as_str(), indicator.target.op), ("A", TargetOp::AtLeast));
}

#[test]
fn percents_are_exact_decimals() {
    let text = "id='x'\ntitle='y'\n[[indicators]]\nid='a'\nname={vi='A',en='A'}\nmeasure='early'\n\
                target={op='>=',percent=62.1}\nclauses=[{clause='I',text='t'}]\n";
    let plan = Plan::from_toml("p.toml", text).unwrap();
    let target = plan.indicator("a").unwrap().target;
    assert_eq!((target.op, target.percent.to_string()), (TargetOp::AtLeast, "62.1".to_owned()));
    // 62.1 % of 1000 is 621 exactly; through a float it would not be.
    assert_eq!(target.is_met(tthc_kpi::Ratio::of(621, 1000)).unwrap(), Some(true));
}

#[test]
fn a_plan_is_the_same_after_its_json() {
    let plan = plan();
    let again: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!((&again, again.digest()), (&plan, plan.digest()));
}

/// A plan that extends one with a target above 95 % and a field group.
fn extended(text: &str) -> Result<(Plan, Vec<String>), PlanError> {
    let parent = Plan::from_toml(
        "tinh.toml",
        r#"
        id = "tinh"
        title = "Kế hoạch của tỉnh"
        effective_from = 2026-01-01
        effective_to = 2026-12-31
        [[field_groups]]
        id = "land"
        words = ["đất đai"]
        [[indicators]]
        id = "on_time_rate"
        name = { vi = "Đúng hạn" }
        measure = "on_time"
        target = { op = ">", percent = 95 }
        clauses = [{ clause = "1", text = "trên 95%" }]
        owner = "Sở"
        [[indicators]]
        id = "satisfaction_rate_land"
        name = { vi = "Hài lòng" }
        measure = "satisfaction"
        filter = "land"
        target = { op = ">=", percent = 90 }
        clauses = [{ clause = "2", text = "90%" }]
        "#,
    )
    .unwrap();
    let find = |extends: &str| {
        if extends == "tinh" {
            Ok(parent.clone())
        } else {
            Err(Text::new(format!("không có {extends:?}"), format!("no plan {extends:?}")))
        }
    };
    let (plan, warnings) = Plan::check_toml("xa.toml", text, find)?;
    told_in_vietnamese(&warnings);
    Ok((
        plan,
        warnings.into_iter().map(|warning| format!("{}: {}", warning.line, warning.message.en)).collect(),
    ))
}

const CHILD: &str = "id = 'xa'\ntitle = 'Kế hoạch của xã'\nextends = 'tinh'\n";

#[test]
fn what_a_plan_does_not_say_is_as_in_the_one_it_extends() {
    let (plan, warnings) = extended(CHILD).unwrap();
    assert_eq!((plan.indicators().len(), plan.field_groups().len(), warnings.len()), (2, 1, 0));
    assert_eq!(plan.effective(), (Some("2026-01-01".parse().unwrap()), Some("2026-12-31".parse().unwrap())));

    let own = "[[indicators]]\nid = 'on_time_rate'\ntarget = { op = '>', percent = 98 }\nowner = 'Phòng'\n\
               [[indicators]]\nid = 'early_rate'\nname = { vi = 'Trước hạn' }\nmeasure = 'early'\n\
               target = { op = '>', percent = 60 }\nclauses = [{ clause = '3', text = '60%' }]\n";
    let (plan, warnings) = extended(&format!("{CHILD}{own}")).unwrap();
    let ids: Vec<&str> = plan.indicators().iter().map(|indicator| indicator.id.as_str()).collect();
    assert_eq!(ids, ["on_time_rate", "satisfaction_rate_land", "early_rate"]);
    let own = &plan.indicators()[0];
    assert_eq!((own.target.to_string(), own.owner.as_deref()), ("> 98 %".into(), Some("Phòng")));
    assert_eq!(
        (own.measure, own.clauses[0].clause.as_str(), own.name.vi.as_str()),
        (Measure::OnTime, "1", "Đúng hạn")
    );
    assert!(warnings.is_empty());
}

#[test]
fn a_target_weaker_than_the_parents_is_told_with_both() {
    for (target, weaker) in [
        ("{ op = '>', percent = 94 }", true),
        ("{ op = '>=', percent = 95 }", true),
        ("{ op = '>', percent = 95 }", false),
        ("{ op = '>=', percent = 95.1 }", false),
        ("{ op = '=', percent = 100 }", false),
    ] {
        let text = format!("{CHILD}[[indicators]]\nid = 'on_time_rate'\ntarget = {target}\n");
        let (_, warnings) = extended(&text).unwrap();
        assert_eq!(!warnings.is_empty(), weaker, "{target}: {warnings:?}");
        assert!(
            warnings
                .iter()
                .all(|told| told.starts_with("4: ") && told.contains("\"tinh\"") && told.contains("> 95 %"))
        );
    }
}

#[test]
fn indicators_of_the_parent_can_be_left_out() {
    let (plan, warnings) = extended(&format!("{CHILD}leave_out = ['on_time_rate']\n")).unwrap();
    assert_eq!(plan.indicators().len(), 1);
    assert_eq!(warnings, ["4: indicator \"on_time_rate\" of the plan \"tinh\" is left out"]);
    // Given anew it must be whole.
    let anew = format!("{CHILD}leave_out = ['on_time_rate']\n[[indicators]]\nid = 'on_time_rate'\n");
    let error = extended(&anew).unwrap_err().to_string();
    for lacking in ["\"name\"", "\"measure\"", "\"target\"", "\"clauses\""] {
        assert!(error.contains(&format!("an indicator lacks {lacking}")), "{error}");
    }
}

#[test]
fn what_is_wrong_with_extending_is_told_at_its_place() {
    let told = |text: &str| extended(text).unwrap_err().to_string();
    let error = told(&CHILD.replace("'tinh'", "'tinh-khac'"));
    assert!(error.contains("xa.toml:3:11: no plan \"tinh-khac\""), "{error}");
    // What may be in the plan that cannot be had is not told to be lacking.
    let own = "leave_out = ['x']\n[[indicators]]\nid = 'on_time_rate'\nfilter = 'land'\nmeasure = 'on_tme'\n";
    let error = told(&format!("{}{own}", CHILD.replace("'tinh'", "'tinh-khac'")));
    assert_eq!(error.lines().count(), 3, "{error}");
    assert!(
        error.contains("no plan \"tinh-khac\"") && error.contains("did you mean \"on_time\"?"),
        "{error}"
    );
    let error = told(&format!("{CHILD}leave_out = ['on_tme_rate', 7]\n"));
    assert!(error.contains("xa.toml:4:14:") && error.contains("did you mean \"on_time_rate\"?"), "{error}");
    assert!(error.contains("xa.toml:4:29:"), "{error}");
    let error = told("id = 'xa'\ntitle = 'x'\nleave_out = ['on_time_rate']\nindicators = []");
    assert!(error.contains("expected \"extends\" beside it"), "{error}");
    let error = told(&format!("{CHILD}[[indicators]]\nid = 'on_time_rate'\nfilter = 'lnd'\n"));
    assert!(error.contains("did you mean \"land\"?"), "{error}");
}

#[test]
fn a_plan_without_dates_is_told() {
    let text = "id = 'xa'\ntitle = 'x'\neffective_from = 2026-01-01\n[[indicators]]\nid = 'early_rate'\n\
                name = { vi = 'Trước hạn' }\nmeasure = 'early'\ntarget = { op = '>', percent = 60 }\n\
                clauses = [{ clause = '3', text = '60%' }]\n";
    let (_, warnings) = Plan::check_toml("xa.toml", text, Plan::builtin_parent).unwrap();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].message.en.contains("effective_to"), "{warnings:?}");
}

#[test]
fn problems_are_told_in_vietnamese_with_their_place_and_the_nearest_name() {
    let text = "id = 'x'\ntitel = 'y'\n[[indicators]]\nid = 'a'\nname = { vi = 'A' }\nmeasure = 'on_tyme'\n\
                target = { op = '>', percent = '95' }\nclauses = [{ clause = 'I', text = 't' }]\n";
    let error = tthc_kpi::Error::from(Plan::from_toml("xa.toml", text).unwrap_err()).vi();
    for told in [
        "xa.toml không phải kế hoạch hợp lệ, 4 lỗi:\n",
        "  xa.toml:1:1: kế hoạch thiếu \"title\"\n",
        "  xa.toml:2:1: kế hoạch không có khóa \"titel\": chọn một trong id, title, ",
        "; có phải \"title\"?\n",
        "  xa.toml:6:11: không có cách đo \"on_tyme\": ",
        "  xa.toml:7:32: \"percent\" phải là số từ 0 đến 100",
    ] {
        assert!(error.contains(told), "{told}: {error}");
    }
    let PlanError { problems, .. } = Plan::from_toml("xa.toml", "id = \n").unwrap_err();
    let line = problems[0].line_of("xa.toml", Language::Vi);
    assert!(line.starts_with("xa.toml:1:") && line.contains("cú pháp TOML: "), "{line}");
    assert!(!problems[0].message.en.contains("cú pháp"));
}

#[test]
fn clauses_of_the_template_are_one_warning() {
    let text = Plan::builtin_text("mau-cap-xa-2026").unwrap();
    let warnings = |text: &str| Plan::check_toml("xa.toml", text, Plan::builtin_parent).unwrap().1;
    let told = warnings(text);
    told_in_vietnamese(&told);
    let first =
        text.lines().position(|line| line.starts_with("clauses = [{ clause = \"mục ...\"")).unwrap() + 1;
    assert_eq!((told.len(), told[0].line, told[0].column), (1, first, 23));
    let many = text.matches("\nclauses = [{ clause = \"mục ...\"").count();
    let words =
        format!("clauses of {many} indicators, from \"on_time_rate\" on, still stand as in the template");
    assert!(told[0].message.en.contains(&words), "{told:?}");
    assert_eq!(warnings(&text.replace("clause = \"mục ...\"", "clause = \"II.1\"")), []);
    // One that is left, and one taken over.
    let one = text.replace("clause = \"mục ...\"", "clause = \"II.1\"").replacen("\"II.1\"", "\"mục …\"", 1);
    assert!(warnings(&one)[0].message.vi.contains("chỉ tiêu \"on_time_rate\" còn"), "{:?}", warnings(&one));
    let child = "id = 'xa'\ntitle = 'x'\nextends = 'mau-cap-xa-2026'\n";
    assert_eq!((warnings(child).len(), warnings(child)[0].line), (1, 3));
    assert!(warnings(text.replace("mục ...", "II ... 5").as_str()).is_empty());
}

#[test]
fn a_filter_on_what_has_no_field_is_a_problem() {
    let text = r#"
id = "my-ward-2026"
title = "Kế hoạch của xã"
[[field_groups]]
id = "land"
name = { vi = "Đất đai", en = "Land" }
words = ["đất đai"]
[[indicators]]
id = "petition_resolved_rate"
name = { vi = "Phản ánh", en = "Petitions" }
measure = "petitions_resolved"
filter = "land"
target = { op = "=", percent = 100 }
clauses = [{ clause = "II.3", text = "100% phản ánh được giải quyết" }]
"#;
    assert_eq!(
        problems(text),
        ["12:10: the measure \"petitions_resolved\" has no fields: expected no \"filter\""]
    );
    let plan = Plan::from_toml("my.toml", &text.replace("petitions_resolved", "full_online")).unwrap();
    assert_eq!(plan.indicators()[0].filter.as_deref(), Some("land"));
}

#[test]
fn a_task_measured_by_no_indicator_is_a_warning() {
    let text = Plan::builtin_text("dong-nguyen-2026").unwrap();
    let parent = Plan::builtin_parent;
    assert!(Plan::check_toml("my.toml", text, parent).unwrap().1.is_empty());
    let misspelt = text.replace("indicators = [\"postal_rate\"]", "indicators = [\"postal_rat\"]");
    let (_, warnings) = Plan::check_toml("my.toml", &misspelt, parent).unwrap();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].message.en.contains("did you mean \"postal_rate\"?"), "{:?}", warnings[0]);
}

#[test]
fn a_name_where_there_are_none_says_so() {
    let text = r#"
id = "my-ward-2026"
title = "Kế hoạch của xã"
[[indicators]]
id = "satisfaction_rate_land"
name = { vi = "Hài lòng", en = "Satisfaction" }
measure = "satisfaction"
filter = "land"
target = { op = ">=", percent = 90 }
clauses = [{ clause = "II.3", text = "đạt 90%" }]
"#;
    let told = problems(text);
    assert_eq!(told, ["8:10: unknown field group \"land\": there is no field group at all"]);
}
