//! What each indicator of the registers divides by what, in words.

use super::RegisterColumn;
use crate::measure::Measure;
use crate::policy::{OnlinePayment, Policy, ReductionBase, Text};

/// The definition of a measure that is not of the dossiers alone. Procedures of people and businesses are
/// meant, not internal ones, except where these are named and in reviews and cuts.
pub(crate) fn definition(measure: Measure, policy: &Policy) -> Text {
    let (vi, en) = match measure {
        Measure::AssignedTasks => (
            "số nhiệm vụ hoàn thành không sau hạn / số nhiệm vụ cấp trên giao đến hạn trong kỳ",
            "tasks done by their due day / tasks assigned by superiors that came due in the period",
        ),
        Measure::MonthlyPublication => (
            "số tháng làm đủ, đúng hạn các việc công khai hằng tháng / số tháng đến hạn trong kỳ",
            "months all of whose duties of publication were done in time / months that came due in the period",
        ),
        Measure::ProcedurePublication => (
            "số thủ tục công khai đủ trên trang thông tin, tại nơi tiếp nhận và tại đơn vị giải quyết / số thủ tục",
            "procedures posted on the page, at reception and at the resolving unit / procedures",
        ),
        Measure::ProcedureSync => (
            "số thủ tục khớp giữa hệ thống tỉnh và Cổng DVCQG / số thủ tục",
            "procedures equal on the provincial system and the national portal / procedures",
        ),
        Measure::FullOnline => (
            "số thủ tục cung cấp toàn trình / số thủ tục đủ điều kiện toàn trình",
            "procedures offered online from end to end / procedures eligible for it",
        ),
        Measure::OnlineServices => (
            "số thủ tục cung cấp trực tuyến (toàn trình, một phần) / số thủ tục đủ điều kiện",
            "procedures offered online, in full or in part / procedures eligible for either",
        ),
        Measure::BusinessOnline => (
            "số thủ tục liên quan đến doanh nghiệp cung cấp trực tuyến / số thủ tục liên quan đến doanh nghiệp",
            "procedures of businesses offered online / procedures of businesses",
        ),
        Measure::OnlineRestructured => (
            "số dịch vụ công trực tuyến đã tái cấu trúc quy trình / số dịch vụ công trực tuyến",
            "online services whose process was restructured / online services",
        ),
        Measure::EligibleRestructured => (
            "số thủ tục đã tái cấu trúc quy trình / số thủ tục đủ điều kiện trực tuyến",
            "procedures whose process was restructured / procedures eligible to be online",
        ),
        Measure::PortalIntegration => (
            "số dịch vụ công trực tuyến tích hợp trên Cổng DVCQG / số dịch vụ công trực tuyến",
            "online services on the national portal / online services",
        ),
        Measure::PaymentOffered => (
            "số thủ tục có phí, lệ phí cung cấp thanh toán trực tuyến / số thủ tục có phí, lệ phí",
            "fee procedures offered for online payment / fee procedures",
        ),
        Measure::PaymentUsed => match policy.online_payment {
            OnlinePayment::Portal => (
                "số thủ tục có phí có hồ sơ thanh toán trên Cổng DVCQG / số thủ tục có phí có hồ sơ thanh toán trong kỳ",
                "fee procedures with a payment on the national portal / fee procedures with a fee dossier in the period",
            ),
            OnlinePayment::Any => (
                "số thủ tục có phí có hồ sơ thanh toán trực tuyến / số thủ tục có phí có hồ sơ thanh toán trong kỳ",
                "fee procedures with an online payment / fee procedures with a fee dossier in the period",
            ),
        },
        Measure::PaymentUsedOffered => (
            "số thủ tục có giao dịch thanh toán trực tuyến trong kỳ / số thủ tục đã cung cấp thanh toán trực tuyến",
            "procedures with an online payment in the period / procedures offered for online payment",
        ),
        Measure::Postal => (
            "số thủ tục phục vụ qua bưu chính công ích / số thủ tục đủ điều kiện",
            "procedures served by post / procedures eligible for it",
        ),
        Measure::BoundaryFree => (
            "số thủ tục tiếp nhận không phụ thuộc địa giới hành chính trong tỉnh / số thủ tục",
            "procedures received anywhere in the province / procedures",
        ),
        Measure::BoundaryFreeRestructured => (
            "số thủ tục đã tái cấu trúc để tiếp nhận không phụ thuộc địa giới / số thủ tục",
            "procedures restructured to be received anywhere / procedures",
        ),
        Measure::Review => (
            "số thủ tục đã rà soát / số thủ tục trong danh mục",
            "procedures reviewed / procedures in the register",
        ),
        Measure::InternalSimplified => (
            "số thủ tục nội bộ đã rà soát và đơn giản hóa / số thủ tục nội bộ (giữa các cơ quan và trong từng cơ quan)",
            "internal procedures reviewed and simplified / internal procedures, between and within agencies",
        ),
        Measure::ReviewGroups => (
            "số nhóm gửi kết quả rà soát đúng hạn / số nhóm của kế hoạch đến hạn trong kỳ",
            "groups whose review was submitted in time / groups of the plan that came due in the period",
        ),
        Measure::TimeReduction => match policy.reduction_base {
            ReductionBase::Summed => (
                "(tổng thời gian giải quyết năm 2024 − hiện nay) / tổng thời gian năm 2024, ngày làm việc",
                "(time of all procedures in 2024 − now) / time in 2024, working days",
            ),
            ReductionBase::Weighted => (
                "(thời gian năm 2024 − hiện nay) / thời gian năm 2024, mỗi thủ tục nhân với số hồ sơ tiếp nhận trong kỳ",
                "(time in 2024 − now) / time in 2024, each procedure times the dossiers received of it",
            ),
            ReductionBase::PerProcedure => (
                "số thủ tục cắt giảm thời gian đủ mức của kế hoạch so với năm 2024 / số thủ tục biết cả hai mức",
                "procedures whose time was cut by the plan's percent since 2024 / procedures where both are known",
            ),
        },
        Measure::CostReduction => match policy.reduction_base {
            ReductionBase::Summed => (
                "(tổng chi phí tuân thủ năm 2024 − hiện nay) / tổng chi phí năm 2024, đồng",
                "(cost of compliance of all procedures in 2024 − now) / cost in 2024, VND",
            ),
            ReductionBase::Weighted => (
                "(chi phí tuân thủ năm 2024 − hiện nay) / chi phí năm 2024, mỗi thủ tục nhân với số hồ sơ tiếp nhận trong kỳ",
                "(cost in 2024 − now) / cost in 2024, each procedure times the dossiers received of it",
            ),
            ReductionBase::PerProcedure => (
                "số thủ tục cắt giảm chi phí đủ mức của kế hoạch so với năm 2024 / số thủ tục biết cả hai mức",
                "procedures whose cost was cut by the plan's percent since 2024 / procedures where both are known",
            ),
        },
        Measure::PetitionsResolved => (
            "số phản ánh, kiến nghị giải quyết không sau hạn / số phản ánh, kiến nghị đến hạn trong kỳ",
            "petitions resolved by their due day / petitions that came due in the period",
        ),
        Measure::PetitionsPublished => (
            "số phản ánh, kiến nghị công khai kết quả trả lời / số phản ánh, kiến nghị đến hạn trong kỳ",
            "petitions answered publicly / petitions that came due in the period",
        ),
        Measure::ArchiveDigitisation => (
            "số kết quả còn hiệu lực đã số hóa trong hạn / số kết quả còn hiệu lực",
            "valid results digitised in time / valid results",
        ),
        _ => ("số liệu tự khai theo văn bản", "as declared by a document"),
    };
    Text::new(vi, en)
}

/// Names of the policy rules that can move such a measure.
pub(crate) const fn rules(measure: Measure) -> &'static [&'static str] {
    match measure {
        Measure::PaymentUsed | Measure::PaymentUsedOffered => &["online_payment", "withdrawn", "period_rule"],
        Measure::TimeReduction | Measure::CostReduction => &["reduction_base"],
        Measure::ReviewGroups => &["before_date", "period_rule"],
        Measure::MonthlyPublication
        | Measure::AssignedTasks
        | Measure::PetitionsResolved
        | Measure::PetitionsPublished => &["period_rule"],
        _ => &[],
    }
}

/// The columns of its register that tell how an entry was judged.
pub(crate) fn telling_columns(measure: Measure) -> Vec<RegisterColumn> {
    let more: &[&str] = match measure {
        Measure::ArchiveDigitisation => &["valid", "digitised_on", "results", "results_digitised"],
        Measure::PetitionsResolved | Measure::PetitionsPublished => &["received"],
        Measure::AssignedTasks => &["start"],
        Measure::PaymentUsedOffered => &["fee_bearing"],
        _ => &[],
    };
    let more = more.iter().filter_map(|name| measure.register()?.column(name).ok());
    needed_columns(measure).into_iter().chain(more).collect()
}

/// The columns of its register without which a measure has no data.
pub(crate) fn needed_columns(measure: Measure) -> Vec<RegisterColumn> {
    let names: &[&str] = match measure {
        Measure::AssignedTasks => &["due", "done"],
        Measure::MonthlyPublication => &["id", "done"],
        Measure::ProcedurePublication => &["posted_page", "posted_reception", "posted_unit"],
        Measure::ProcedureSync => &["synced"],
        Measure::FullOnline => &["online_level", "eligible_full"],
        Measure::OnlineServices => &["online_level", "eligible_full", "eligible_partial"],
        Measure::BusinessOnline => &["online_level", "business"],
        Measure::OnlineRestructured => &["online_level", "restructured"],
        Measure::EligibleRestructured => &["eligible_full", "eligible_partial", "restructured"],
        Measure::PortalIntegration => &["online_level", "on_portal"],
        Measure::PaymentOffered => &["fee_bearing", "payment_offered"],
        Measure::PaymentUsed => &["fee_bearing"],
        Measure::PaymentUsedOffered => &["payment_offered"],
        Measure::Postal => &["postal_eligible", "postal_offered"],
        Measure::BoundaryFree => &["boundary_free"],
        Measure::BoundaryFreeRestructured => &["boundary_free_restructured"],
        Measure::Review => &["reviewed"],
        Measure::InternalSimplified => &["internal", "reviewed", "simplified"],
        Measure::ReviewGroups => &["group", "submitted"],
        Measure::TimeReduction => &["time_2024", "time_now"],
        Measure::CostReduction => &["cost_2024", "cost_now"],
        Measure::PetitionsResolved => &["due", "resolved"],
        Measure::PetitionsPublished => &["due", "published"],
        Measure::ArchiveDigitisation => &["digitised"],
        _ => &[],
    };
    let register = measure.register();
    names.iter().filter_map(|name| register?.column(name).ok()).collect()
}
