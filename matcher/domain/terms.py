"""The words of the field, as codes.

Every value that is stored, written to a file or sent over a wire is one of these codes.
`web/labels.py` gives each code its Chinese and English words. Source of the lists: the notice
焦工文〔2018〕115号 (R-numbers) and the forms and measures it rests on.
"""

from enum import StrEnum


class Category(StrEnum):
    """What is needed or given (需求与资源类别)."""

    LIV = "LIV"  # 生活救助
    EDU = "EDU"  # 子女助学
    MED = "MED"  # 医疗/大病
    JOB = "JOB"  # 就业介绍
    TRN = "TRN"  # 技能培训
    LAW = "LAW"  # 法律援助
    ARR = "ARR"  # 欠薪维权
    TRV = "TRV"  # 返乡交通
    HOU = "HOU"  # 住房修缮
    PSY = "PSY"  # 心理疏导
    FOO = "FOO"  # 米面油
    WIN = "WIN"  # 棉被衣物取暖
    AID = "AID"  # 康复辅具、家电（微心愿）
    MUT = "MUT"  # 互助保障
    CAR = "CAR"  # 照护托育家政
    STA = "STA"  # 驿站服务
    CUL = "CUL"  # 文化、节日活动
    WEL = "WEL"  # 节日慰问品
    HEA = "HEA"  # 体检义诊
    POL = "POL"  # 政策代办


class Tier(StrEnum):
    """The five steps of help (梯度帮扶, R42)."""

    T1 = "T1"  # 困难职工帮扶
    T2 = "T2"  # 送温暖走访慰问
    T3 = "T3"  # 互助保障
    T4 = "T4"  # 生活服务
    T5 = "T5"  # 职工福利


class TierReason(StrEnum):
    """Why a need moved to another tier."""

    ON_FILE = "on_file"  # 建档了
    OFF_FILE = "off_file"  # 退出档案
    EMERGENCY = "emergency"  # 急难先帮
    MUTUAL_AID = "mutual_aid"  # 参加了互助保障
    ROSTER = "roster"  # 列入走访慰问
    EVERYBODY = "everybody"  # 人人都有的服务
    WRONG = "wrong"  # 原来定错了


class DutyKind(StrEnum):
    """The two basic duties (R9)."""

    RIGHTS = "rights"  # 维护权益
    SERVICE = "service"  # 竭诚服务


class FundSource(StrEnum):
    """Where the means come from (资金来源); decides which checks run."""

    CENTRAL = "F1"  # 中央财政专项帮扶资金
    PROVINCIAL = "F2"  # 省财政帮扶资金
    LOCAL = "F3"  # 市县财政配套
    UNION = "F4"  # 工会经费
    DONATION = "F5"  # 社会捐助
    EMPLOYER = "F6"  # 行政拨付
    INTEREST = "F7"  # 专户利息及其他
    WELFARE = "F8"  # 基层工会经费·职工福利
    MUTUAL_AID = "F9"  # 互助保障会费


class DonorType(StrEnum):
    CHARITY = "charity"
    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"
    PUBLIC = "public"
    UNION = "union"


class Group(StrEnum):
    """Target groups (帮扶对象群体); a person may be in several (R7)."""

    HARDSHIP = "HARDSHIP"
    SUBSISTENCE = "SUBSISTENCE"
    MIGRANT = "MIGRANT"
    MODEL = "MODEL"
    CRAFTSMAN = "CRAFTSMAN"
    FRONTLINE = "FRONTLINE"
    OUTDOOR = "OUTDOOR"
    SECONDED = "SECONDED"
    LEAD = "LEAD"
    WORKER = "WORKER"
    WOMAN = "WOMAN"
    YOUNG = "YOUNG"
    CHILD = "CHILD"
    STUDENT = "STUDENT"
    ELDER = "ELDER"
    DISABLED = "DISABLED"
    BEREAVED = "BEREAVED"


class HardshipClass(StrEnum):
    """Classes of both rule sets, RS-2016 and RS-2020; NONE = no file (未建档)."""

    SUBSISTENCE = "subsistence"  # 低保户
    MARGINAL = "marginal"  # 低保边缘户
    ACCIDENT = "accident"  # 意外致困户
    DEEP = "deep"  # 深度困难
    RELATIVE = "relative"  # 相对困难
    NONE = "none"  # 未建档


class FileLevel(StrEnum):
    NATIONAL = "national"  # 全国级
    PROVINCE = "province"  # 省级
    CITY = "city"  # 市级


class FileStatus(StrEnum):
    """State of a hardship file; the full state machine of the file comes with the people side."""

    NONE = "none"  # 未建档
    DRAFT = "draft"
    ACTIVE = "active"  # 在档
    CLOSED = "closed"  # 脱困、退档


class Cause(StrEnum):
    """Cause of hardship (致困原因 1–12)."""

    NO_ABILITY = "1"
    UNEMPLOYED_ABLE = "2"
    LAID_OFF = "3"
    UNINSURED = "4"
    INSURANCE_UNPAID = "5"
    ILLNESS = "6"
    DISASTER = "7"
    ACCIDENT = "8"
    SCHOOLING = "9"
    OTHER = "10"
    WORK_INJURY = "11"
    DIED_ON_DUTY = "12"


class PayoutChannel(StrEnum):
    BANK_CARD = "bank_card"
    PASSBOOK = "passbook"
    CASH = "cash"
    NONE = "none"


class SchoolStage(StrEnum):
    KINDERGARTEN = "kindergarten"
    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"
    VOCATIONAL = "vocational"
    COLLEGE = "college"


class UnitLevel(StrEnum):
    CITY = "city"
    COUNTY = "county"
    INDUSTRY = "industry"
    GRASSROOTS = "grassroots"
    STATION = "station"


class Role(StrEnum):
    CASEWORKER = "caseworker"  # 经办人
    REVIEWER = "reviewer"  # 复核人（第二人）
    CONTACT = "contact"  # 帮扶联系人
    WORKER = "worker"  # 职工本人
    FINANCE = "finance"  # 财务
    AUDITOR = "auditor"  # 经审
    CITY = "city"  # 市总工会保障部
    CHARITY = "charity"
    ENTERPRISE = "enterprise"
    SYSADMIN = "sysadmin"  # 三员：系统、安全、审计
    SECADMIN = "secadmin"
    AUDITADMIN = "auditadmin"


class NeedStatus(StrEnum):
    OPEN = "open"  # 待对接
    PROMISED = "promised"  # 已确认（全部数量已承诺）
    MET = "met"  # 已发放
    EXPIRED = "expired"  # 过了需要日期
    WITHDRAWN = "withdrawn"  # 撤回
    NOT_WANTED = "not_wanted"  # 本人不需要


class WithdrawReason(StrEnum):
    """Why a need is taken back (撤回需求的理由)."""

    SOLVED = "solved"  # 已经解决
    NOT_WANTED = "not_wanted"  # 本人不需要
    TWICE = "twice"  # 重复登记
    MOVED = "moved"  # 搬走、调离
    MISTAKE = "mistake"  # 登记错了
    OTHER = "other"


class ImportKind(StrEnum):
    FAMILIES = "families"
    NEEDS = "needs"
    OFFERS = "offers"


class ImportStatus(StrEnum):
    PREVIEW = "preview"  # 已预览，待确认
    DONE = "done"  # 已导入
    DROPPED = "dropped"  # 放弃


class DonorStatus(StrEnum):
    PENDING = "pending"  # 待审核
    VETTED = "vetted"  # 已审核
    SUSPENDED = "suspended"  # 停用


class OfferStatus(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"  # 待审核
    OPEN = "open"  # 可对接
    CLOSED = "closed"  # 已发完或到期
    WITHDRAWN = "withdrawn"


class HandOverMode(StrEnum):
    """How goods reach people (怎么给)."""

    DELIVERED = "delivered"  # 我们送到工会
    COLLECTED = "collected"  # 请工会来取
    PICKED_UP = "picked_up"  # 住户自提


class OfferReturnReason(StrEnum):
    """Why union staff send an offer back to its donor (退回补充)."""

    UNCLEAR = "unclear"  # 东西或数量没写清楚
    SHELF_LIFE = "shelf_life"  # 保质期太短
    TERMS_TOO_NARROW = "terms_too_narrow"  # 条件太窄，找不到合条件的人家
    NOT_NEEDED = "not_needed"  # 眼下没有人需要
    PAPERS_MISSING = "papers_missing"  # 资质或凭证不全
    DUPLICATE = "duplicate"  # 重复登记
    OTHER = "other"


class OfferWithdrawReason(StrEnum):
    """Why an offer is taken back (撤回)."""

    GIVEN_ELSEWHERE = "given_elsewhere"  # 已给了别处
    SPOILED = "spoiled"  # 损坏或过期
    PLANS_CHANGED = "plans_changed"  # 计划有变
    MISTAKE = "mistake"  # 登记有误
    OTHER = "other"


class ProposalStatus(StrEnum):
    PROPOSED = "proposed"  # 待确认
    HELD = "held"  # 暂缓（资源留着）
    AWAITING_APPROVAL = "awaiting_approval"  # 拟帮扶·待审批（只有钱款）
    CONFIRMED = "confirmed"  # 已确认
    DECLINED = "declined"  # 不采纳
    HANDED_OVER = "handed_over"  # 已转办
    SUPERSEDED = "superseded"  # 被新批次取代
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # 确认后撤回
    DELIVERED = "delivered"  # 已发放


class ProposalAction(StrEnum):
    CONFIRM = "confirm"
    ADJUST = "adjust"
    DECLINE = "decline"
    HOLD = "hold"
    RELEASE = "release"  # 暂缓到期或手工恢复
    HAND_OVER = "hand_over"
    APPROVE = "approve"
    RETURN = "return"  # 第二人退回
    UNDO = "undo"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"
    EXPIRE = "expire"
    DELIVER = "deliver"
    UNDELIVER = "undeliver"


class DeclineReason(StrEnum):
    """Why a caseworker declines (不采纳的理由)."""

    ALREADY_HAS = "already_has"  # 家里已经有了
    NOT_WANTED = "not_wanted"  # 本人不需要
    FACTS_DIFFER = "facts_differ"  # 情况不符
    WRONG_ITEM = "wrong_item"  # 东西不合用
    CANNOT_REACH = "cannot_reach"  # 送不到
    OTHERS_FIRST = "others_first"  # 先给更急的人家
    PAPERS_MISSING = "papers_missing"  # 票据不全
    UNREACHABLE = "unreachable"  # 联系不上
    OTHER = "other"


class ContactOutcome(StrEnum):
    REACHED = "reached"  # 已联系
    NO_ANSWER = "no_answer"  # 未接通
    NOT_WANTED = "not_wanted"  # 本人不需要
    RECHECK = "recheck"  # 需再核实


class RevealPurpose(StrEnum):
    """What a person's name and numbers are looked at for; every look is written down with it (R58)."""

    CONTACT = "contact"  # 联系本人
    VISIT = "visit"  # 入户走访
    CHECK = "check"  # 核对材料
    COMPLAINT = "complaint"  # 处理申诉
    HAND_OVER = "hand_over"  # 发放签领


class DeliveryStatus(StrEnum):
    PENDING = "pending"  # 未发放
    DELIVERED = "delivered"  # 已发放


class RunStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RunStage(StrEnum):
    """Stages of a match run, in order."""

    READ = "read"  # 读取
    UNDERSTAND = "understand"  # 理解文字
    CANDIDATES = "candidates"  # 找候选
    ALLOCATE = "allocate"  # 统筹分配
    WRITE = "write"  # 写建议


class JobKind(StrEnum):
    MATCH = "match"
    IMPORT = "import"
    LEARN = "learn"
    SHARD = "shard"  # a piece of a large match run


class ModelVerdict(StrEnum):
    """What became of weights that were learned from decisions."""

    PROMOTED = "promoted"  # 启用
    TOO_FEW = "too_few"  # 决定太少
    NOTHING_LEARNED = "nothing_learned"  # 没学到更好的
    NOTHING_TO_COMPARE = "nothing_to_compare"  # 上月没有可比的
    NOT_BETTER = "not_better"  # 没有把握更好
    DISTRICT_LOSES = "district_loses"  # 有县区变差
    ROLLED_BACK_LATELY = "rolled_back_lately"  # 刚刚回退过


class ModelSwitch(StrEnum):
    """Why match runs go by another model."""

    PROMOTED = "promoted"  # 夜间学习后启用
    ROLLED_BACK = "rolled_back"  # 保障部回退
    TAKEN_BACK = "taken_back"  # 撤销回退


class ScorePart(StrEnum):
    """Named parts of the score. The first three say how well it fits, the last three who comes first."""

    CONTENT = "content"  # 内容对口（P1）
    AMOUNT = "amount"  # 数量合适（P6）
    NEARNESS = "nearness"  # 就近方便（P7）
    WAITING = "waiting"  # 等待时间（P4、P5）
    URGENCY = "urgency"  # 紧急程度（P3）
    HARDSHIP = "hardship"  # 困难程度（P2）


MONEY_UNIT = "元"
TREASURY = frozenset({FundSource.CENTRAL, FundSource.PROVINCIAL})
"""Funds that need a 全国级 file, real name and card or passbook (R58–R59)."""
STRICT_FUNDS = frozenset({FundSource.CENTRAL, FundSource.PROVINCIAL, FundSource.LOCAL, FundSource.MUTUAL_AID})
"""Funds for which an unknown fact refuses (a blank never passes a money rule)."""
TREASURY_USES = frozenset({Category.LIV, Category.MED, Category.EDU, Category.LAW, Category.TRN, Category.JOB})
"""The six uses of central and provincial money (H5)."""
LISTED_PAIRS = frozenset({(Category.ARR, Category.LAW), (Category.AID, Category.WIN)})
"""(need, offer) pairs of different category that may still meet (H4)."""


class TrailFault(StrEnum):
    """What is wrong with the trail, as the first bad entry shows it."""

    ALTERED = "altered"
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "reordered"
    KEY_CHANGED = "key_changed"
    KEY_UNKNOWN = "key_unknown"
    CUT = "cut"  # the end is missing, and the database itself says so
    OLD_COPY = "old_copy"  # the anchor knows entries that are not there
    HEAD_WRONG = "head_wrong"  # the database's own note of the end does not fit
    ANCHOR_MISSING = "anchor_missing"
    ANCHOR_FORGED = "anchor_forged"


class BreakReason(StrEnum):
    """Why entries of the trail or their anchor are gone, as somebody answers for it."""

    RESTORED = "restored"
    MOVED = "moved"
    LOST = "lost"
