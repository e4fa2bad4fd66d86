//! Measures (SPEC §6): what an indicator may count. A closed set in code; a plan names them.

use crate::column::Column;
use crate::fact::{Fact, Quantity};
use crate::policy::{EarlyBase, EarlyBy, MissingDue, OnTimeBase, OnlinePayment, Policy, ReductionBase, Text};
use crate::register::{self, Register};
use crate::slug::slugs;

slugs! {
    /// Cách đo: the ratio behind an indicator (SPEC §6): of the dossiers (1 to 19; then the four that
    /// only QĐ 766 asks for, over dossiers received), of the registers beside them (20 to 43), or
    /// declared (44 to 48).
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Fact, Measure, Register};
    /// assert_eq!(Measure::Satisfaction.facts().map(|facts| facts.judged), Some(Fact::Rated));
    /// assert_eq!(Measure::FullOnline.register(), Some(Register::Procedures));
    /// ```
    Measure as "measure" {
        /// Resolved before or on the due day.
        OnTime = "on_time",
        /// Resolved before the due day.
        Early = "early",
        /// Payment transactions made online.
        OnlinePayments = "online_payments",
        /// Dossiers with payments, paid online.
        OnlinePaymentDossiers = "online_payment_dossiers",
        /// Satisfied among the rated.
        Satisfaction = "satisfaction",
        /// Received online.
        OnlineDossiers = "online_dossiers",
        /// Dossiers whose every hand-over was electronic.
        ElectronicTransfers = "electronic_transfers",
        /// Input digitised.
        InputDigitisation = "input_digitisation",
        /// Result digitised.
        ResultDigitisation = "result_digitisation",
        /// Electronic result.
        ElectronicResults = "electronic_results",
        /// Nothing already held was asked for again.
        DataReuse = "data_reuse",
        /// Overdue dossiers apologised for.
        Apologies = "apologies",
        /// Overdue dossiers explained.
        Explanations = "explanations",
        /// Status synchronised to the national portal.
        StatusSync = "status_sync",
        /// Result synchronised to the national portal.
        ResultSync = "result_sync",
        /// Result made public.
        ResultPublication = "result_publication",
        /// Received dossiers with their status on the national portal (QĐ 766, 1.4).
        DossiersSynced = "dossiers_synced",
        /// Received dossiers with an electronic result (QĐ 766, 4.1).
        DossiersWithElectronicResult = "dossiers_with_electronic_result",
        /// Received dossiers with digitised input and an electronic result (QĐ 766, 4.2).
        DossiersDigitised = "dossiers_digitised",
        /// Received dossiers neither late nor petitioned about nor rated unsatisfied (QĐ 766, 5.4).
        DossierSatisfaction = "dossier_satisfaction",
        /// Tasks assigned by superiors, done in time.
        AssignedTasks = "assigned_tasks",
        /// Months whose duties of publication were done.
        MonthlyPublication = "monthly_publication",
        /// Procedures posted everywhere they must be.
        ProcedurePublication = "procedure_publication",
        /// Catalogue entries equal on both systems.
        ProcedureSync = "procedure_sync",
        /// Eligible procedures offered online from end to end.
        FullOnline = "full_online",
        /// Eligible procedures offered online, in full or in part.
        OnlineServices = "online_services",
        /// Procedures of businesses that are online.
        BusinessOnline = "business_online",
        /// Online services whose process was restructured.
        OnlineRestructured = "online_restructured",
        /// Eligible procedures whose process was restructured.
        EligibleRestructured = "eligible_restructured",
        /// Online services on the national portal.
        PortalIntegration = "portal_integration",
        /// Fee procedures offered for online payment.
        PaymentOffered = "payment_offered",
        /// Fee procedures with dossiers, paid online at least once.
        PaymentUsed = "payment_used",
        /// Procedures offered for online payment, with a transaction.
        PaymentUsedOffered = "payment_used_offered",
        /// Eligible procedures served by post.
        Postal = "postal",
        /// Procedures received anywhere in the province.
        BoundaryFree = "boundary_free",
        /// Procedures restructured to be received anywhere.
        BoundaryFreeRestructured = "boundary_free_restructured",
        /// Procedures reviewed.
        Review = "review",
        /// Internal procedures reviewed and simplified.
        InternalSimplified = "internal_simplified",
        /// Groups of procedures whose review was submitted in time.
        ReviewGroups = "review_groups",
        /// Working days cut since 2024.
        TimeReduction = "time_reduction",
        /// Cost of compliance cut since 2024.
        CostReduction = "cost_reduction",
        /// Petitions resolved in time.
        PetitionsResolved = "petitions_resolved",
        /// Petitions answered publicly.
        PetitionsPublished = "petitions_published",
        /// Valid results digitised.
        ArchiveDigitisation = "archive_digitisation",
        /// Somebody declares it, with the document that says so.
        Declared = "declared",
    }
}

slugs! {
    /// Đơn vị đếm: what the numerator and the denominator count.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Measure, Policy, Unit};
    /// assert_eq!("payments".parse::<Unit>()?, Unit::Payments);
    /// assert_eq!(Measure::OnlinePayments.unit(&Policy::default()), Unit::Payments);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Unit as "unit" {
        /// Hồ sơ.
        Dossiers = "dossiers",
        /// Phiếu đánh giá.
        Ratings = "ratings",
        /// Giao dịch thanh toán.
        Payments = "payments",
        /// Thủ tục hành chính.
        Procedures = "procedures",
        /// Nhiệm vụ.
        Tasks = "tasks",
        /// Tháng.
        Months = "months",
        /// Nhóm thủ tục.
        Groups = "groups",
        /// Phản ánh, kiến nghị.
        Petitions = "petitions",
        /// Kết quả giải quyết.
        Results = "results",
        /// Ngày làm việc.
        WorkingDays = "working_days",
        /// Đồng Việt Nam.
        Vnd = "vnd",
        /// Như văn bản khai: whatever the document that declares it counts.
        Declared = "declared",
    }
}

/// The facts behind a measure. Rows of `scope` could enter the denominator; of them, `judged`
/// are known; of them, `passed` succeed.
///
/// # Example
/// ```
/// use tthc_kpi::{Fact, Measure, Quantity};
/// let facts = Measure::Satisfaction.facts().unwrap();
/// assert_eq!((facts.scope, facts.judged, facts.passed), (Fact::Resolved, Fact::Rated, Fact::Satisfied));
/// let sums = Measure::OnlinePayments.facts().unwrap().sums;
/// assert_eq!(sums, Some((Quantity::PaymentsOnline, Quantity::Payments)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeasureFacts {
    /// Rows that could enter the denominator.
    pub scope: Fact,
    /// Rows in the denominator.
    pub judged: Fact,
    /// Rows in the numerator. For sums, the rows whose sums are counted.
    pub passed: Fact,
    /// Numerator and denominator when they are sums over the judged rows and not counts of rows.
    pub sums: Option<(Quantity, Quantity)>,
}

impl Measure {
    /// The facts behind the measure; none for one that is not counted from facts of dossiers.
    pub const fn facts(self) -> Option<MeasureFacts> {
        use Fact as F;
        let (scope, judged, passed) = match self {
            Measure::OnTime => (F::OnTimeScope, F::OnTimeJudged, F::OnTimePassed),
            Measure::Early => (F::EarlyScope, F::EarlyJudged, F::EarlyPassed),
            Measure::OnlinePayments => (F::FeeScope, F::PaymentsJudged, F::PaymentsJudged),
            Measure::OnlinePaymentDossiers => (F::FeeScope, F::FeeJudged, F::FeeOnline),
            Measure::Satisfaction => (F::Resolved, F::Rated, F::Satisfied),
            Measure::OnlineDossiers => (F::Received, F::ChannelKnown, F::Online),
            Measure::ElectronicTransfers => (F::TransferScope, F::TransferJudged, F::TransferElectronic),
            Measure::InputDigitisation => (F::Received, F::InputDigitisedKnown, F::InputDigitised),
            Measure::ResultDigitisation => (F::Resolved, F::ResultDigitisedKnown, F::ResultDigitised),
            Measure::ElectronicResults => (F::Resolved, F::ResultElectronicKnown, F::ResultElectronic),
            Measure::DataReuse => (F::Received, F::DataReusedKnown, F::DataReused),
            Measure::Apologies => (F::OverdueEver, F::ApologisedKnown, F::Apologised),
            Measure::Explanations => (F::OverdueEver, F::ExplainedKnown, F::Explained),
            // Synchronisation of the status is asked of every handled dossier.
            Measure::StatusSync => (F::Handled, F::SyncedKnown, F::Synced),
            Measure::ResultSync => (F::Resolved, F::ResultSyncedKnown, F::ResultSynced),
            Measure::ResultPublication => (F::Resolved, F::ResultPublishedKnown, F::ResultPublished),
            Measure::DossiersSynced => (F::Received, F::ReceivedSyncedKnown, F::ReceivedSynced),
            Measure::DossiersWithElectronicResult => {
                (F::Received, F::ReceivedElectronicKnown, F::ReceivedElectronic)
            }
            Measure::DossiersDigitised => (F::Received, F::DigitisedKnown, F::Digitised),
            Measure::DossierSatisfaction => (F::Received, F::ServedKnown, F::ServedWell),
            _ => return None,
        };
        let sums = match self {
            Measure::OnlinePayments => Some((Quantity::PaymentsOnline, Quantity::Payments)),
            _ => None,
        };
        Some(MeasureFacts { scope, judged, passed, sums })
    }

    /// Facts of open dossiers still to be decided, and of them those that can still succeed;
    /// only the two timing rates have a best and a worst case.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Fact, Measure};
    /// assert_eq!(Measure::OnTime.pending(), Some((Fact::OnTimePending, Fact::OnTimePossible)));
    /// assert_eq!(Measure::Satisfaction.pending(), None);
    /// ```
    pub const fn pending(self) -> Option<(Fact, Fact)> {
        match self {
            Measure::OnTime => Some((Fact::OnTimePending, Fact::OnTimePossible)),
            Measure::Early => Some((Fact::EarlyPending, Fact::EarlyPossible)),
            _ => None,
        }
    }

    /// For a scope that holds rows which may turn out not to belong to it (payments or hand-overs
    /// unknown): the rows it is drawn from, and of the scope those that do belong.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Fact, Measure};
    /// assert_eq!(Measure::OnlinePayments.certain(), Some((Fact::Received, Fact::Paid)));
    /// assert_eq!(Measure::OnTime.certain(), None);
    /// ```
    pub const fn certain(self) -> Option<(Fact, Fact)> {
        match self {
            Measure::OnlinePayments | Measure::OnlinePaymentDossiers => Some((Fact::Received, Fact::Paid)),
            Measure::ElectronicTransfers => Some((Fact::Handled, Fact::Moved)),
            _ => None,
        }
    }

    /// Columns without which the measure has no data under a policy.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Column, Measure, Policy};
    /// assert_eq!(Measure::Satisfaction.columns(&Policy::default()), [Column::Rating]);
    /// let policy = Policy::default().with("missing_due", "from_procedure")?;
    /// assert!(Measure::OnTime.columns(&policy).contains(&Column::LimitDays));
    /// # Ok::<(), tthc_kpi::PolicyError>(())
    /// ```
    pub fn columns(self, policy: &Policy) -> Vec<Column> {
        use Column as C;
        let mut due = vec![C::DueAt];
        if policy.missing_due == MissingDue::FromProcedure {
            due.push(C::LimitDays);
        }
        match self {
            Measure::OnTime => due,
            Measure::Early => {
                if policy.early_by == EarlyBy::Returned {
                    due.push(C::ReturnedAt);
                }
                due
            }
            Measure::OnlinePayments if policy.online_payment == OnlinePayment::Portal => {
                vec![C::Payments, C::PaymentsPortal]
            }
            Measure::OnlinePayments | Measure::OnlinePaymentDossiers => vec![C::Payments, C::PaymentsOnline],
            Measure::Satisfaction => vec![C::Rating],
            Measure::OnlineDossiers => vec![C::Channel],
            Measure::ElectronicTransfers => vec![C::Transfers, C::TransfersElectronic],
            Measure::InputDigitisation => vec![C::InputDigitised],
            Measure::ResultDigitisation => vec![C::ResultDigitised],
            Measure::ElectronicResults => vec![C::ResultElectronic],
            Measure::DataReuse => vec![C::DataReused],
            Measure::Apologies => vec![C::Apologised],
            Measure::Explanations => vec![C::Explained],
            Measure::StatusSync => vec![C::Synced],
            Measure::ResultSync => vec![C::ResultSynced],
            Measure::ResultPublication => vec![C::ResultPublished],
            Measure::DossiersSynced => vec![C::Synced],
            Measure::DossiersWithElectronicResult => vec![C::ResultElectronic],
            Measure::DossiersDigitised => vec![C::InputDigitised, C::ResultElectronic],
            Measure::DossierSatisfaction => {
                due.extend([C::Petitioned, C::Rating]);
                due
            }
            Measure::PaymentUsed | Measure::PaymentUsedOffered => {
                let mut needed = vec![C::ProcedureCode];
                needed.extend(Measure::OnlinePayments.columns(policy));
                needed
            }
            _ => Vec::new(),
        }
    }

    /// Whether the dossiers say too little for the measure, though some could be judged: no result of
    /// any kind beside open dossiers, which have none; or nobody asked for ratings, so that none being
    /// bad says nothing.
    pub(crate) fn is_untold(self, fact: impl Fn(Fact) -> u64, missing: impl Fn(&Column) -> bool) -> bool {
        match self {
            Measure::DossiersWithElectronicResult | Measure::DossiersDigitised => {
                fact(Fact::Resolved) > 0 && fact(Fact::ResultElectronicKnown) == 0
            }
            Measure::DossierSatisfaction => missing(&Column::Rating),
            _ => false,
        }
    }

    /// The register the measure is counted from; none for one of the dossiers alone.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Measure, Register};
    /// assert_eq!(Measure::PetitionsResolved.register(), Some(Register::Petitions));
    /// assert_eq!(Measure::OnTime.register(), None);
    /// ```
    pub const fn register(self) -> Option<Register> {
        Some(match self {
            Measure::AssignedTasks => Register::Tasks,
            Measure::MonthlyPublication => Register::PlanTasks,
            Measure::ReviewGroups => Register::Reviews,
            Measure::PetitionsResolved | Measure::PetitionsPublished => Register::Petitions,
            Measure::ArchiveDigitisation => Register::Archive,
            Measure::Declared => Register::Declared,
            _ if self.facts().is_some() => return None,
            _ => Register::Procedures,
        })
    }

    /// Whether what is counted has a field, so that an indicator can be confined to some.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Measure;
    /// assert!(Measure::FullOnline.has_fields() && !Measure::PetitionsResolved.has_fields());
    /// ```
    pub const fn has_fields(self) -> bool {
        matches!(self.register(), None | Some(Register::Procedures | Register::Archive))
    }

    /// Whether procedures are counted by their dossiers, joined with the register of procedures.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Measure;
    /// assert!(Measure::PaymentUsed.joins_procedures() && !Measure::FullOnline.joins_procedures());
    /// ```
    pub const fn joins_procedures(self) -> bool {
        // Cuts are weighted by the dossiers of procedures under one of the policies.
        matches!(
            self,
            Measure::PaymentUsed
                | Measure::PaymentUsedOffered
                | Measure::TimeReduction
                | Measure::CostReduction
        )
    }

    /// What numerator and denominator count, under a policy.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Measure, Policy, Unit};
    /// assert_eq!(Measure::CostReduction.unit(&Policy::default()), Unit::Vnd);
    /// let share = Policy::default().with("reduction_base", "per_procedure")?;
    /// assert_eq!(Measure::CostReduction.unit(&share), Unit::Procedures);
    /// # Ok::<(), tthc_kpi::PolicyError>(())
    /// ```
    pub const fn unit(self, policy: &Policy) -> Unit {
        let shares = matches!(policy.reduction_base, ReductionBase::PerProcedure);
        match self {
            Measure::Satisfaction => Unit::Ratings,
            Measure::OnlinePayments => Unit::Payments,
            Measure::TimeReduction if !shares => Unit::WorkingDays,
            Measure::CostReduction if !shares => Unit::Vnd,
            _ => match self.register() {
                None => Unit::Dossiers,
                Some(Register::Procedures) => Unit::Procedures,
                Some(Register::Petitions) => Unit::Petitions,
                Some(Register::Tasks) => Unit::Tasks,
                Some(Register::Reviews) => Unit::Groups,
                Some(Register::Archive) => Unit::Results,
                Some(Register::PlanTasks) => Unit::Months,
                Some(Register::Declared) => Unit::Declared,
            },
        }
    }

    /// The definition in words, under a policy.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Measure, Policy};
    /// let portal = Policy::profile("qd-766")?;
    /// assert!(Measure::OnTime.definition(&portal).en.contains("received"));
    /// # Ok::<(), tthc_kpi::PolicyError>(())
    /// ```
    pub fn definition(self, policy: &Policy) -> Text {
        let (vi, en) = match self {
            Measure::OnTime => match policy.on_time_base {
                OnTimeBase::Resolved => (
                    "số hồ sơ giải quyết trước hạn và đúng hạn / số hồ sơ đã giải quyết có hạn trả",
                    "dossiers resolved before or on the due day / resolved dossiers with a known due date",
                ),
                OnTimeBase::Received => (
                    "(số hồ sơ giải quyết trước hạn và đúng hạn + số hồ sơ đang giải quyết còn trong hạn) / số hồ sơ tiếp nhận trong kỳ có hạn trả",
                    "(dossiers resolved on time + open and in time) / dossiers received in the period with a known due date",
                ),
                OnTimeBase::Handled => (
                    "(số hồ sơ giải quyết trước hạn và đúng hạn + số hồ sơ đang giải quyết còn trong hạn) / số hồ sơ phải giải quyết có hạn trả",
                    "(dossiers resolved on time + open and in time) / dossiers received or carried over with a known due date",
                ),
            },
            Measure::Early => match (policy.early_base, policy.early_by) {
                (EarlyBase::Resolved, EarlyBy::Completed) => (
                    "số hồ sơ giải quyết trước hạn / số hồ sơ đã giải quyết có hạn trả",
                    "dossiers resolved before the due date / resolved dossiers with a known due date",
                ),
                (EarlyBase::Resolved, EarlyBy::Returned) => (
                    "số hồ sơ trả kết quả trước hạn / số hồ sơ đã giải quyết có hạn trả và ngày trả",
                    "dossiers returned before the due date / resolved dossiers with known due and return dates",
                ),
                (EarlyBase::OnTime, EarlyBy::Completed) => (
                    "số hồ sơ giải quyết trước hạn / số hồ sơ giải quyết trước hạn và đúng hạn",
                    "dossiers resolved before the due date / dossiers resolved on time",
                ),
                (EarlyBase::OnTime, EarlyBy::Returned) => (
                    "số hồ sơ trả kết quả trước hạn / số hồ sơ giải quyết trước hạn và đúng hạn có ngày trả",
                    "dossiers returned before the due date / dossiers resolved on time with a known return date",
                ),
            },
            Measure::OnlinePayments => match policy.online_payment {
                OnlinePayment::Portal => (
                    "số giao dịch thanh toán trên Cổng DVCQG / tổng số giao dịch thanh toán của hồ sơ tiếp nhận trong kỳ",
                    "payments on the national portal / payment transactions of dossiers received in the period",
                ),
                OnlinePayment::Any => (
                    "số giao dịch thanh toán trực tuyến / tổng số giao dịch thanh toán của hồ sơ tiếp nhận trong kỳ",
                    "online payments / payment transactions of dossiers received in the period",
                ),
            },
            Measure::OnlinePaymentDossiers => (
                "số hồ sơ có thanh toán trực tuyến / số hồ sơ tiếp nhận trong kỳ có thanh toán",
                "dossiers with an online payment / dossiers received in the period with a payment",
            ),
            Measure::Satisfaction => (
                "số phiếu hài lòng / số phiếu đánh giá của hồ sơ đã giải quyết",
                "satisfied ratings / ratings of resolved dossiers",
            ),
            Measure::OnlineDossiers => (
                "số hồ sơ nộp trực tuyến / số hồ sơ tiếp nhận trong kỳ có ghi hình thức nộp",
                "dossiers received online / dossiers received in the period through a known channel",
            ),
            Measure::ElectronicTransfers => (
                "số hồ sơ mọi lần luân chuyển đều bằng điện tử / số hồ sơ có luân chuyển nội bộ",
                "dossiers all of whose hand-overs were electronic / handled dossiers with hand-overs",
            ),
            Measure::InputDigitisation => (
                "số hồ sơ được số hóa thành phần / số hồ sơ tiếp nhận trong kỳ có ghi nhận",
                "dossiers with digitised input / dossiers received in the period where it is known",
            ),
            Measure::ResultDigitisation => (
                "số hồ sơ được số hóa kết quả / số hồ sơ đã giải quyết có ghi nhận",
                "dossiers with a digitised result / resolved dossiers where it is known",
            ),
            Measure::ElectronicResults => (
                "số hồ sơ có kết quả điện tử / số hồ sơ đã giải quyết có ghi nhận",
                "dossiers with an electronic result / resolved dossiers where it is known",
            ),
            Measure::DataReuse => (
                "số hồ sơ tái sử dụng dữ liệu / số hồ sơ tiếp nhận trong kỳ có ghi nhận (hồ sơ đại diện cho người dân, doanh nghiệp)",
                "dossiers that re-used data / dossiers received in the period where it is known (dossiers stand for people and businesses)",
            ),
            Measure::Apologies => (
                "số hồ sơ có văn bản xin lỗi / số hồ sơ quá hạn (đã giải quyết quá hạn và đang giải quyết quá hạn) có ghi nhận",
                "dossiers apologised for / dossiers resolved late or open overdue where it is known",
            ),
            Measure::Explanations => (
                "số hồ sơ có giải trình / số hồ sơ quá hạn (đã giải quyết quá hạn và đang giải quyết quá hạn) có ghi nhận",
                "dossiers explained / dossiers resolved late or open overdue where it is known",
            ),
            Measure::StatusSync => (
                "số hồ sơ đã đồng bộ trạng thái / số hồ sơ phải giải quyết có ghi nhận",
                "dossiers with synchronised status / handled dossiers where it is known",
            ),
            Measure::ResultSync => (
                "số hồ sơ đã đồng bộ kết quả / số hồ sơ đã giải quyết có ghi nhận",
                "dossiers with synchronised result / resolved dossiers where it is known",
            ),
            Measure::ResultPublication => (
                "số hồ sơ có kết quả được công khai / số hồ sơ đã giải quyết có ghi nhận",
                "dossiers with published result / resolved dossiers where it is known",
            ),
            Measure::DossiersSynced => (
                "số hồ sơ đã đồng bộ trạng thái / số hồ sơ tiếp nhận trong kỳ có ghi nhận",
                "dossiers with synchronised status / dossiers received in the period where it is known",
            ),
            Measure::DossiersWithElectronicResult => (
                "số hồ sơ đã có kết quả điện tử / số hồ sơ tiếp nhận trong kỳ có ghi nhận (hồ sơ đang giải quyết: chưa có)",
                "dossiers with an electronic result / dossiers received in the period where it is known (an open dossier has none yet)",
            ),
            Measure::DossiersDigitised => (
                "số hồ sơ được số hóa thành phần và đã có kết quả điện tử / số hồ sơ tiếp nhận trong kỳ có ghi nhận cả hai",
                "dossiers with digitised input and an electronic result / dossiers received in the period where both are known",
            ),
            Measure::DossierSatisfaction => (
                "số hồ sơ không quá hạn, không bị phản ánh, kiến nghị, không bị đánh giá không hài lòng / số hồ sơ tiếp nhận trong kỳ có hạn trả và ghi nhận phản ánh (hồ sơ không có phiếu đánh giá được coi là hài lòng)",
                "dossiers neither late nor petitioned about nor rated unsatisfied / dossiers received in the period where the due date and petitions are known (one nobody rated counts as satisfied)",
            ),
            _ => return register::definition(self, policy),
        };
        Text::new(vi, en)
    }
}
