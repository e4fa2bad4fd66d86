//! What a commune handles: its units, fields and procedures, and how each behaves. Everything the
//! generator believes about the work is in the two tables below.
//!
//! Names and limits are those of the procedures communes publish; the shares are made up to look
//! like a year at a one-stop counter and say nothing of any real commune.

/// Đơn vị giải quyết: a unit of the commune that settles dossiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// The one-stop centre settles at the counter what is handed back at once.
    Centre,
    Office,
    Culture,
    Economy,
}

impl Unit {
    pub(super) const ALL: [Unit; 4] = [Unit::Centre, Unit::Office, Unit::Culture, Unit::Economy];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Unit::Centre => "Trung tâm Phục vụ hành chính công phường",
            Unit::Office => "Văn phòng HĐND và UBND",
            Unit::Culture => "Phòng Văn hóa – Xã hội",
            Unit::Economy => "Phòng Kinh tế, Hạ tầng và Đô thị",
        }
    }

    /// Role codes of its officers, first and count: CB01 to CB14 over the four units.
    pub(super) const fn officers(self) -> (u32, u32) {
        match self {
            Unit::Centre => (0, 3),
            Unit::Office => (3, 4),
            Unit::Culture => (7, 3),
            Unit::Economy => (10, 4),
        }
    }
}

/// Số cán bộ: officers of a commune.
pub(super) const OFFICERS: u32 = 14;

/// Lĩnh vực: a field, and how its work goes. Shares are per thousand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    /// Of the resolved: ended before the due day.
    pub(super) early: u32,
    /// Of the resolved: ended after the due day; the rest on it.
    pub(super) late: u32,
    /// Dossiers asked for more papers.
    pub(super) supplement: u32,
    /// Of the rated: satisfied or very satisfied.
    pub(super) satisfied: u32,
    /// Internal hand-overs of a usual dossier.
    pub(super) transfers: u32,
}

/// Thủ tục hành chính: a procedure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Procedure {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) field: u8,
    pub(super) unit: Unit,
    /// Working days; 0 is handed back within the day.
    pub(super) limit: u32,
    /// VND; 0 for none.
    pub(super) fee: u32,
    /// Share of all dossiers, per thousand.
    pub(super) weight: u32,
    /// Of those received in office hours, per thousand, how many come online.
    pub(super) online: u32,
    /// Per thousand, how many come from businesses.
    pub(super) business: u32,
}

macro_rules! fields {
    ($($id:ident $code:literal $early:literal $late:literal $supplement:literal $satisfied:literal
       $transfers:literal $name:literal)+) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy)]
        enum Id { $($id,)+ }

        pub(super) const FIELDS: &[Field] = &[$(Field {
            code: $code, name: $name, early: $early, late: $late, supplement: $supplement,
            satisfied: $satisfied, transfers: $transfers,
        },)+];
    };
}

macro_rules! procedures {
    ($($code:literal $limit:literal $fee:literal $weight:literal $online:literal $business:literal
       $unit:ident $field:ident $name:literal)+) => {
        pub(super) const PROCEDURES: &[Procedure] = &[$(Procedure {
            code: $code, name: $name, field: Id::$field as u8, unit: Unit::$unit, limit: $limit,
            fee: $fee, weight: $weight, online: $online, business: $business,
        },)+];
    };
}

fields! {
//  id            code       early late suppl. satisf. transfers  name
    Certify      "G15-CT01"  930    5    5   960  0  "Chứng thực"
    CivilStatus  "G15-HT01"  855   22   40   945  1  "Hộ tịch"
    Land         "G13-DD01"  540  165  220   830  3  "Đất đai"
    Building     "G17-XD01"  580  105  200   860  3  "Hoạt động xây dựng"
    Household    "G05-HK01"  830   27   60   930  1  "Thành lập và hoạt động của hộ kinh doanh"
    Welfare      "G18-BT01"  755   62   80   915  2  "Bảo trợ xã hội"
    Merit        "G09-NC01"  760   50   80   930  2  "Người có công"
    Education    "G03-GD01"  800   28   40   935  1  "Giáo dục và đào tạo"
    Farming      "G10-NN01"  760   45   70   905  2  "Nông nghiệp"
    Residence    "G01-CT01"  850   20   40   930  1  "Đăng ký, quản lý cư trú"
    Investment   "G05-DT01"  640   70  150   890  3  "Đầu tư vào nông nghiệp, nông thôn"
    Culture      "G16-VH01"  800   30   60   940  1  "Văn hóa"
    Environment  "G13-MT01"  660   85  150   890  3  "Môi trường"
    Trade        "G02-LT01"  780   35   80   920  2  "Lưu thông hàng hóa trong nước"
    Reward       "G09-TD01"  800   25   30   950  2  "Thi đua, khen thưởng"
}

procedures! {
//  code      days     fee  share online business unit  field       name
    "2.000815"  1     2000   236   740   90  Centre  Certify     "Chứng thực bản sao từ bản chính giấy tờ, văn bản do cơ quan, tổ chức có thẩm quyền của Việt Nam cấp hoặc chứng nhận"
    "2.000884"  0    10000    78   740   60  Centre  Certify     "Chứng thực chữ ký trong các giấy tờ, văn bản (áp dụng cho cả trường hợp chứng thực điểm chỉ và người yêu cầu không ký, không điểm chỉ được)"
    "2.001035"  2    50000    34   700   40  Office  Certify     "Chứng thực hợp đồng, giao dịch liên quan đến tài sản là động sản, quyền sử dụng đất và nhà ở"
    "2.000913"  2    30000     7   700   30  Office  Certify     "Chứng thực việc sửa đổi, bổ sung, hủy bỏ hợp đồng, giao dịch"
    "2.001019"  2    50000     4   650    0  Office  Certify     "Chứng thực di chúc"
    "2.001016"  2    50000     5   650    0  Office  Certify     "Chứng thực văn bản từ chối nhận di sản"
    "2.001406"  2    50000     8   650    0  Office  Certify     "Chứng thực văn bản phân chia di sản"
    "2.000908"  0        0    12   800   20  Centre  Certify     "Cấp bản sao từ sổ gốc"
    "2.000635"  0     8000    62   850   10  Centre  CivilStatus "Cấp bản sao trích lục hộ tịch, bản sao giấy khai sinh"
    "1.004873"  3    15000    54   880    0  Office  CivilStatus "Cấp giấy xác nhận tình trạng hôn nhân"
    "1.001193"  1        0    26   850    0  Office  CivilStatus "Đăng ký khai sinh"
    "2.000986"  4        0    24   960    0  Office  CivilStatus "Liên thông đăng ký khai sinh, đăng ký thường trú, cấp thẻ bảo hiểm y tế cho trẻ em dưới 6 tuổi"
    "1.000894"  1        0    22   820    0  Office  CivilStatus "Đăng ký kết hôn"
    "1.000656"  1        0    11   840    0  Office  CivilStatus "Đăng ký khai tử"
    "1.004859"  3    15000    18   860    0  Office  CivilStatus "Thay đổi, cải chính, bổ sung thông tin hộ tịch, xác định lại dân tộc"
    "1.004884"  5     8000    11   860    0  Office  CivilStatus "Đăng ký lại khai sinh"
    "1.004772"  5     8000     6   860    0  Office  CivilStatus "Đăng ký khai sinh cho người đã có hồ sơ, giấy tờ cá nhân"
    "1.001022"  3    15000     4   800    0  Office  CivilStatus "Đăng ký nhận cha, mẹ, con"
    "1.004837"  3        0     2   800    0  Office  CivilStatus "Đăng ký giám hộ"
    "1.005461"  5     8000     3   840    0  Office  CivilStatus "Đăng ký lại khai tử"
    "1.012753" 20    50000    24   780   60  Economy Land        "Đăng ký đất đai, tài sản gắn liền với đất, cấp giấy chứng nhận lần đầu"
    "1.012783" 10    28000    16   800   80  Economy Land        "Cấp đổi giấy chứng nhận quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất"
    "1.012766" 10    28000    14   800   80  Economy Land        "Đăng ký biến động quyền sử dụng đất, tài sản gắn liền với đất"
    "1.012771" 15        0     9   760   70  Economy Land        "Chuyển mục đích sử dụng đất đối với cá nhân, hộ gia đình"
    "1.012812" 30        0     4   650   40  Economy Land        "Hòa giải tranh chấp đất đai"
    "1.013225" 15    75000    15   840  120  Economy Building    "Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ"
    "1.013229" 15    75000     4   840  120  Economy Building    "Cấp giấy phép xây dựng sửa chữa, cải tạo đối với nhà ở riêng lẻ"
    "1.013226"  5    15000     3   860  120  Economy Building    "Gia hạn giấy phép xây dựng đối với nhà ở riêng lẻ"
    "1.013227" 10        0     4   820  160  Economy Building    "Cung cấp thông tin quy hoạch xây dựng"
    "1.001612"  3   100000    26   930 1000  Economy Household   "Đăng ký thành lập hộ kinh doanh"
    "2.000720"  3    50000    12   930 1000  Economy Household   "Đăng ký thay đổi nội dung đăng ký hộ kinh doanh"
    "1.001570"  3        0     5   940 1000  Economy Household   "Tạm ngừng kinh doanh, tiếp tục kinh doanh trước thời hạn của hộ kinh doanh"
    "1.001266"  3        0     7   930 1000  Economy Household   "Chấm dứt hoạt động hộ kinh doanh"
    "2.000575"  3    30000     2   930 1000  Economy Household   "Cấp lại giấy chứng nhận đăng ký hộ kinh doanh"
    "1.001776" 10        0    26   830    0  Culture Welfare     "Thực hiện, điều chỉnh, thôi hưởng trợ cấp xã hội hằng tháng, hỗ trợ kinh phí chăm sóc, nuôi dưỡng hằng tháng"
    "1.001699" 20        0    10   800    0  Culture Welfare     "Xác định, xác định lại mức độ khuyết tật và cấp giấy xác nhận khuyết tật"
    "1.001731"  3        0    11   830    0  Culture Welfare     "Hỗ trợ chi phí mai táng cho đối tượng bảo trợ xã hội"
    "1.011606" 15        0     9   820    0  Culture Welfare     "Công nhận hộ nghèo, hộ cận nghèo; hộ thoát nghèo, hộ thoát cận nghèo"
    "1.010833"  3        0    12   830    0  Culture Merit       "Cấp giấy xác nhận thân nhân của người có công"
    "1.010803" 12        0     7   820    0  Culture Merit       "Giải quyết chế độ trợ cấp thờ cúng liệt sĩ"
    "1.010824" 12        0     6   820    0  Culture Merit       "Hưởng trợ cấp khi người có công đang hưởng trợ cấp ưu đãi từ trần"
    "1.005099"  2        0    12   900    0  Culture Education   "Chuyển trường đối với học sinh tiểu học"
    "2.002481"  2        0    11   900    0  Culture Education   "Chuyển trường đối với học sinh trung học cơ sở"
    "1.005144" 10        0     9   860    0  Culture Education   "Đề nghị miễn, giảm học phí, hỗ trợ chi phí học tập"
    "1.004492" 15        0     3   880  700  Culture Education   "Cho phép nhóm trẻ, lớp mẫu giáo độc lập hoạt động giáo dục"
    "2.002163"  3        0     9   800  100  Economy Farming     "Đăng ký kê khai số lượng chăn nuôi tập trung và trồng trọt ban đầu"
    "1.008004"  5        0     6   800  100  Economy Farming     "Chuyển đổi cơ cấu cây trồng trên đất trồng lúa"
    "1.004194"  3        0    16   960   20  Office  Residence   "Đăng ký tạm trú"
    "1.004222"  7        0    11   950    0  Office  Residence   "Đăng ký thường trú"
    "1.003434" 25        0     8   850  820  Economy Investment  "Hỗ trợ đầu tư dự án liên kết sản xuất và tiêu thụ sản phẩm nông nghiệp"
    "1.003622" 10        0     4   860  150  Culture Culture     "Thông báo tổ chức lễ hội cấp xã"
    "1.008901"  5        0     3   880  300  Culture Culture     "Thông báo thành lập thư viện cộng đồng"
    "1.010736" 15        0     4   860  900  Economy Environment "Tham vấn trong đánh giá tác động môi trường"
    "2.000633" 10  1100000     5   900 1000  Economy Trade       "Cấp giấy phép bán lẻ rượu"
    "1.000775" 10        0     4   850  100  Office  Reward      "Tặng giấy khen của Chủ tịch UBND cấp xã theo công trạng"
}

/// Ngày mùng một Tết: the lunar new year of the years the calendar covers, as (year, month, day).
pub(super) const NEW_YEARS: &[(i32, u32, u32)] = &[(2024, 2, 10), (2025, 1, 29), (2026, 2, 17), (2027, 2, 6)];
