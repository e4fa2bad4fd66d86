//! Policies (SPEC §4): every contested rule has a name, and every result prints the ones it used.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::period::PeriodRule;
use crate::schedule::BeforeDate;
use crate::slug::{UnknownName, slugs};

slugs! {
    /// So sánh với hạn: how an end is held against its due moment.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Comparison;
    /// assert_eq!("half_day".parse::<Comparison>()?, Comparison::HalfDay);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Comparison as "comparison" {
        /// By calendar day.
        Day = "day",
        /// By half-day session, split at 12:00 (FACTS §2.3, OCPS).
        HalfDay = "half_day",
        /// By the instant (QĐ 766: NgayKetThucXuLy ≤ NgayHenTra).
        Instant = "instant",
    }
}

slugs! {
    /// Mẫu số của tỷ lệ đúng hạn.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::OnTimeBase;
    /// assert_eq!("received".parse::<OnTimeBase>()?, OnTimeBase::Received);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    OnTimeBase as "on_time_base" {
        /// Resolved dossiers (form 06a).
        Resolved = "resolved",
        /// Dossiers received in the period (NĐ 61/2018 art. 30.2c; QĐ 766).
        Received = "received",
        /// Dossiers received in the period or carried over.
        Handled = "handled",
    }
}

slugs! {
    /// Mẫu số của tỷ lệ trước hạn: the plan's "trong đó" names no base.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::EarlyBase;
    /// assert_eq!("on_time".parse::<EarlyBase>()?, EarlyBase::OnTime);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    EarlyBase as "early_base" {
        /// Of all resolved dossiers.
        Resolved = "resolved",
        /// Of those resolved on time.
        OnTime = "on_time",
    }
}

slugs! {
    /// Mốc tính trước hạn: the plan says "trả trước hạn", systems measure completion.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::EarlyBy;
    /// assert_eq!("returned".parse::<EarlyBy>()?, EarlyBy::Returned);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    EarlyBy as "early_by" {
        /// End of processing.
        Completed = "completed",
        /// Return of the result.
        Returned = "returned",
    }
}

slugs! {
    /// Hồ sơ không có ngày hẹn trả.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::MissingDue;
    /// assert_eq!("from_procedure".parse::<MissingDue>()?, MissingDue::FromProcedure);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    MissingDue as "missing_due" {
        /// Unknown: in neither rate.
        Unknown = "unknown",
        /// On the due day, as the provincial systems count it (FACTS §2.3, TD).
        OnTime = "on_time",
        /// Due after the procedure's limit.
        FromProcedure = "from_procedure",
    }
}

slugs! {
    /// Bổ sung hồ sơ: what a request for papers does to the due date.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Supplement;
    /// assert_eq!("reset".parse::<Supplement>()?, Supplement::Reset);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Supplement as "supplement" {
        /// The system's due date stands.
        Recorded = "recorded",
        /// The paused working days are added to it (QĐ 766).
        Subtract = "subtract",
        /// The limit starts again from the answer (NĐ 61/2018 art. 19.4).
        Reset = "reset",
    }
}

slugs! {
    /// Yêu cầu bổ sung quá một lần thì tính quá hạn (QĐ 766).
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::LateAfterSupplements;
    /// assert_eq!("1".parse::<LateAfterSupplements>()?, LateAfterSupplements::One);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    LateAfterSupplements as "late_after_supplements" {
        /// Never.
        Never = "never",
        /// More than one request is late; an unknown count is not.
        One = "1",
    }
}

slugs! {
    /// Cách cộng mức cắt giảm: how cuts since 2024 are put together.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::ReductionBase;
    /// assert_eq!("per_procedure".parse::<ReductionBase>()?, ReductionBase::PerProcedure);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    ReductionBase as "reduction_base" {
        /// Of the sums over all procedures.
        Summed = "summed",
        /// The share of procedures that were cut by as much as the target asks, held against 100 %.
        PerProcedure = "per_procedure",
        /// Of the sums, each procedure as often as it has dossiers received in the period.
        Weighted = "weighted",
    }
}

slugs! {
    /// Hồ sơ đang chờ công dân (status 5 or 6) còn mở.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Waiting;
    /// assert_eq!("by_due".parse::<Waiting>()?, Waiting::ByDue);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Waiting as "waiting" {
        /// Not overdue.
        InTime = "in_time",
        /// Judged by its due date.
        ByDue = "by_due",
        /// Judged as though it had ended at the request (QĐ 766).
        EndedAtRequest = "ended_at_request",
    }
}

slugs! {
    /// Dừng xử lý (status 8).
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Stopped;
    /// assert_eq!("ended".parse::<Stopped>()?, Stopped::Ended);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Stopped as "stopped" {
        /// Ends the dossier.
        Ended = "ended",
        /// Waits, as statuses 5 and 6 do.
        Waiting = "waiting",
    }
}

slugs! {
    /// Công dân rút hồ sơ (status 7).
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Withdrawn;
    /// assert_eq!("excluded".parse::<Withdrawn>()?, Withdrawn::Excluded);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Withdrawn as "withdrawn" {
        /// Ends the dossier, counted like any other end.
        Counted = "counted",
        /// The row is left out, whatever its date.
        Excluded = "excluded",
    }
}

slugs! {
    /// Ngày hẹn trả trùng ngày nghỉ do quyết định sau này.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::DueOnDayOff;
    /// assert_eq!("next_working_day".parse::<DueOnDayOff>()?, DueOnDayOff::NextWorkingDay);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    DueOnDayOff as "due_on_day_off" {
        /// The due date stands.
        AsRecorded = "as_recorded",
        /// It moves to the next working day.
        NextWorkingDay = "next_working_day",
    }
}

slugs! {
    /// Thanh toán trực tuyến: II.5 says "trên Cổng Dịch vụ công quốc gia".
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::OnlinePayment;
    /// assert_eq!("portal".parse::<OnlinePayment>()?, OnlinePayment::Portal);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    OnlinePayment as "online_payment" {
        /// Payments on the national portal.
        Portal = "portal",
        /// Any online payment.
        Any = "any",
    }
}

slugs! {
    /// Mức đánh giá thấp nhất được coi là hài lòng.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::SatisfiedFrom;
    /// assert_eq!("4".parse::<SatisfiedFrom>()?.rating(), 4);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    SatisfiedFrom as "satisfied_from" {
        /// 3 bình thường.
        Three = "3",
        /// 4 hài lòng.
        Four = "4",
        /// 5 rất hài lòng.
        Five = "5",
    }
}

impl SatisfiedFrom {
    /// The lowest satisfied rating.
    pub const fn rating(self) -> u8 {
        match self {
            SatisfiedFrom::Three => 3,
            SatisfiedFrom::Four => 4,
            SatisfiedFrom::Five => 5,
        }
    }
}

/// One rule of a policy as printed beside a result.
///
/// # Example
/// ```
/// use tthc_kpi::Policy;
/// let rules = Policy::profile("plan")?.with("withdrawn", "excluded")?.rules();
/// let rule = rules.iter().find(|rule| rule.rule == "withdrawn").unwrap();
/// assert_eq!((rule.value.as_str(), rule.en.as_str()), ("excluded", "withdrawn is left out"));
/// assert!(rule.overridden);
/// # Ok::<(), tthc_kpi::PolicyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleUsed {
    /// Slug of the rule.
    pub rule: String,
    /// Slug of its value.
    pub value: String,
    /// What the value means, in Vietnamese.
    pub vi: String,
    /// What the value means, in English.
    pub en: String,
    /// Whether the caller set it over the profile.
    pub overridden: bool,
}

/// Declares the rules of a policy once: field, type, default, and what each value means.
macro_rules! rules {
    ($($(#[$meta:meta])* $rule:ident: $type:ident = $default:ident {
        $($variant:ident => ($vi:literal, $en:literal),)+
    })+) => {
        /// Chính sách tính: one value for every contested rule of SPEC §4, and the profile it came from.
        ///
        /// # Example
        /// ```
        /// use tthc_kpi::{Comparison, Policy};
        /// let policy = Policy::profile("plan")?.with("comparison", "instant")?;
        /// assert_eq!(policy.comparison, Comparison::Instant);
        /// assert!(policy.with("comparison", "hourly").is_err());
        /// # Ok::<(), tthc_kpi::PolicyError>(())
        /// ```
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Policy {
            profile: String,
            profile_version: String,
            $($(#[$meta])* pub $rule: $type,)+
        }

        impl Policy {
            /// Names of the rules, in the order of SPEC §4.
            pub const RULES: &'static [&'static str] = &[$(stringify!($rule),)+];

            fn defaults() -> Self {
                Policy {
                    profile: "plan".to_owned(),
                    profile_version: String::new(),
                    $($rule: $type::$default,)+
                }
            }

            fn set(&mut self, rule: &str, value: &str) -> Result<(), UnknownName> {
                match rule {
                    $(stringify!($rule) => self.$rule = value.parse()?,)+
                    _ => return Err(UnknownName::new("policy rule", rule, Self::RULES.iter().copied())),
                }
                Ok(())
            }

            /// The value of each rule with its meaning, in the order of SPEC §4.
            ///
            /// # Example
            /// ```
            /// use tthc_kpi::Policy;
            /// let rules = Policy::default().rules();
            /// assert!(rules.iter().map(|rule| rule.rule.as_str()).eq(Policy::RULES.iter().copied()));
            /// assert!(rules.iter().all(|rule| !rule.overridden));
            /// ```
            pub fn rules(&self) -> Vec<RuleUsed> {
                let base = Policy::profile(&self.profile).unwrap_or_else(|_| Policy::defaults());
                vec![$({
                    let (vi, en) = match self.$rule { $($type::$variant => ($vi, $en),)+ };
                    RuleUsed {
                        rule: stringify!($rule).to_owned(),
                        value: self.$rule.slug().to_owned(),
                        vi: vi.to_owned(),
                        en: en.to_owned(),
                        overridden: self.$rule != base.$rule,
                    }
                },)+]
            }
        }
    };
}

rules! {
    /// How an end is held against its due moment.
    comparison: Comparison = Day {
        Day => ("so theo ngày: trước ngày hẹn là trước hạn, trong ngày hẹn là đúng hạn", "by calendar day"),
        HalfDay => ("so theo buổi (chia lúc 12:00)", "by half-day session, split at 12:00"),
        Instant => ("so theo thời điểm: sau giờ hẹn là quá hạn", "by the instant: after the due moment is late"),
    }
    /// Denominator of the on-time rate.
    on_time_base: OnTimeBase = Resolved {
        Resolved => ("trên số hồ sơ đã giải quyết (biểu 06a)", "of resolved dossiers (form 06a)"),
        Received => ("trên số hồ sơ tiếp nhận trong kỳ (NĐ 61/2018 Đ.30.2c)", "of dossiers received in the period (NĐ 61/2018 art. 30.2c)"),
        Handled => ("trên số hồ sơ phải giải quyết (tiếp nhận trong kỳ và từ kỳ trước)", "of dossiers received or carried over"),
    }
    /// Denominator of the early rate.
    early_base: EarlyBase = Resolved {
        Resolved => ("trước hạn trên số đã giải quyết", "early of resolved"),
        OnTime => ("trước hạn trên số giải quyết trước và đúng hạn", "early of those on time"),
    }
    /// The date by which a dossier is early.
    early_by: EarlyBy = Completed {
        Completed => ("trước hạn tính theo ngày kết thúc xử lý", "early by the end of processing"),
        Returned => ("trước hạn tính theo ngày trả kết quả", "early by the return of the result"),
    }
    /// A dossier without a due date.
    missing_due: MissingDue = Unknown {
        Unknown => ("không có ngày hẹn trả: không rõ, không tính", "no due date: unknown, in neither rate"),
        OnTime => ("không có ngày hẹn trả: tính đúng hạn", "no due date: on the due day"),
        FromProcedure => ("không có ngày hẹn trả: tính từ thời hạn của thủ tục", "no due date: from the procedure's limit"),
    }
    /// What a request for papers does to the due date.
    supplement: Supplement = Recorded {
        Recorded => ("hạn theo hệ thống ghi nhận", "the recorded due date stands"),
        Subtract => ("cộng số ngày làm việc tạm dừng vào hạn", "paused working days are added to the due date"),
        Reset => ("tính lại thời hạn từ đầu sau khi nhận đủ bổ sung", "the limit starts again from the answer"),
    }
    /// Whether more than one request for papers is late.
    late_after_supplements: LateAfterSupplements = Never {
        Never => ("số lần bổ sung không ảnh hưởng", "the number of requests does not matter"),
        One => ("yêu cầu bổ sung quá một lần: tính quá hạn", "more than one request for papers is late"),
    }
    /// An open dossier that waits for the citizen.
    waiting: Waiting = InTime {
        InTime => ("hồ sơ chờ công dân: không tính quá hạn", "waiting for the citizen: not overdue"),
        ByDue => ("hồ sơ chờ công dân: vẫn tính theo hạn", "waiting for the citizen: judged by its due date"),
        EndedAtRequest => ("hồ sơ chờ công dân: coi như kết thúc khi yêu cầu bổ sung", "waiting for the citizen: judged as ended at the request"),
    }
    /// Status 8.
    stopped: Stopped = Ended {
        Ended => ("dừng xử lý là kết thúc hồ sơ", "stopped ends a dossier"),
        Waiting => ("dừng xử lý là đang chờ", "stopped waits"),
    }
    /// Status 7.
    withdrawn: Withdrawn = Counted {
        Counted => ("hồ sơ rút được tính như đã kết thúc", "withdrawn ends a dossier and counts"),
        Excluded => ("hồ sơ rút bị loại", "withdrawn is left out"),
    }
    /// A due date that a later decision made a day off.
    due_on_day_off: DueOnDayOff = AsRecorded {
        AsRecorded => ("hạn rơi vào ngày nghỉ giữ nguyên", "a due date on a day off stands"),
        NextWorkingDay => ("hạn rơi vào ngày nghỉ lùi sang ngày làm việc kế tiếp", "a due date on a day off moves to the next working day"),
    }
    /// Which payments are online.
    online_payment: OnlinePayment = Portal {
        Portal => ("thanh toán trên Cổng Dịch vụ công quốc gia", "payments on the national portal"),
        Any => ("mọi thanh toán trực tuyến", "any online payment"),
    }
    /// Which days a named period spans.
    period_rule: PeriodRule = Calendar {
        Calendar => ("kỳ theo tháng dương lịch", "calendar periods"),
        CutOff15 => ("kỳ báo cáo từ ngày 15 đến ngày 14 (NĐ 09/2019)", "periods cut at day 14 (NĐ 09/2019)"),
    }
    /// The lowest rating that is satisfied.
    satisfied_from: SatisfiedFrom = Four {
        Three => ("hài lòng từ mức 3", "satisfied from rating 3"),
        Four => ("hài lòng từ mức 4", "satisfied from rating 4"),
        Five => ("hài lòng từ mức 5", "satisfied from rating 5"),
    }
    /// Which day is the last good one of "trước ngày" (SPEC §4): of the plan's steps of the review.
    before_date: BeforeDate = Strict {
        Strict => ("\"trước ngày\" một ngày: ngày cuối còn kịp là hôm trước", "before a date: the day before it is the last good one"),
        Inclusive => ("\"trước ngày\" một ngày: chính ngày đó vẫn còn kịp", "before a date: that day is still good"),
    }
    /// How cuts of time and cost since 2024 are put together.
    reduction_base: ReductionBase = Summed {
        Summed => ("cắt giảm tính trên tổng của mọi thủ tục", "cuts of the sums over all procedures"),
        PerProcedure => ("tỷ lệ thủ tục cắt giảm đủ mức, đối chiếu với 100 %", "share of procedures cut by as much, held against 100 %"),
        Weighted => ("cắt giảm tính theo số hồ sơ tiếp nhận của từng thủ tục", "cuts weighted by the dossiers received of each procedure"),
    }
}

/// A policy that cannot be made.
///
/// # Example
/// ```
/// let error = tthc_kpi::Policy::profile("plam").unwrap_err();
/// assert!(error.to_string().contains("did you mean \"plan\"?"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// No profile, rule or value of that name.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
}

/// A sentence in both languages.
///
/// # Example
/// ```
/// use tthc_kpi::{Language, Text};
/// let text = Text::new("đúng hạn", "on time");
/// assert_eq!((text.get(Language::Vi), text.get(Language::En)), ("đúng hạn", "on time"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Text {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Text {
    /// A sentence in both languages.
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Text { vi: vi.into(), en: en.into() }
    }
}

#[derive(Deserialize)]
struct Profile {
    version: String,
    #[serde(default)]
    rules: BTreeMap<String, String>,
    #[serde(default)]
    notes: Vec<Text>,
}

/// The named profiles: versioned data, checked by a test to name only known rules and values.
fn profiles() -> &'static BTreeMap<String, Profile> {
    static PROFILES: std::sync::OnceLock<BTreeMap<String, Profile>> = std::sync::OnceLock::new();
    PROFILES.get_or_init(|| toml::from_str(include_str!("../data/profiles.toml")).unwrap_or_default())
}

impl Policy {
    /// A named profile: `plan`, `qd-766` or `nd-61`.
    ///
    /// # Errors
    /// [`PolicyError::Unknown`] when there is no such profile; it names the nearest.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Comparison, Policy};
    /// assert_eq!(Policy::profile("qd-766")?.comparison, Comparison::Instant);
    /// assert_eq!(Policy::profile("plan")?, Policy::default());
    /// # Ok::<(), tthc_kpi::PolicyError>(())
    /// ```
    pub fn profile(name: &str) -> Result<Policy, PolicyError> {
        let profile = profiles()
            .get(name)
            .ok_or_else(|| UnknownName::new("policy profile", name, Policy::profiles()))?;
        let mut policy = Policy::defaults();
        name.clone_into(&mut policy.profile);
        policy.profile_version.clone_from(&profile.version);
        for (rule, value) in &profile.rules {
            policy.set(rule, value)?;
        }
        Ok(policy)
    }

    /// Names of the profiles.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Policy;
    /// assert!(Policy::profiles().eq(["nd-61", "plan", "qd-766"]));
    /// ```
    pub fn profiles() -> impl Iterator<Item = &'static str> {
        profiles().keys().map(String::as_str)
    }

    /// This policy with one rule set.
    ///
    /// # Errors
    /// [`PolicyError::Unknown`] for an unknown rule or value.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Policy, Withdrawn};
    /// assert_eq!(Policy::default().with("withdrawn", "excluded")?.withdrawn, Withdrawn::Excluded);
    /// let error = Policy::default().with("comparision", "day").unwrap_err();
    /// assert!(error.to_string().contains("did you mean \"comparison\"?"));
    /// # Ok::<(), tthc_kpi::PolicyError>(())
    /// ```
    pub fn with(mut self, rule: &str, value: &str) -> Result<Policy, PolicyError> {
        self.set(rule, value)?;
        Ok(self)
    }

    /// Name of the profile the policy started from.
    pub fn profile_name(&self) -> &str {
        &self.profile
    }

    /// Version of that profile's data.
    pub fn profile_version(&self) -> &str {
        &self.profile_version
    }

    /// Known differences between the profile and what it is named after, to be printed with it.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Policy;
    /// assert!(Policy::profile("qd-766")?.notes().iter().any(|note| note.en.contains("portal")));
    /// # Ok::<(), tthc_kpi::PolicyError>(())
    /// ```
    pub fn notes(&self) -> &'static [Text] {
        profiles().get(&self.profile).map(|profile| profile.notes.as_slice()).unwrap_or_default()
    }
}

impl Default for Policy {
    /// The profile `plan`: every default of SPEC §4.
    fn default() -> Self {
        Policy::profile("plan").unwrap_or_else(|_| Policy::defaults())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_readable_and_named() {
        let names: Vec<_> = Policy::profiles().collect();
        assert_eq!(names, ["nd-61", "plan", "qd-766"]);
        for name in names {
            let policy = Policy::profile(name).unwrap();
            assert!(!policy.profile_version().is_empty());
            assert!(policy.rules().iter().all(|rule| !rule.overridden));
        }
        assert_eq!(Policy::default(), Policy::profile("plan").unwrap());
    }

    #[test]
    fn an_unknown_rule_names_the_nearest() {
        let error = Policy::default().with("comparision", "day").unwrap_err();
        assert!(error.to_string().contains("did you mean \"comparison\"?"), "{error}");
    }
}
