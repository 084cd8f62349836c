"""The boxes of the hardship file: name of a field → (label, hint), each (Chinese, English)."""

from web.file_label_words import Pair

NO_HINT: Pair = ("", "")
FIELD_WORDS: dict[str, tuple[Pair, Pair]] = {
    # person
    "name": (("姓名", "Name"), NO_HINT),
    "id_card": (("身份证号", "Resident number"), ("18 位，末位 X 大小写都行", "18 characters, the last may be X")),
    "gender": (("性别", "Gender"), NO_HINT),
    "ethnicity": (("民族", "Ethnic group"), NO_HINT),
    "politics": (("政治面貌", "Political status"), NO_HINT),
    "marriage": (("婚姻", "Marriage"), NO_HINT),
    "education": (("学历", "Education"), NO_HINT),
    "phone": (("电话", "Phone"), ("手机，或带区号的座机", "A mobile, or a landline with its area code")),
    "other_contact": (("其他联系方式", "Another way to reach them"), NO_HINT),
    "township": (("乡镇、街道", "Township"), NO_HINT),
    "address": (("住址", "Address"), ("加密保存，入户和发放时才看", "Kept encrypted, read for visits and deliveries")),
    "postcode": (("邮编", "Postcode"), NO_HINT),
    "registration": (("户口类型", "Household registration"), NO_HINT),
    "registered_at": (("户口所在地", "Registered at"), NO_HINT),
    # work
    "work_state": (("工作状态", "Work"), NO_HINT),
    "employer": (("工作单位", "Employer"), NO_HINT),
    "employer_kind": (("单位性质", "Kind of employer"), ("例如：国有企业", "For example: state-owned")),
    "employer_state": (("企业状况", "State of the enterprise"), ("例如：停产", "For example: production stopped")),
    "industry": (("所属行业", "Industry"), NO_HINT),
    "began_work_on": (("参加工作时间", "Began to work on"), NO_HINT),
    "contract_from": (("劳动合同从哪天起", "Contract from"), NO_HINT),
    "contract_until": (("劳动合同到哪天止", "Contract until"), NO_HINT),
    "model_worker": (("劳模类型", "Model worker"), ("没有就留空", "Leave blank if none")),
    "is_member": (("是工会会员吗", "Union member?"), NO_HINT),
    "is_migrant": (("是农民工吗", "Migrant worker?"), NO_HINT),
    "relation_months": (
        ("在现单位几个月", "Months with this employer"),
        ("农民工要满 12 个月", "Migrant workers: 12 or more"),
    ),
    # health and housing
    "health": (("健康状况", "Health"), NO_HINT),
    "diagnosis": (("病名、病情", "Diagnosis"), ("加密保存，不给捐赠方看", "Kept encrypted, never shown to donors")),
    "disability": (
        ("残疾类别和等级", "Disability, kind and degree"),
        ("例如：肢体二级", "For example: limb, degree 2"),
    ),
    "is_insured": (("有医保吗", "Health insurance?"), NO_HINT),
    "housing": (("住房类型", "Housing"), NO_HINT),
    "floor_area": (("建筑面积", "Floor area"), NO_HINT),
    # money
    "monthly_income": (("本人月平均收入", "Own income a month"), NO_HINT),
    "income_year": (
        ("全家一年的收入", "The household's income in a year"),
        ("工资、养老金、经营收入都算，低保金写在下面", "Wages, pensions, business; government allowance goes below"),
    ),
    "is_aided": (("已经享受低保吗", "On subsistence allowance?"), NO_HINT),
    "aid_year": (("一年的低保金", "Allowance in a year"), NO_HINT),
    "months_below": (("收入低于低保线连续几个月", "Months in a row below the line"), NO_HINT),
    "hardship_year": (
        ("因病、上学等一年自己花的钱", "Own spending on illness, schooling … in a year"),
        ("报销、减免以后自己出的", "After refunds and waivers"),
    ),
    "rigid_year": (
        ("一年的刚性支出", "Rigid spending in a year"),
        ("2020年后的分类用", "Used by the classes since 2020"),
    ),
    "job_cost_year": (("一年必要的就业成本", "Necessary cost of working in a year"), NO_HINT),
    "accident": (("意外、灾害的损失和花费", "Loss and cost of an accident"), NO_HINT),
    "compensation": (("其中已经得到的赔付", "Compensation received of it"), NO_HINT),
    "savings": (("存款和投资", "Savings and investments"), NO_HINT),
    "exclusions": (("有没有这些情况（可多选）", "Any of these? (several possible)"), NO_HINT),
    "chosen_class": (
        ("改定类别", "Another class"),
        (
            "按算出来的就不用选；改了要写理由，三级审核都会看到",
            "Leave it as computed; a change needs a reason that reviewers see",
        ),
    ),
    "override_reason": (("改定的理由和依据", "Reason and grounds"), NO_HINT),
    # cause
    "main_cause": (("主要致困原因", "Main cause"), NO_HINT),
    "other_causes": (("次要原因（最多 3 项）", "Other causes (3 at most)"), NO_HINT),
    "other_text": (("其他原因说明", "Other cause in words"), NO_HINT),
    "is_single_parent": (("是单亲家庭吗", "Single parent?"), NO_HINT),
    "is_without_work": (("是零就业家庭吗", "Nobody at work?"), NO_HINT),
    "can_help_itself": (("有一定自救能力吗", "Able to help itself somewhat?"), NO_HINT),
    "situation": (
        ("一句话说说家里", "The family in one line"),
        ("例如：4 口，老伴卧床。不要写病名和姓名", "For example: 4 people, wife bedridden. No illness, no names"),
    ),
    "story": (("困难情况", "The hardship"), ("加密保存", "Kept encrypted")),
    # bank and consent
    "payout": (("怎么收钱", "How money is received"), NO_HINT),
    "bank": (("开户银行", "Bank"), NO_HINT),
    "branch": (("支行名称", "Branch"), NO_HINT),
    "bank_card": (("卡号或存折号", "Card or passbook number"), NO_HINT),
    "consent": (
        ("本人同意让谁看到这户的需要（不含姓名）", "Who may see the family's needs (without names)"),
        ("没有问过就不要选", "Choose none when nobody asked"),
    ),
    "has_authorised": (("核对授权书签了吗", "Authorisation signed?"), NO_HINT),
    "has_consented": (("知情同意书签了吗", "Consent signed?"), NO_HINT),
    # members
    "relation": (("和户主的关系", "Relation"), NO_HINT),
    "born_on": (("出生日期", "Date of birth"), NO_HINT),
    "school_stage": (("学段", "School"), NO_HINT),
    "members": (("家庭成员", "Family members"), NO_HINT),
}
MEMBER_WORDS: dict[str, Pair] = {
    "place": ("单位或学校", "Employer or school"),
    "monthly_income": ("月收入", "Income a month"),
}
FINDING_WORDS: dict[str, Pair] = {
    "who_was_met": ("见到了谁", "Who was met"),
    "housing_seen": ("住房情况", "Housing"),
    "living_seen": ("看到的生活状况", "How the family lives"),
    "differs": ("和申请不一样的地方", "What differs from the application"),
    "needs": ("这户人家需要什么", "What the family needs"),
}
