"""The words people write in cells, and the codes they mean. A code itself is always accepted."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from matcher.domain.network_terms import Entitlement
from matcher.domain.terms import (
    Category,
    DonorType,
    FileLevel,
    FundSource,
    Group,
    HardshipClass,
    PayoutChannel,
    SchoolStage,
)

C = TypeVar("C", bound=StrEnum)

CATEGORIES: dict[Category, tuple[str, ...]] = {
    Category.LIV: ("生活救助", "生活帮扶", "生活补助", "临时救助"),
    Category.EDU: ("子女助学", "助学", "教育"),
    Category.MED: ("医疗", "大病", "医疗/大病", "医疗救助", "大病医疗"),
    Category.JOB: ("就业介绍", "就业", "职业介绍"),
    Category.TRN: ("技能培训", "培训", "职业培训"),
    Category.LAW: ("法律援助", "法律"),
    Category.ARR: ("欠薪维权", "欠薪", "讨薪"),
    Category.TRV: ("返乡交通", "返乡", "交通"),
    Category.HOU: ("住房修缮", "住房", "住房修缮/安全", "住房安全"),
    Category.PSY: ("心理疏导", "心理"),
    Category.FOO: ("米面油", "食品", "物资·米面油"),
    Category.WIN: ("棉被衣物取暖", "棉被", "衣物", "取暖", "物资·棉被/衣物/取暖"),
    Category.AID: ("康复辅具、家电", "康复辅具", "家电", "微心愿", "康复辅具/家电"),
    Category.MUT: ("互助保障", "互助"),
    Category.CAR: ("照护托育家政", "照护", "托育", "家政", "照护/托育/家政"),
    Category.STA: ("驿站服务", "驿站"),
    Category.CUL: ("文化、节日活动", "文化", "节日活动", "文化/节日活动", "文化活动"),
    Category.WEL: ("节日慰问品", "慰问品"),
    Category.HEA: ("体检义诊", "体检", "义诊", "体检/义诊"),
    Category.POL: ("政策代办", "政策"),
}
GROUPS: dict[Group, tuple[str, ...]] = {
    Group.HARDSHIP: ("困难职工", "困难户", "建档困难职工"),
    Group.SUBSISTENCE: ("低保家庭", "低保户", "低保"),
    Group.MIGRANT: ("农民工", "务工人员"),
    Group.MODEL: ("劳模", "劳动模范"),
    Group.CRAFTSMAN: ("工匠", "工匠人才"),
    Group.FRONTLINE: ("一线职工", "一线"),
    Group.OUTDOOR: ("户外劳动者", "骑手", "环卫", "环卫工人", "快递员", "外卖员"),
    Group.SECONDED: ("派驻挂职", "挂职干部", "派驻挂职干部"),
    Group.LEAD: ("项目带头人", "学科带头人", "带头人"),
    Group.WORKER: ("职工",),
    Group.WOMAN: ("女职工", "妇女"),
    Group.YOUNG: ("青年职工", "青年"),
    Group.CHILD: ("儿童", "孩子", "未成年人"),
    Group.STUDENT: ("学生",),
    Group.ELDER: ("老年人", "老人"),
    Group.DISABLED: ("残疾人", "残疾"),
    Group.BEREAVED: ("因公牺牲家属", "牺牲家属"),
}
FUND_SOURCES: dict[FundSource, tuple[str, ...]] = {
    FundSource.CENTRAL: ("中央财政专项帮扶资金", "中央财政", "CENTRAL"),
    FundSource.PROVINCIAL: ("省财政帮扶资金", "省财政", "PROVINCIAL"),
    FundSource.LOCAL: ("市县财政配套", "地方财政", "市财政", "LOCAL"),
    FundSource.UNION: ("工会经费", "UNION"),
    FundSource.DONATION: ("社会捐助", "社会捐赠", "SOCIAL_DONATION"),
    FundSource.EMPLOYER: ("行政拨付", "EMPLOYER"),
    FundSource.INTEREST: ("专户利息及其他", "专户利息", "INTEREST"),
    FundSource.WELFARE: ("基层工会经费·职工福利", "职工福利", "WELFARE"),
    FundSource.MUTUAL_AID: ("互助保障会费", "会费", "MUTUAL_AID"),
}
DONOR_TYPES: dict[DonorType, tuple[str, ...]] = {
    DonorType.CHARITY: ("慈善组织", "公益慈善", "慈善", "社会组织", "基金会"),
    DonorType.ENTERPRISE: ("企业", "爱心企业", "公司"),
    DonorType.INSTITUTION: ("机构", "社会机构", "事业单位"),
    DonorType.PUBLIC: ("政府", "政府部门", "公共机构"),
    DonorType.UNION: ("工会",),
}
HARDSHIP_CLASSES: dict[HardshipClass, tuple[str, ...]] = {
    HardshipClass.SUBSISTENCE: ("低保户", "低保"),
    HardshipClass.MARGINAL: ("低保边缘户", "低保边缘"),
    HardshipClass.ACCIDENT: ("意外致困户", "意外致困"),
    HardshipClass.DEEP: ("深度困难", "深度困难户"),
    HardshipClass.RELATIVE: ("相对困难", "相对困难户"),
    HardshipClass.NONE: ("未建档", "无"),
}
ENTITLEMENTS: dict[Entitlement, tuple[str, ...]] = {
    Entitlement.SUBSISTENCE: ("低保", "最低生活保障"),
    Entitlement.DESTITUTE: ("特困供养", "特困人员供养"),
    Entitlement.TEMPORARY: ("临时救助",),
    Entitlement.MEDICAL: ("医疗救助",),
    Entitlement.EDUCATION: ("教育资助",),
    Entitlement.DISABILITY: ("残疾人两项补贴", "残疾人补贴"),
    Entitlement.UNEMPLOYMENT: ("失业保险金",),
    Entitlement.INJURY: ("工伤保险待遇", "工伤待遇"),
    Entitlement.BEREAVED: ("遗属抚恤",),
    Entitlement.HOUSING: ("住房保障",),
    Entitlement.LEGAL: ("法律援助",),
}
FILE_LEVELS: dict[FileLevel, tuple[str, ...]] = {
    FileLevel.NATIONAL: ("全国级", "国家级", "全国"),
    FileLevel.PROVINCE: ("省级", "省"),
    FileLevel.CITY: ("市级", "市"),
}
PAYOUTS: dict[PayoutChannel, tuple[str, ...]] = {
    PayoutChannel.BANK_CARD: ("银行卡", "卡", "card"),
    PayoutChannel.PASSBOOK: ("存折",),
    PayoutChannel.CASH: ("现金",),
    PayoutChannel.NONE: ("无", "没有"),
}
SCHOOL_STAGES: dict[SchoolStage, tuple[str, ...]] = {
    SchoolStage.KINDERGARTEN: ("幼儿园", "学前"),
    SchoolStage.PRIMARY: ("小学",),
    SchoolStage.JUNIOR: ("初中",),
    SchoolStage.SENIOR: ("高中",),
    SchoolStage.VOCATIONAL: ("中职", "职高", "中专", "技校"),
    SchoolStage.COLLEGE: ("大学", "本科", "大专", "高职", "研究生"),
}
YES = frozenset({"yes", "y", "true", "1", "是", "有", "√"})
NO = frozenset({"no", "n", "false", "0", "否", "没有", "无", "×"})
URGENCY = {"特急": 5, "非常紧急": 5, "紧急": 5, "急": 4, "较急": 4, "一般": 3, "普通": 3, "不急": 2, "可缓": 1}
NOBODY = frozenset({"none", "无", "不同意", "否", "no"})


def codebook(words: Mapping[C, tuple[str, ...]]) -> dict[str, C]:
    """Every accepted spelling, lower-cased, and its code."""
    spellings: dict[str, C] = {}
    for code, names in words.items():
        for name in (code.value, code.name, *names):
            spellings[name.lower()] = code
    return spellings
