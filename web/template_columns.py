"""What the templates ask for: columns with hints and lists, and two rows that show how, per kind of file."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import gettext as _

from matcher.domain.kinds import ALL_UNITS
from matcher.domain.terms import (
    Category,
    DonorType,
    FileLevel,
    Group,
    HardshipClass,
    PayoutChannel,
    SchoolStage,
)
from matcher.files.words import (
    CATEGORIES,
    DONOR_TYPES,
    FILE_LEVELS,
    GROUPS,
    HARDSHIP_CLASSES,
    PAYOUTS,
    SCHOOL_STAGES,
)
from web.exports import Cell, Column, Kind
from web.i18n import language
from web.need_tables import heading

Template = tuple[list[Column], list[list[Cell]]]


def _yes_no() -> tuple[str, ...]:
    return ("yes", "no") if language() == "en" else ("是", "否")


def need_template() -> Template:
    """What one fills in to import needs, and two rows that show how."""
    columns = [
        Column(
            heading("need_id", "需求编号", required=True),
            hint=_("您自己编的号，不要重复；同一个号再传一次不会重复登记。"),
            width=18,
        ),
        Column(
            heading("household_id", "户编号", required=True), hint=_("先登记好的户编号，例如 武陟-0418。"), width=14
        ),
        Column(
            heading("text", "需求内容", required=True), hint=_("照本人的话写：缺什么、为什么、什么时候要。"), width=48
        ),
        Column(heading("category", "类别"), hint=_("说不准就空着。"), choices=words_of(CATEGORIES), width=16),
        Column(heading("quantity", "数量"), Kind.NUMBER, hint=_("整数；空着算 1。钱要写多少元。")),
        Column(heading("unit", "单位"), hint=_("例如 份、床、元；空着按类别填。"), choices=ALL_UNITS),
        Column(heading("urgency", "紧急程度"), hint=_("1 到 5，5 最急。"), choices=("5", "4", "3", "2", "1")),
        Column(heading("created_on", "登记日期"), Kind.DATE, hint=_("例如 2019-01-09；空着算今天。")),
        Column(heading("deadline", "需要日期"), Kind.DATE, hint=_("最晚哪天要；不急就空着。")),
        Column(heading("divisible", "可拆分"), hint=_("能不能分几次、几家给。"), choices=_yes_no()),
        Column(heading("self_paid_left", "自付余额"), Kind.NUMBER, hint=_("看病：报销后还要自付多少元。")),
        Column(heading("age", "年龄"), Kind.NUMBER, hint=_("用的人几岁。")),
        Column(heading("school_stage", "学段"), choices=words_of(SCHOOL_STAGES)),
        Column(heading("route_from", "出发地"), hint=_("返乡：从哪里出发。")),
        Column(heading("route_to", "目的地"), hint=_("返乡：到哪里。")),
    ]
    food, fee = first_word(CATEGORIES[Category.FOO], "FOO"), first_word(CATEGORIES[Category.EDU], "EDU")
    return columns, [
        [_("示例-1"), "武陟-0418", _("米缸面缸都见底了，想过年让两个孙子吃上顿饺子。"), food, 1, "份", 4, "2019-01-09",
         "2019-01-30", _yes_no()[0]],
        [_("示例-2"), "武陟-0419", _("闺女考上大专，一年学费五千，厂子停产拿不出来。"), fee, 5000, "元", 3,
         "2019-01-09", "", _yes_no()[0], "", 18, first_word(SCHOOL_STAGES[SchoolStage.COLLEGE], "college")],
    ]  # fmt: skip


def family_template() -> Template:
    """What one fills in to import families, and two rows that show how."""
    yes_no = _yes_no()
    columns = [
        Column(
            heading("household_id", "户编号", required=True),
            hint=_("例如 武陟-0418，不要重复；需求表里用这个号。"),
            width=14,
        ),
        Column(heading("name", "姓名", required=True), hint=_("户主姓名，加密保存。")),
        Column(heading("id_card", "身份证号"), hint=_("18 位；这一列已设为文本，末几位不会丢。"), width=22),
        Column(heading("phone", "电话"), width=16),
        Column(heading("region", "地区"), hint=_("六位区划代码或 省/市/县；空着按本单位。")),
        Column(heading("township", "乡镇")),
        Column(heading("address", "住址"), hint=_("加密保存。"), width=28),
        Column(heading("size", "人口"), Kind.NUMBER),
        Column(heading("situation", "家庭情况"), hint=_("一句话，不要写病名和姓名。"), width=28),
        Column(heading("hardship_class", "困难类别"), choices=words_of(HARDSHIP_CLASSES)),
        Column(heading("on_file", "是否建档"), choices=yes_no),
        Column(heading("file_level", "档案级别"), hint=_("已建档的要填。"), choices=words_of(FILE_LEVELS)),
        Column(heading("file_number", "档案号")),
        Column(heading("file_approved_on", "建档日期"), Kind.DATE, hint=_("已建档的要填，例如 2018-03-01。")),
        Column(heading("causes", "致困原因"), hint=_("可写几个，用分号隔开。"), width=20),
        Column(heading("target_groups", "对象群体"), hint=_("可写几个，用分号隔开，例如 困难职工；农民工。"), width=20),
        Column(heading("member", "是否会员"), choices=yes_no),
        Column(heading("real_name", "是否实名"), hint=_("核验过身份证才写“是”；空着算不知道。"), choices=yes_no),
        Column(heading("payout", "发放渠道"), choices=words_of(PAYOUTS)),
        Column(heading("bank_card", "银行卡号"), hint=_("这一列已设为文本。"), width=24),
        Column(
            heading("consent", "同意公开范围"),
            hint=_("本人同意让哪几类捐赠方看到需要，用分号隔开；空着算没有同意。"),
            width=20,
        ),
        Column(heading("union_unit", "所属工会"), hint=_("下级单位的名称；空着算本单位。"), width=20),
    ]
    both = ";".join(first_word(DONOR_TYPES[kind], kind) for kind in (DonorType.CHARITY, DonorType.ENTERPRISE))
    return columns, [
        [_("示例-0418"), _("赵某某"), "", "19900000418", "410823", _("大虹桥乡"), "", 4, _("4 口，老伴卧床"),
         first_word(HARDSHIP_CLASSES[HardshipClass.SUBSISTENCE], "subsistence"), yes_no[0],
         first_word(FILE_LEVELS[FileLevel.NATIONAL], "national"), "", "2018-03-01", "6", "", yes_no[0], "",
         first_word(PAYOUTS[PayoutChannel.BANK_CARD], "bank_card"), "", both],
        [_("示例-0419"), _("钱某某"), "", "", "", "", "", 3, _("3 口，孩子上学"), "", yes_no[1]],
    ]  # fmt: skip


def offer_template() -> Template:
    """What one fills in to import offers, and two rows that show how."""
    columns = [
        Column(
            heading("offer_id", "资源编号", required=True),
            hint=_("您自己编的号，不要重复；同一个号再传一次不会重复登记。"),
            width=18,
        ),
        Column(heading("text", "资源内容", required=True), hint=_("东西、规格、给谁、哪里、什么时候。"), width=48),
        Column(heading("donor", "捐赠方"), hint=_("工会替别家登记时写单位名称；自己登记空着。"), width=20),
        Column(heading("category", "类别"), choices=words_of(CATEGORIES), width=16),
        Column(heading("quantity", "数量"), Kind.NUMBER, hint=_("整数。")),
        Column(heading("unit", "单位"), choices=ALL_UNITS),
        Column(heading("per_case_min", "每户最少"), Kind.NUMBER),
        Column(heading("per_case_max", "每户最多"), Kind.NUMBER),
        Column(heading("regions", "适用地区"), hint=_("区划代码或名称，用分号隔开；空着不限。"), width=20),
        Column(heading("eligible_groups", "适用群体"), hint=_("例如 低保家庭；农民工；空着不限。"), width=20),
        Column(heading("requires_file", "只给建档户"), choices=_yes_no()),
        Column(heading("valid_from", "开始日期"), Kind.DATE),
        Column(heading("valid_to", "结束日期"), Kind.DATE),
        Column(heading("shelf_life_until", "保质期至"), Kind.DATE, hint=_("食品要写。")),
        Column(heading("age_min", "最小年龄"), Kind.NUMBER),
        Column(heading("age_max", "最大年龄"), Kind.NUMBER),
        Column(heading("school_stages", "适用学段"), hint=_("用分号隔开。")),
        Column(heading("route_from", "出发地")),
        Column(heading("route_to", "目的地")),
    ]
    food, warm = first_word(CATEGORIES[Category.FOO], "FOO"), first_word(CATEGORIES[Category.WIN], "WIN")
    low = first_word(GROUPS[Group.SUBSISTENCE], "SUBSISTENCE")
    return columns, [
        [_("示例-1"), _("春节礼包：大米10公斤、面粉10公斤、食用油5升"), "", food, 300, "份", 1, 1, "410823;410825", low,
         _yes_no()[1], "2019-01-09", "2019-01-30", "2019-09-30"],
        [_("示例-2"), _("两米棉被，送到县工会"), "", warm, 120, "床", 1, 2, "", "", "", "2019-01-09", "2019-02-20"],
    ]  # fmt: skip


def words_of(words: Mapping[StrEnum, tuple[str, ...]]) -> tuple[str, ...]:
    """The first spelling of each code that the reader of files knows; the codes themselves in English."""
    return tuple(first_word(names, code.value) for code, names in words.items())


def first_word(names: tuple[str, ...], code: str) -> str:
    return code if language() == "en" else names[0]
