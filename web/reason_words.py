"""A sentence for every reason code, (Chinese, English); codes inside the params become words.

Every sentence can be said without its params: stored blocking lists keep bare codes. Parts in 「…」 of a pattern
are left out when one of their params is missing.
"""

import re
from collections.abc import Mapping
from typing import Any

from matcher.domain.reasons import Reason
from matcher.domain.reasons import ReasonCode as C
from web.label_words import Pair
from web.param_words import fact_word, param_text

SENTENCES: dict[C, Pair] = {
    # hard rules
    C.NO_HARDSHIP_FILE: (
        "没有困难职工档案「，{fund}要先建档、后帮扶」",
        "No hardship file「; {fund} requires a file first」",
    ),
    C.FILE_LEVEL_TOO_LOW: (
        "档案级别不够「（现为{level}）」「，{fund}只用于规定级别的档案」",
        "The file's level is too low「 (now {level})」「 for {fund}」",
    ),
    C.NAME_NOT_VERIFIED: ("实名还没有核实，不能发放钱款", "The name is not verified, so no money can be paid"),
    C.CHANNEL_NOT_ALLOWED: (
        "发放方式不合规定「（{channel}）」，要用银行卡或存折",
        "The payment channel is not allowed「 ({channel})」; a bank card or passbook is needed",
    ),
    C.CATEGORY_DIFFERS: (
        "类别不同「：需要{need}，提供{offer}」",
        "Different categories「: {need} needed, {offer} offered」",
    ),
    C.USE_NOT_ALLOWED: (
        "「{fund}」不能用于这一用途「（{category}）」",
        "The fund「 ({fund})」 may not be used for this「: {category}」",
    ),
    C.CAP_REACHED: (
        "今年的限额已用完「（限额 {cap}，已帮扶 {helped}）」",
        "This year's cap is used up「 (cap {cap}, received {helped})」",
    ),
    C.SELF_PAID_EXCEEDED: (
        "医疗帮扶不能超过个人自付的余额「（余 {left} 元）」",
        "Medical help may not exceed what the family pays itself「 ({left} yuan left)」",
    ),
    C.OUT_OF_STOCK: (
        "资源已经发完「，只剩 {left}」「，要 {asked}」",
        "Nothing is left「: {left} remain」「, {asked} asked」",
    ),
    C.NOT_YET_VALID: ("资源还没有开始「，{valid_from}起」", "The offer has not started「; it starts {valid_from}」"),
    C.OFFER_ENDED: ("资源已经结束「（{valid_to}止）」", "The offer has ended「 on {valid_to}」"),
    C.STARTS_AFTER_DEADLINE: (
        "资源开始得太晚「：{valid_from}才开始」「，{deadline}前就要用」",
        "The offer starts too late「: {valid_from}」「, needed by {deadline}」",
    ),
    C.SHELF_LIFE_OVER: (
        "送到时已过保质期「（{shelf_life_until}）」",
        "Past its best-before date「 ({shelf_life_until})」",
    ),
    C.DEADLINE_PASSED: (
        "需要的日子已经过了「（{deadline}）」",
        "The date it was needed by has passed「 ({deadline})」",
    ),
    C.OUTSIDE_AREA: ("不在资源的适用地区内「（{region}）」", "Outside the offer's area「 ({region})」"),
    C.GROUP_NOT_ELIGIBLE: ("不属于资源指定的群体「（{groups}）」", "Not one of the offer's groups「 ({groups})」"),
    C.INTERESTED_PARTY: ("与捐赠方有利害关系，按规定回避", "An interested party of the donor, excluded by law"),
    C.DONOR_NOT_VETTED: ("捐赠方或资源还没有通过审核", "Donor or offer has not been vetted yet"),
    C.EXCLUSION_CONDITION: ("有排除情形（或尚未核实），不能用依档帮扶的资金", "An exclusion applies or is unchecked"),
    C.MIGRANT_RELATION_TOO_SHORT: (
        "农民工劳动关系年限不足「 {least} 个月」「（现为 {months} 个月）」",
        "The migrant worker's employment is too short「: {months} months」「, {least} required」",
    ),
    C.NOT_A_MEMBER: ("不是工会会员（或尚未核实）", "Not a union member, or not confirmed"),
    C.OTHER_UNION: (
        "属于别的工会，慰问品只发给本工会会员",
        "Belongs to another union; these gifts are for its own members",
    ),
    C.CASH_FOR_WELFARE: ("职工福利不能发现金或购物卡", "Welfare gifts may not be cash or shopping cards"),
    C.ALREADY_MET: ("今年已经得到过同类帮扶「（{category}）」", "Already received this year「: {category}」"),
    C.ONE_PROJECT_ONLY: (
        "「{hardship_class}」今年只能享受一项帮扶，已经有了",
        "Only one kind of help a year「 for {hardship_class}」, and it was used",
    ),
    C.STAGE_DIFFERS: (
        "学段不符「：{stage}」「，资源面向{stages}」",
        "School stage differs「: {stage}」「; offered for {stages}」",
    ),
    C.AGE_OUTSIDE: ("年龄不在范围内「（{age} 岁）」", "Age is outside the range「 ({age})」"),
    C.ROUTE_DIFFERS: (
        "线路不符「：要{wanted}」「，提供{given}」",
        "The route differs「: {wanted} wanted」「, {given} offered」",
    ),
    C.NO_CONSENT: (
        "本人没有同意把情况提供给「{donor_type}」这类捐赠方",
        "No consent to share with this kind of donor「: {donor_type}」",
    ),
    C.WRONG_UNIT_OR_PERSON: ("不是主管工会的经办人，不能确认", "Only staff of the competent union may confirm"),
    C.SAME_PERSON_TWICE: ("经办和审批不能是同一个人", "The same person may not confirm and approve"),
    C.STOPPED: ("已停发（退档、异议或核查中）", "Stopped: withdrawn, under objection or under review"),
    # why nothing was proposed
    C.UNIT_UNKNOWN: (
        "计量单位不同，不知怎样换算「：需要按{need_unit}」「，提供按{offer_unit}」",
        "Units differ and cannot be converted「: needed in {need_unit}」「, offered in {offer_unit}」",
    ),
    C.BELOW_CASE_MINIMUM: (
        "能给的数量达不到每户起点「：至少 {least}」「，最多 {most}」",
        "Not enough for the least per family「: at least {least}」「, at most {most}」",
    ),
    C.TEXT_CONTRADICTS: (
        "两边文字里的条件对不上「：{about}」",
        "The two texts state conditions that do not go together「: {about}」",
    ),
    C.TEXT_TOO_FAR: (
        "说法相差较远「（接近度 {closeness}）」，请看是否对口",
        "The wording is far apart「 (closeness {closeness})」; please check",
    ),
    C.DECLINED_BEFORE: ("此前经办人没有采纳", "A caseworker declined it before"),
    C.OTHERS_CAME_FIRST: (
        "已先给了更急需的人家「（共 {needs} 份需求」「，其中有{hardship_class}）」",
        "Others in greater need came first「 ({needs} needs」「, among them {hardship_class})」",
    ),
    C.NO_OFFER: ("没有这一类的资源", "There is no offer of this kind"),
    # what speaks for a pair
    C.WORDS_SHARED: ("说的是一件事「：{words}」", "Both speak of the same thing「: {words}」"),
    C.SAME_CATEGORY: ("类别一致「：{category}」", "Same category「: {category}」"),
    C.LISTED_PAIR: (
        "类别相通「：{need_category}可由{offer_category}解决」",
        "Related categories「: {offer_category} can answer {need_category}」",
    ),
    C.AMOUNT_FITS: (
        "数量正好满足「：{quantity}」「 {unit}」",
        "The full amount can be met「: {quantity}」「 {unit}」",
    ),
    C.AMOUNT_PARTLY: (
        "只能满足一部分「：要 {wanted}，能给 {quantity}」「 {unit}」",
        "Only part can be met「: {quantity} of {wanted}」「 {unit}」",
    ),
    C.SAME_COUNTY: ("就在本县（市、区）「：{region}」", "In the same county「: {region}」"),
    C.SAME_CITY: ("在同一个市「：{region}」", "In the same city「: {region}」"),
    C.WAITED_DAYS: ("已经等候「 {days} 天」", "Has been waiting「 {days} days」"),
    C.URGENT: ("情况紧急「，登记为“{urgency}”」", "Urgent「: registered as {urgency}」"),
    C.DAYS_LEFT: ("需要的日子快到了「，只剩 {days} 天」", "Needed soon「: {days} days left」"),
    C.HARDSHIP_CLASS: ("困难程度「：{hardship_class}」", "Hardship class「: {hardship_class}」"),
    C.NOT_HELPED_THIS_YEAR: ("今年还没有得到过这类帮扶", "Not helped with this yet this year"),
    C.SOCIAL_FIRST: ("先用社会捐助，再用财政资金", "Public donations go before public money"),
    # smallest changes
    C.CHANGE_REGISTER_FILE: (
        "先建立困难职工档案（或提高档案级别），就可以对接",
        "Register a hardship file, or raise its level",
    ),
    C.CHANGE_VERIFY_NAME: ("核实本人实名，就可以对接", "Verify the person's identity"),
    C.CHANGE_ADD_CARD: ("登记本人银行卡或存折，就可以发放", "Record the person's bank card or passbook"),
    C.CHANGE_EXTEND_DEADLINE: ("把需要日期往后延「到{until}」，就可以对接", "Move the need's date「 to {until}」"),
    C.CHANGE_EXTEND_OFFER: ("请捐赠方延长有效期「，延到{until}」", "Ask the donor to extend the offer「 to {until}」"),
    C.CHANGE_WIDEN_AREA: ("请捐赠方放宽适用地区「，加上{region}」", "Ask the donor to widen the area「 to {region}」"),
    C.CHANGE_WIDEN_GROUP: ("请捐赠方放宽对象条件", "Ask the donor to widen whom it is for"),
    C.CHANGE_ASK_CONSENT: (
        "征得本人同意提供给「{donor_type}」这类捐赠方",
        "Ask for consent to share with this kind of donor「: {donor_type}」",
    ),
    C.CHANGE_VET_DONOR: ("完成捐赠方审核，就可以对接", "Finish vetting the donor"),
    C.CHANGE_ADD_STOCK: (
        "资源再多些就能满足「，还差 {quantity}」「 {unit}」",
        "More of it would meet the need「: {quantity}」「 {unit}」",
    ),
    C.CHANGE_NAME_UNIT: (
        "请注明包装数量，把单位对上「：{need_unit}」「 与 {offer_unit}」",
        "Name the pack size so that the units agree「: {need_unit}」「 and {offer_unit}」",
    ),
    C.CHANGE_CHECK_TEXT: (
        "请核实「：{about}」；若不冲突，在登记里填清楚就会再比",
        "Please check「 {about}」; if it does go together, fill it in and it is compared again",
    ),
    C.CHANGE_FILL_FACT: ("请补填资料「：{fact}」，再看合不合适", "Please fill in「 {fact}」"),
    C.CHANGE_FIND_OFFER: (
        "还需要另找资源「：{category}」「，{quantity}」「 {unit}」「（{region}）」",
        "Another offer is needed「: {category}」「, {quantity}」「 {unit}」「 ({region})」",
    ),
}
_MISSING = ("资料没有填：{fact}，按规定不能用这笔资金", "Not on record: {fact}; this fund may not be used without it")
_OPTIONAL = re.compile("「([^「」]*)」")
_PARAM = re.compile(r"\{(\w+)\}")


def sentence(reason: Reason, lang: str = "zh") -> str:
    """A reason as one sentence, in `zh` or `en`, without a full stop."""
    side = 1 if lang == "en" else 0
    if reason.params.get("missing"):
        return _MISSING[side].format(fact=fact_word(str(reason.params["missing"]), lang))
    return filled(SENTENCES[reason.code][side], reason.params, lang)


def filled(pattern: str, params: Mapping[str, Any], lang: str) -> str:
    """The pattern with its params as words; optional parts whose params are missing are left out."""
    words = {name: param_text(name, value, lang) for name, value in params.items() if value not in (None, "", ())}

    def optional(found: re.Match[str]) -> str:
        part = found[1]
        names = _PARAM.findall(part)
        return part.format(**words) if all(name in words for name in names) else ""

    text = _OPTIONAL.sub(optional, pattern)
    return " ".join(text.split()) if lang == "en" else text.strip()
