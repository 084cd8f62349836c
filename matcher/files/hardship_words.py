"""The words people write in tables of hardship files: columns as paper forms and other systems head them, and cells.

Headings are those of the union's file forms (困难职工档案表); a code itself is always accepted.
"""

from enum import StrEnum
from typing import Any, TypeVar

from matcher.domain import file_terms as f
from matcher.domain import terms as t
from matcher.files import words
from matcher.files.families import CAUSES

C = TypeVar("C", bound=StrEnum)


def _also(usual: dict[C, tuple[str, ...]], more: dict[str, tuple[str, ...]]) -> dict[C, tuple[str, ...]]:
    """The words of other tables, and those that the pages of files use besides."""
    return {code: (*names, *more.get(code.value, ())) for code, names in usual.items()}


CODES: dict[type[StrEnum], dict[Any, tuple[str, ...]]] = {
    f.FileState: {
        f.FileState.DRAFT: ("草稿", "待审", "未建档", "新申请"),
        f.FileState.RETURNED: ("退回补正", "sent back"),
        f.FileState.FIRST_REVIEW: ("待基层初审", "waiting for first review"),
        f.FileState.VISIT: ("待入户调查", "waiting for the home visit"),
        f.FileState.CHECK: ("待经济状况核对", "waiting for the data check"),
        f.FileState.NOTICE: ("公示和县级复核", "public notice and county review"),
        f.FileState.CITY_REVIEW: ("待市级审批", "waiting for the city"),
        f.FileState.ACTIVE: ("在档", "已建档", "在册", "on file"),
        f.FileState.OUT: ("脱困", "out of hardship"),
        f.FileState.EASED: ("解困", "eased, standing help"),
        f.FileState.WITHDRAWN: ("退档",),
    },
    f.Gender: {f.Gender.MALE: ("男", "男性"), f.Gender.FEMALE: ("女", "女性")},
    f.Marriage: {
        f.Marriage.MARRIED: ("已婚", "有配偶", "初婚", "再婚", "复婚"),
        f.Marriage.SINGLE: ("未婚",),
        f.Marriage.DIVORCED: ("离异", "离婚"),
        f.Marriage.WIDOWED: ("丧偶",),
    },
    f.Registration: {
        f.Registration.URBAN: ("非农业", "非农", "城镇", "居民"),
        f.Registration.RURAL: ("农业", "农村"),
        f.Registration.CONVERTED: ("农转居", "农转非", "rural turned urban"),
    },
    f.WorkState: {
        f.WorkState.AT_WORK: ("在岗", "在职", "at work"),
        f.WorkState.LAID_OFF: ("下岗、待岗", "下岗", "待岗", "下(待)岗", "下岗待岗", "laid off"),
        f.WorkState.JOBLESS: ("失业、无业", "失业", "无业", "失(无)业", "失业无业"),
        f.WorkState.RETIRED: ("退休",),
        f.WorkState.SICK_LEAVE: ("病休", "长期病休", "on sick leave"),
        f.WorkState.EARLY_RETIRED: ("内退", "retired early"),
        f.WorkState.MIGRANT: ("农民工", "务工", "migrant worker"),
        f.WorkState.STUDENT: ("在校学生", "学生", "上学"),
        f.WorkState.NONE: ("没有工作、未成年", "没有工作", "未成年", "学龄前", "无", "not working, under age"),
    },
    f.Health: {
        f.Health.GOOD: ("良好", "健康", "一般或较弱"),
        f.Health.CANCER: ("恶性肿瘤", "癌症", "肿瘤"),
        f.Health.HEART: ("心血管病", "心脏病", "heart disease"),
        f.Health.STROKE: ("脑血管病", "脑梗", "中风"),
        f.Health.KIDNEY: ("终末期肾病", "尿毒症", "肾病", "kidney failure"),
        f.Health.MENTAL: ("精神疾病", "精神病", "mental illness"),
        f.Health.LIVER: ("肝病", "liver disease"),
        f.Health.BLOOD: ("血液病", "白血病", "blood disease"),
        f.Health.DIABETES: ("糖尿病",),
        f.Health.SPINE: ("腰颈椎病", "腰椎病", "颈椎病", "spine disease"),
        f.Health.HYPERTENSION: ("高血压", "high blood pressure"),
        f.Health.LUNG: ("肺病", "尘肺", "lung disease"),
        f.Health.MINOR: ("一般疾病", "慢性病", "minor illness"),
        f.Health.DISABLED: ("残疾",),
    },
    f.Housing: {
        f.Housing.EMPLOYER: ("承租单位公房", "单位公房", "rented from the employer"),
        f.Housing.LOW_RENT: ("政府廉租房", "廉租房", "公租房", "public low-rent housing"),
        f.Housing.BOUGHT: ("自购房", "商品房", "购房"),
        f.Housing.NONE: ("无房", "no home of their own"),
        f.Housing.RENTED: ("租房", "租住"),
        f.Housing.SELF_BUILT: ("自建房", "self-built"),
        f.Housing.OTHER: ("其他住房", "其他", "other housing"),
    },
    f.FloorArea: {
        f.FloorArea.TO_20: ("20平方米及以下", "≤20", "20以下", "up to 20 square metres"),
        f.FloorArea.TO_50: ("20到50平方米", "20-50", "20–50", "20 to 50 square metres"),
        f.FloorArea.TO_70: ("50到70平方米", "50-70", "50–70", "50 to 70 square metres"),
        f.FloorArea.ABOVE_70: ("70平方米以上", ">70", "70以上", "above 70 square metres"),
    },
    f.Exclusion: {
        f.Exclusion.HOMES: ("两套及以上住房", "两套住房", "多套住房", "two or more homes"),
        f.Exclusion.BUSINESS: ("开店办厂或雇工", "开店办厂", "雇工", "a shop, a business or hired hands"),
        f.Exclusion.SCHOOL: ("高收费私立学校或自费留学", "自费留学", "costly private school or paid study abroad"),
        f.Exclusion.CAR: ("经常使用的非营运机动车", "非营运机动车", "私家车", "a private car in regular use"),
    },
    f.Relation: {
        f.Relation.SPOUSE: ("配偶", "夫妻", "妻子", "丈夫", "夫", "妻"),
        f.Relation.CHILD: ("子女", "儿子", "女儿", "长子", "次子", "长女", "次女", "子", "女"),
        f.Relation.PARENT: ("父母", "父亲", "母亲", "父", "母"),
        f.Relation.PARENT_IN_LAW: ("公婆、岳父母", "岳父", "岳母", "公公", "婆婆", "parent-in-law"),
        f.Relation.GRANDCHILD: ("孙辈", "孙子", "孙女", "外孙", "外孙女"),
        f.Relation.SIBLING: ("兄弟姐妹", "兄", "弟", "姐", "妹", "哥哥", "弟弟", "姐姐", "妹妹", "brother or sister"),
        f.Relation.OTHER: ("其他亲属", "其他", "other relative"),
    },
    t.Cause: _also(
        CAUSES,
        {
            "1": ("unable to work",),
            "2": ("有劳动能力未就业", "able but out of work"),
            "3": ("laid off",),
            "4": ("not insured",),
            "5": ("单位欠缴社会保险", "employer behind on insurance"),
            "6": ("本人或家属患病", "illness in the family"),
            "7": ("natural disaster",),
            "9": ("children's schooling",),
            "11": ("work injury",),
            "12": ("died on duty",),
        },
    ),
    t.PayoutChannel: _also(words.PAYOUTS, {"bank_card": ("bank card",), "none": ("不发钱", "no payment")}),
    t.DonorType: _also(
        words.DONOR_TYPES,
        {
            "charity": ("公益慈善组织",),
            "institution": ("public institution",),
            "public": ("社会公众", "members of the public"),
            "union": ("工会组织",),
        },
    ),
    t.SchoolStage: _also(
        words.SCHOOL_STAGES,
        {
            "primary": ("primary school",),
            "junior": ("junior secondary",),
            "senior": ("senior secondary",),
            "vocational": ("vocational school",),
        },
    ),
    t.HardshipClass: _also(
        words.HARDSHIP_CLASSES,
        {
            "subsistence": ("subsistence allowance",),
            "marginal": ("just above subsistence",),
            "accident": ("hardship through accident",),
            "deep": ("deep hardship",),
            "relative": ("relative hardship",),
            "none": ("no hardship file",),
        },
    ),
}
"""Codes and their words, both as this house writes them and as other tables do."""

HEADINGS: dict[str, tuple[str, ...]] = {
    "household_id": ("户编号", "档案编号", "档案号", "职工编号", "家庭编号", "编号"),
    "union_unit": ("所属工会", "建档工会", "建档单位", "填报单位"),
    "region": ("地区", "所在地区", "区划代码", "行政区划"),
    "file_state": ("档案状态", "状态"),
    "hardship_class": ("困难类别", "困难分类", "困难职工类别"),
    "approved_on": ("建档日期", "建档时间", "批准日期", "审批日期"),
    "national_number": ("全国级档案号", "全国系统档案号", "国家级档案号"),
    "national_on": ("全国级登记日期", "全国级日期", "全国系统登记日期"),
    "name": ("姓名", "户主姓名", "户主", "本人姓名", "职工姓名"),
    "id_card": ("身份证号", "身份证号码", "身份证", "公民身份号码", "本人身份证号"),
    "gender": ("性别",),
    "ethnicity": ("民族",),
    "politics": ("政治面貌",),
    "marriage": ("婚姻", "婚姻状况"),
    "education": ("学历", "文化程度"),
    "phone": ("电话", "手机", "手机号", "手机号码", "联系电话", "移动电话"),
    "other_contact": ("其他联系方式", "其他联系电话"),
    "township": ("乡镇、街道", "乡镇", "街道", "乡镇街道"),
    "address": ("住址", "地址", "家庭住址", "现住址", "家庭地址"),
    "postcode": ("邮编", "邮政编码"),
    "registration": ("户口类型", "户籍类型", "户口性质"),
    "registered_at": ("户口所在地", "户籍所在地", "户口所在地行政区划"),
    "work_state": ("工作状态", "身份", "职工身份", "就业状态"),
    "employer": ("工作单位", "单位名称", "所在单位"),
    "employer_kind": ("单位性质",),
    "employer_state": ("企业状况", "单位状况"),
    "industry": ("所属行业", "行业"),
    "began_work_on": ("参加工作时间", "参加工作日期"),
    "contract_from": ("劳动合同从哪天起", "劳动合同签订时间", "合同起始日期", "合同签订时间"),
    "contract_until": ("劳动合同到哪天止", "劳动合同终止时间", "合同终止日期", "合同到期时间"),
    "model_worker": ("劳模类型", "劳模"),
    "is_member": ("是工会会员吗", "是否会员", "工会会员", "是否工会会员"),
    "is_migrant": ("是农民工吗", "是否农民工"),
    "relation_months": ("在现单位几个月", "劳动关系月数"),
    "health": ("健康状况",),
    "diagnosis": ("病名、病情", "病名", "病情", "患病情况", "疾病名称"),
    "disability": ("残疾类别和等级", "残疾类别", "残疾等级"),
    "is_insured": ("有医保吗", "医保状况", "是否参加医保", "医保"),
    "housing": ("住房类型", "住房性质"),
    "floor_area": ("建筑面积", "住房面积"),
    "monthly_income": ("本人月平均收入", "本人月收入", "月平均收入"),
    "income_year": ("全家一年的收入", "家庭年度总收入", "家庭年收入", "家庭年总收入"),
    "is_aided": ("已经享受低保吗", "是否低保", "是否享受低保"),
    "aid_year": ("一年的低保金", "低保金额", "年低保金额", "低保金"),
    "months_below": ("收入低于低保线连续几个月", "低于低保线月数"),
    "hardship_year": ("因病、上学等一年自己花的钱", "致困支出", "年致困支出", "因病因学自付支出"),
    "rigid_year": ("一年的刚性支出", "刚性支出", "家庭刚性支出", "年刚性支出"),
    "job_cost_year": ("一年必要的就业成本", "就业成本", "必要就业成本"),
    "accident": ("意外、灾害的损失和花费", "意外损失", "意外支出"),
    "compensation": ("其中已经得到的赔付", "赔付金额", "意外赔付"),
    "savings": ("存款和投资", "存款", "金融资产"),
    "exclusions": ("有没有这些情况（可多选）", "有没有这些情况", "排除条件", "排除情形"),
    "chosen_class": ("改定类别", "人工认定类别"),
    "override_reason": ("改定的理由和依据", "改定理由", "认定理由"),
    "main_cause": ("主要致困原因", "致困原因", "主要困难原因"),
    "other_causes": ("次要原因（最多 3 项）", "次要原因", "次要致困原因", "其他致困原因"),
    "other_text": ("其他原因说明", "其他原因"),
    "is_single_parent": ("是单亲家庭吗", "是否单亲", "是否单亲家庭"),
    "is_without_work": ("是零就业家庭吗", "零就业家庭", "是否零就业家庭", "是否零就业"),
    "can_help_itself": ("有一定自救能力吗", "有一定自救能力", "有无自救能力"),
    "situation": ("一句话说说家里", "家庭情况", "家庭概况"),
    "story": ("困难情况", "困难情况说明", "致困情况", "备注"),
    "payout": ("怎么收钱", "发放渠道", "发放方式"),
    "bank": ("开户银行", "开户行"),
    "branch": ("支行名称", "支行", "开户支行"),
    "bank_card": ("卡号或存折号", "银行卡号", "卡号", "银行账号", "账号"),
    "consent": ("本人同意让谁看到这户的需要（不含姓名）", "本人同意让谁看到这户的需要", "同意公开范围", "授权范围"),
    "has_authorised": ("核对授权书签了吗", "是否签核对授权书", "核对授权书"),
    "has_consented": ("知情同意书签了吗", "是否签知情同意书", "知情同意书"),
}
"""What a column may be called besides its name in the contract; the first one is what the template says."""

MEMBER_GROUPS = ("家庭成员", "成员", "member")
MEMBER_HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "name"),
    "relation": ("和户主的关系", "关系", "与户主关系", "与本人关系", "relation"),
    "id_card": ("身份证号", "身份证号码", "身份证", "resident number"),
    "born_on": ("出生日期", "出生年月日", "date of birth"),
    "health": ("健康状况", "健康", "health"),
    "work_state": ("工作状态", "身份", "work"),
    "monthly_income": ("月收入", "月平均收入", "income a month"),
    "place": ("单位或学校", "工作单位或学校", "单位", "学校", "employer or school"),
    "school_stage": ("学段", "学历", "school"),
}
"""The second half of a member's heading: 家庭成员1 + 姓名, under a merged cell or in one."""
