"""The words of the hardship file (困难职工档案), as codes; `web/file_label_words.py` gives each its words."""

from enum import StrEnum


class FileState(StrEnum):
    """Where a hardship file stands."""

    DRAFT = "draft"  # 草稿
    RETURNED = "returned"  # 退回补正
    FIRST_REVIEW = "first_review"  # 待基层初审
    VISIT = "visit"  # 待入户调查
    CHECK = "check"  # 待经济状况核对
    NOTICE = "notice"  # 公示
    CITY_REVIEW = "city_review"  # 待市级审批
    ACTIVE = "active"  # 在档
    OUT = "out"  # 脱困
    EASED = "eased"  # 解困
    WITHDRAWN = "withdrawn"  # 退档


class FileAct(StrEnum):
    """What is done to a file."""

    OPEN = "open"  # 建草稿
    SUBMIT = "submit"  # 提交
    RETURN = "return"  # 退回
    PASS_FIRST = "pass_first"  # 基层初审通过
    VISIT = "visit"  # 入户调查，第一人
    SIGN_VISIT = "sign_visit"  # 入户调查，第二人签认
    CHECK = "check"  # 核对完成，开始公示
    OBJECT = "object"  # 收到异议
    ANSWER = "answer"  # 异议办结，不成立
    UPHOLD = "uphold"  # 异议成立，退回
    PASS_COUNTY = "pass_county"  # 县级复核通过
    PASS_CITY = "pass_city"  # 市级审批，在档
    CERTIFY = "certify"  # 登记全国级档案号
    RENEW = "renew"  # 年度复核，续档
    LEAVE_OUT = "leave_out"  # 脱困
    LEAVE_EASED = "leave_eased"  # 解困
    WITHDRAW = "withdraw"  # 退档
    WATCH = "watch"  # 返困监测回访
    RELAPSE = "relapse"  # 返困，重新初审
    ASK_TRANSFER = "ask_transfer"  # 申请转出
    TAKE_TRANSFER = "take_transfer"  # 接收转入
    REFUSE_TRANSFER = "refuse_transfer"  # 不接收
    UNDO_MERGE = "undo_merge"  # 重复认定撤回


class ReviewLevel(StrEnum):
    """The three levels of review; nobody acts at two of them in one case."""

    FIRST = "first"  # 基层
    COUNTY = "county"  # 县级、产业
    CITY = "city"  # 市级


class Scheme(StrEnum):
    """The two sets of classes, each in force for its time and place."""

    S2016 = "RS-2016"  # 低保户、低保边缘户、意外致困户
    S2020 = "RS-2020"  # 深度、相对、意外致困


class Exclusion(StrEnum):
    """What keeps a household from being filed (排除条件)."""

    HOMES = "homes"  # 两套及以上住房
    BUSINESS = "business"  # 开店办厂、雇工
    SCHOOL = "school"  # 高收费私立学校、自费留学
    CAR = "car"  # 经常使用的非营运机动车


class Section(StrEnum):
    """The steps of the form; each is saved by itself."""

    PERSON = "person"  # 本人
    WORK = "work"  # 工作
    HEALTH = "health"  # 健康和住房
    MEMBERS = "members"  # 家庭成员
    MONEY = "money"  # 收入支出
    CAUSE = "cause"  # 致困原因
    BANK = "bank"  # 银行账户和同意


class EvidenceKind(StrEnum):
    APPLICATION = "application"  # 申请书
    INCOME = "income"  # 收入证明
    IDENTITY = "identity"  # 身份证、户口本
    DIAGNOSIS = "diagnosis"  # 诊断证明
    BILLS = "bills"  # 医疗单据
    ENROLMENT = "enrolment"  # 录取、学籍
    NOTICE = "notice"  # 公示材料
    VISIT = "visit"  # 入户调查表
    AUTHORISATION = "authorisation"  # 核对授权书
    OTHER = "other"


class FileReturnReason(StrEnum):
    """Why a file goes back to whoever filled it in (退回的理由)."""

    INCOMPLETE = "incomplete"  # 填写不全
    PAPERS_MISSING = "papers_missing"  # 材料不全
    FACTS_DIFFER = "facts_differ"  # 情况不符
    NOT_HARDSHIP = "not_hardship"  # 不够条件
    OBJECTION = "objection"  # 异议成立
    OTHER = "other"


class CheckResult(StrEnum):
    """What the data check with civil affairs brought (经济状况核对), recorded by hand."""

    AGREES = "agrees"  # 一致
    DIFFERS = "differs"  # 不一致
    NOT_AVAILABLE = "not_available"  # 暂时查不到，已注明


class LeaveReason(StrEnum):
    """Why a file is withdrawn (退档原因)."""

    DIED = "died"  # 死亡
    NOT_HARDSHIP = "not_hardship"  # 精准识别，不符合
    DUPLICATE = "duplicate"  # 重复
    MOVED_AWAY = "moved_away"  # 调离本市


class ObjectionState(StrEnum):
    OPEN = "open"  # 待调查
    DISMISSED = "dismissed"  # 不成立
    UPHELD = "upheld"  # 成立


class DuplicateState(StrEnum):
    OPEN = "open"  # 待认定
    SAME = "same"  # 同一户，保留一份
    DIFFERENT = "different"  # 不是同一户


TAKEN_OVER = "taken_over"
"""The reason of the step that put a file on record when a table brought it (从别的系统接收)."""


class FileImportState(StrEnum):
    """How far an uploaded table of files is."""

    CHECKING = "checking"  # 正在核对
    CHECKED = "checked"  # 核对完，待确认
    WRITING = "writing"  # 正在写入
    DONE = "done"  # 已写入
    REFUSED = "refused"  # 整个文件用不了
    DROPPED = "dropped"  # 放弃


class KeyKind(StrEnum):
    """Which number two files share."""

    ID = "id"  # 身份证号
    CARD = "card"  # 银行卡号
    PHONE = "phone"  # 手机号


class Gender(StrEnum):
    MALE = "male"
    FEMALE = "female"


class Relation(StrEnum):
    """A member's relation to the head (与户主关系)."""

    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    PARENT_IN_LAW = "parent_in_law"
    GRANDCHILD = "grandchild"
    SIBLING = "sibling"
    OTHER = "other"


class Marriage(StrEnum):
    MARRIED = "married"
    SINGLE = "single"
    DIVORCED = "divorced"
    WIDOWED = "widowed"


class Registration(StrEnum):
    """Kind of household registration (户口类型)."""

    URBAN = "urban"
    RURAL = "rural"
    CONVERTED = "converted"  # 农转居


class WorkState(StrEnum):
    AT_WORK = "at_work"
    LAID_OFF = "laid_off"
    JOBLESS = "jobless"
    RETIRED = "retired"
    SICK_LEAVE = "sick_leave"
    EARLY_RETIRED = "early_retired"
    MIGRANT = "migrant"
    STUDENT = "student"
    NONE = "none"  # 无工作、未成年


class Health(StrEnum):
    GOOD = "good"
    CANCER = "cancer"
    HEART = "heart"
    STROKE = "stroke"
    KIDNEY = "kidney"
    MENTAL = "mental"
    LIVER = "liver"
    BLOOD = "blood"
    DIABETES = "diabetes"
    SPINE = "spine"
    HYPERTENSION = "hypertension"
    LUNG = "lung"
    MINOR = "minor"
    DISABLED = "disabled"


class Housing(StrEnum):
    EMPLOYER = "employer"  # 承租单位公房
    LOW_RENT = "low_rent"  # 政府廉租房
    BOUGHT = "bought"
    NONE = "none"
    RENTED = "rented"
    SELF_BUILT = "self_built"
    OTHER = "other"


class FloorArea(StrEnum):
    """Floor area in square metres (建筑面积)."""

    TO_20 = "to_20"
    TO_50 = "to_50"
    TO_70 = "to_70"
    ABOVE_70 = "above_70"


class FilingReason(StrEnum):
    """Why a family should have a file."""

    EARLY_HELP = "early_help"  # 急难先帮，补建档
    LASTING = "lasting"  # 走访发现长期困难


class FilingState(StrEnum):
    """Where a task to make up a file stands."""

    OPEN = "open"  # 待建档
    DONE = "done"  # 已提交档案
    DROPPED = "dropped"  # 不用建档
