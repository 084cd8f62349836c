"""Needs and offers for engine tests: the fourteen pairs of everyday and official wording, and short makers."""

from datetime import date

from matcher.domain.facts import NeedColumns, NeedFacts, OfferColumns, OfferFacts
from matcher.domain.terms import Category, DonorType, HardshipClass

TODAY = date(2026, 1, 15)
PAIRS = (
    ("爱人胰腺癌晚期,每个月化疗自己要掏四千多,药都快断了,亲戚借遍了。",
     "大病医疗救助金:对重特大疾病住院及门诊放化疗个人自付部分予以补助,每户最高2万元。", "MED"),
    ("闺女今年考上省外本科,学费加住宿一年七千多,厂子停产,拿不出来。",
     "金秋助学圆梦计划:资助家庭经济困难的应届高校新生,每生5000元。", "EDU"),
    ("矿上关停后两口子都没班上,一家四口靠我打零工,老娘还要吃饭吃药,年关揭不开锅。",
     "节日临时生活救助金,每户1000元,银行卡发放。", "LIV"),
    ("四十八岁下岗,只会开老式车床,想学个新手艺找份离家近的活。",
     "数控机床操作工免费技能培训班,40学时,结业推荐就业,30个名额。", "TRN"),
    ("跟着包工头在武陟工地干了五个月,一分钱没见着,老板电话不接了。",
     "律师事务所公益法律援助:劳动报酬争议仲裁、诉讼代理,免费。", "ARR"),
    ("在焦作干保洁,老家四川达州,抢不到票,两年没回去看孩子了。",
     "农民工平安返乡爱心专列及长途大巴车票,春运期间,120张。", "TRV"),
    ("房顶漏雨,墙皮往下掉,冬天屋里跟外头一样冷,老人腿脚不好。",
     "危旧住房修缮公益项目:屋面防水、外墙保温施工,含材料人工,10户。", "HOU"),
    ("家里还烧煤球炉,今年煤贵买不起,孩子手都冻裂了。",
     "冬季取暖物资:电暖气、棉被、羽绒服,共300套。", "WIN"),
    ("孩子他爸井下出事走了以后,我整宿睡不着,也不想见人。",
     "心理咨询师志愿服务队:哀伤辅导、情绪疏导,每人6小时。", "PSY"),
    ("爱人中风偏瘫下不了床,想有个能推着出门的。",
     "医疗器械公司捐赠护理床、轮椅各20台。", "AID"),
    ("低保户,过年想给两个孙子包顿饺子,米面油都见底了。",
     "超市爱心大礼包:大米10公斤、面粉10公斤、食用油5升,500份。", "FOO"),
    ("天天在路上扫街,中午饭盒冰凉,想找个地方热热饭歇歇脚。",
     "银行网点共建户外劳动者爱心驿站:微波炉、饮水机、充电、休息座椅。", "STA"),
    ("在厂里干临时,没啥保险,怕万一住院把家底掏空。",
     "职工住院医疗互助保障计划名额,企业代缴会费,200人。", "MUT"),
    ("婆婆失能在家,我一上班就没人管,想请人白天搭把手。",
     "社区日间照料中心托老床位及上门家政服务,20个名额。", "CAR"),
)  # fmt: skip


def a_need(number=0, text="过年想给孩子包饺子，米面油见底了", **facts):
    """A need that no rule refuses unless the test says so."""
    facts.setdefault("household_id", f"H{number:03d}")
    facts.setdefault("category", Category.FOO)
    facts.setdefault("region", "410823")
    facts.setdefault("hardship_class", HardshipClass.DEEP)
    facts.setdefault("consent", frozenset(DonorType))
    return NeedFacts(need_id=f"N{number:03d}", text=text, **facts)


def an_offer(number=0, text="爱心大礼包：大米、面粉、食用油", **facts):
    facts.setdefault("donor_type", DonorType.ENTERPRISE)
    facts.setdefault("category", Category.FOO)
    facts.setdefault("quantity", 1)
    facts.setdefault("vetted", True)
    return OfferFacts(offer_id=f"O{number:03d}", text=text, **facts)


def the_pairs(*, with_category):
    """The fourteen needs and offers as columns, categories given or left to the text."""
    needs = [
        a_need(k, need, category=Category(code) if with_category else None, unit=None)
        for k, (need, _, code) in enumerate(PAIRS)
    ]
    offers = [
        an_offer(k, offer, category=_offered(code) if with_category else None, quantity=None)
        for k, (_, offer, code) in enumerate(PAIRS)
    ]
    return NeedColumns.of(needs), OfferColumns.of(offers)


def _offered(code):
    return Category.LAW if code == "ARR" else Category(code)
