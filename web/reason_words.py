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
    C.OUTSIDE_AREA: (
        "不在资源的适用地区内「：这户在{region}」「，资源只给{area}」",
        "Outside the offer's area「: the family lives in {region}」「; the offer is for {area}」",
    ),
    C.GROUP_NOT_ELIGIBLE: (
        "不属于资源指定的群体「：要{groups}」「，这户有{own}」",
        "Not one of the offer's groups「: {groups}」「; the family has {own}」",
    ),
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
    C.AGE_OUTSIDE: (
        "年龄不在范围内「：{age} 岁」「，资源从 {low} 岁起」「，到 {high} 岁为止」",
        "Age is outside the range「: {age}」「; offered from {low}」「; offered up to {high}」",
    ),
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
    C.ENTITLEMENT_FIRST: (
        "国家政策在先「：这户该享受{due}，还没申请」，财政资金要等一等",
        "The state first「: {due} is due to the family and not applied for」; treasury money waits",
    ),
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
        "两边文字里的条件对不上「：{about}」「。这户说“{need_words}”」「，资源写“{offer_words}”」",
        "The two texts state conditions that do not go together「: {about}」"
        '「. The family says "{need_words}"」「, the offer "{offer_words}"」',
    ),
    C.THING_DIFFERS: (
        "不是同一样东西「：这户要的是{need_concept}」「，资源给的是{offer_concept}」",
        "Not the same thing「: {need_concept} is needed」「, {offer_concept} is offered」",
    ),
    C.TEXT_TOO_FAR: (
        "两边的说法相差较远，请看是不是一回事",
        "The two texts are worded far apart; please check that they mean the same",
    ),
    C.DECLINED_BEFORE: ("此前经办人没有采纳", "A caseworker declined it before"),
    C.OTHERS_CAME_FIRST: (
        "已先提给别的人家「：共 {needs} 份需求」「，其中本县（市、区）{here} 份」「，{away}」「，最困难的是{hardship_class}」"
        "「，最急的登记为“{urgency}”」",
        "It went to other families first「: {needs} needs」「, {here} of them in this county」「, {away}」"
        "「; the heaviest class is {hardship_class}」「, the highest urgency {urgency}」",
    ),
    C.SHARED_LIMIT: (
        "这户今年的限额或只享受一项的名额，已经用在别的资源上",
        "What the family may receive this year is used for another offer already",
    ),
    C.NEED_COVERED: (
        "这户要的「 {quantity} {unit}」已经由别的资源满足了",
        "What the family needs「 ({quantity} {unit})」 comes from another offer already",
    ),
    C.NOT_COMPARED_YET: (
        "规则上没有不合的地方，也还有余量；上一批通盘算下来没有用上，下一批会再比",
        "No rule stands in the way and some is left; the last run, weighing everything, did not use it. "
        "The next one compares again",
    ),
    C.NO_OFFER: ("没有这一类的资源", "There is no offer of this kind"),
    # what speaks for a pair
    C.SAME_CONCEPT: (
        "说的是一件事「：{concept}」「。这户说“{need_words}”」「，资源写“{offer_words}”」",
        "Both speak of the same thing「: {concept}」"
        '「. The family says "{need_words}"」「, the offer "{offer_words}"」',
    ),
    C.WORDS_SHARED: ("两边都说到「“{words}”」", 'Both texts say「 "{words}"」'),
    C.SAME_CATEGORY: (
        "类别一致「：{category}」「。这户说“{need_words}”」「，资源写“{offer_words}”」",
        'Same category「: {category}」「. The family says "{need_words}"」「, the offer "{offer_words}"」',
    ),
    C.LISTED_PAIR: (
        "类别相通「：{need_category}可由{offer_category}解决」「。这户说“{need_words}”」「，资源写“{offer_words}”」",
        "Related categories「: {offer_category} can answer {need_category}」"
        '「. The family says "{need_words}"」「, the offer "{offer_words}"」',
    ),
    C.AMOUNT_FITS: (
        "数量正好满足「：{quantity}」「 {unit}」",
        "The full amount can be met「: {quantity}」「 {unit}」",
    ),
    C.AMOUNT_PARTLY: (
        "只能满足一部分「：要 {wanted}」「，能给 {quantity}」「 {unit}」",
        "Only part can be met「: {wanted} needed」「, {quantity} can be given」「 {unit}」",
    ),
    C.SAME_COUNTY: ("就在本县（市、区）「：{region}」", "In the same county「: {region}」"),
    C.SAME_CITY: ("在同一个市「：{region}」", "In the same city「: {region}」"),
    C.WAITED_DAYS: ("已经等候「 {days} 天」", "Has been waiting「 {days} days」"),
    C.URGENT: ("情况紧急「，登记为“{urgency}”」", "Urgent「: registered as {urgency}」"),
    C.DAYS_LEFT: ("需要的日子快到了「，只剩 {days} 天」", "Needed soon「: {days} days left」"),
    C.HARDSHIP_CLASS: ("困难程度「：{hardship_class}」", "Hardship class「: {hardship_class}」"),
    C.NOT_HELPED_THIS_YEAR: ("今年还没有得到过这类帮扶", "Not helped with this yet this year"),
    C.SOCIAL_FIRST: (
        "财政资金也能帮这一项，先用社会捐助",
        "Public money could serve this too; donations go first",
    ),
    # what speaks against a pair
    C.CONCEPT_DIFFERS: (
        "类别对得上，但不一定是一回事「：这户说的像是{need_concept}」「，资源说的是{offer_concept}」",
        "The categories agree, but perhaps not the thing itself「: the family seems to mean {need_concept}」"
        "「, the offer {offer_concept}」",
    ),
    C.NAMES_DIFFER: (
        "名称不完全一样，请核对规格「：这户要“{need_words}”」「，资源是“{offer_words}”」",
        "The names differ; please compare the specification"
        '「: "{need_words}" is needed」「, "{offer_words}" is offered」',
    ),
    C.TEXT_OVERRULED: (
        "文字里写的和登记的不一样，按登记的算「：{about}」「。这户说“{need_words}”」「，资源写“{offer_words}”」",
        "The texts differ from what is registered; the registered facts count「: {about}」"
        '「. The family says "{need_words}"」「, the offer "{offer_words}"」',
    ),
    C.HELPED_THIS_YEAR: (
        "今年已经得到过这类帮扶「：{quantity}」「 {unit}」",
        "Has been helped with this already this year「: {quantity}」「 {unit}」",
    ),
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
    C.CHANGE_WIDEN_GROUP: (
        "请捐赠方放宽对象条件「，把{stage}也算上」「，{age} 岁的也算上」",
        "Ask the donor to widen whom it is for「, to {stage}」「, to the age of {age}」",
    ),
    C.CHANGE_WAIT: (
        "不用改：「到{until}」资源开始以后会自动再比",
        "Nothing to change: it is compared again once the offer starts「 on {until}」",
    ),
    C.CHANGE_LOWER_MINIMUM: (
        "请捐赠方把每户起点降低「到 {most}」「 {unit}」",
        "Ask the donor to lower the least per family「 to {most}」「 {unit}」",
    ),
    C.CHANGE_ALLOW_PARTS: (
        "问问这户能不能分几次给「：这一份最多给 {most}」「 {unit}」",
        "Ask whether the family can take it in parts「: this offer gives at most {most}」「 {unit}」",
    ),
    C.CHANGE_CLEAR_STOP: (
        "先查清停发的原因，解除以后才能对接",
        "Clear up why help was stopped; then it can be compared",
    ),
    C.CHANGE_EDIT_EITHER: (
        "情况变了的话，在需求或资源里改过来，下一批会再比",
        "If things have changed, correct the need or the offer; the next run compares them again",
    ),
    C.CHANGE_APPLY_TO_STATE: (
        "先帮这户申请「{due}」，申请了就可以用财政资金",
        "Help the family apply「 for {due}」 first; once applied, treasury money can go",
    ),
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
        "两边的单位「（{need_unit}」「 与 {offer_unit}）」对不上：能换算就注明怎样换算，不能换算就另找",
        "The units「 ({need_unit}」「 and {offer_unit})」 do not agree: name the pack size, or look for another offer",
    ),
    C.CHANGE_CHECK_TEXT: (
        "请核实「{about}」；若其实不冲突，在需求和资源的登记里都填上这一项，就按登记的算",
        "Please check「 {about}」; if it does go together, fill it in for the need and the offer, and that counts",
    ),
    C.CHANGE_FILL_FACT: ("请补填资料「：{fact}」，再看合不合适", "Please fill in「 {fact}」"),
    C.CHANGE_FIND_OFFER: (
        "还需要另找资源「：{category}」「，{quantity}」「 {unit}」「（{region}）」",
        "Another offer is needed「: {category}」「, {quantity}」「 {unit}」「 ({region})」",
    ),
}
_MORE = ("；还有另外 {others} 处不合", "; {others} more obstacles remain")
_MISSING = ("资料没有填：{fact}，按规定不能用这笔资金", "Not on record: {fact}; this fund may not be used without it")
_OPTIONAL = re.compile("「([^「」]*)」")
_PARAM = re.compile(r"\{(\w+)\}")


def sentence(reason: Reason, lang: str = "zh") -> str:
    """A reason as one sentence, in `zh` or `en`, without a full stop."""
    side = 1 if lang == "en" else 0
    if reason.params.get("missing"):
        return _MISSING[side].format(fact=fact_word(str(reason.params["missing"]), lang))
    said = filled(SENTENCES[reason.code][side], reason.params, lang)
    others = reason.params.get("others")
    return said + _MORE[side].format(others=others) if others else said


def filled(pattern: str, params: Mapping[str, Any], lang: str) -> str:
    """The pattern with its params as words; optional parts whose params are missing are left out."""
    words = {name: param_text(name, value, lang) for name, value in params.items() if value not in (None, "", (), [])}

    def optional(found: re.Match[str]) -> str:
        part = found[1]
        names = _PARAM.findall(part)
        return part.format(**words) if all(name in words for name in names) else ""

    text = _OPTIONAL.sub(optional, pattern)
    return " ".join(text.split()) if lang == "en" else text.strip()
