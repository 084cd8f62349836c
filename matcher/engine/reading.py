"""What a text says in figures: quantity and unit, money, people, ages, school stage, dates, places, journeys,
and the conditions of an offer, each with the place in the text it was read from and how sure that is.

Readings fill forms beforehand and are soft evidence where a column is blank; a rule follows a column alone.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from matcher.domain.amounts import canonical, is_money, usual
from matcher.domain.terms import Group, SchoolStage
from matcher.engine.numerals import Number, numbers_in
from matcher.engine.place_names import PlaceNames


class Told(StrEnum):
    """What a piece of text tells; the type of its value stands behind each."""

    QUANTITY = "quantity"  # int, with unit
    MONEY = "money"  # int 元
    PER_CASE = "per_case"  # int, with unit: what one household may have
    PEOPLE = "people"  # int
    AGE = "age"  # int
    AGES = "ages"  # (lowest, highest) int, both included
    STAGE = "stage"  # SchoolStage
    BY = "by"  # date: done or given until then
    FROM = "from"  # date: not before then
    ON = "on"  # date: on that day
    SHELF_LIFE = "shelf_life"  # date
    PLACE = "place"  # division code
    LIMITED_TO = "limited_to"  # division code: only people of that place
    ROUTE_FROM = "route_from"  # division code
    ROUTE_TO = "route_to"  # division code
    GROUP = "group"  # Group: only people of that group


Value = int | date | str | tuple[int, int] | SchoolStage | Group


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing read from characters `start` to `end` of the normalised text; `confidence` in (0, 1]."""

    told: Told
    value: Value
    start: int
    end: int
    confidence: float
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """All facts of one text, in the order of the text."""

    facts: tuple[Fact, ...] = ()

    def all(self, told: Told) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.told is told)

    def best(self, told: Told) -> Fact | None:
        """The surest, of equals the first."""
        return max(self.all(told), key=lambda fact: (fact.confidence, -fact.start), default=None)

    def values(self, told: Told, *, least: float = 0.0) -> frozenset[Value]:
        return frozenset(fact.value for fact in self.all(told) if fact.confidence >= least)


def read_text(
    text: str, *, is_offer: bool, names: PlaceNames, as_of: date, festivals: Mapping[int, date] | None = None
) -> Reading:
    """Read one normalised text (`text.normalise`). Years that are not written are the nearest to `as_of`.

    `festivals` gives the first day of the lunar year by year, for 腊月二十六 and 正月初八.
    """
    numbers = numbers_in(text)
    facts = [
        *_amounts(text, numbers, is_offer=is_offer),
        *_ages(text, numbers),
        *_ages_of_life(text, is_offer=is_offer),
        *_stages(text, is_offer=is_offer),
        *_dates(text, as_of),
        *_lunar_days(text, as_of, festivals or {}),
        *_places(text, names, is_offer=is_offer),
    ]
    if is_offer:
        facts += _groups(text)
    return Reading(tuple(sorted(facts, key=lambda fact: (fact.start, fact.end, fact.told))))


# ---- amounts ---------------------------------------------------------------------------------------------------

_MADE = "份套户名人次台床张座件把条辆双副对部架箱盒桶袋瓶本场处间项趟班枚顶只盏包块"
_UNIT = re.compile(
    r"\s*(万元|元|块钱|块(?!地|砖)|公斤|千克|kg|斤|吨|克|毫升|ml|升|l(?![a-z])|人次|个?名额|个?岗位|个?床位|个?座位|"
    rf"课时|学时|小时|人份|[{_MADE}])"
)
_MEASURED = frozenset({"公斤", "千克", "kg", "斤", "吨", "克", "毫升", "ml", "升", "l", "课时", "学时", "小时"})
_PEOPLE = frozenset({"人", "名", "口", "人次"})
_EACH = re.compile(
    r"(?:每一?(?:户|人|生|家|个?家庭|名(?:学生|学员|职工)?|位|例|份|次|个?孩子|件)|人均|户均)[^,;。!?、每]{0,8}$"
)
_MOST = re.compile(r"(?:最高|不超过|至多|上限|以内|封顶|限)[^,;。!?、]{0,4}$")
_WHOLE = re.compile(r"(?:共计?|合计|总共|总计|总额|总量|计划|提供|捐赠|资助|招收|招聘|限|前)[^,;。!?、每]{0,8}$")
_PAID = re.compile(r"(?:掏|花|交|欠|差|缺|要|费|钱|付|借|凑|贴|补|挣|省)[^,;。!?、]{0,6}$")
_ONCE = re.compile(
    r"^(?:年|个?月|天|日|号|周|星期|岁|周岁|点|时|分|层|楼|期|届|级|年级|班|次|%|个?多月|号楼|辈子|下子|直|些|起|样|定|般|边|会儿?)"
)


def _amounts(text: str, numbers: list[Number], *, is_offer: bool) -> Iterator[Fact]:
    found: list[Fact] = []
    for number in numbers:
        unit = _UNIT.match(text, number.end)
        before, after = text[max(0, number.start - 14) : number.start], text[number.end :]
        if unit is None:
            if number.value >= 100 and not _ONCE.match(after) and _PAID.search(before):
                found.append(_fact(Told.MONEY, number, number.end, "元", 0.6))
            continue
        name = {"块": "元", "块钱": "元"}.get(unit[1], unit[1])
        if unit[1] == "块" and number.value < 10 and not re.search(r"[费钱价卖]", text):
            continue
        sure = 0.7 if number.is_about else 0.9
        if is_offer and _EACH.search(before):
            found.append(_fact(Told.PER_CASE, number, unit.end(), name, sure))
        elif is_money(name):
            found.append(_fact(Told.MONEY, number, unit.end(), name, sure))
        else:
            kind = Told.PEOPLE if name in _PEOPLE and not is_offer else Told.QUANTITY
            sure *= 0.5 if name in _MEASURED else 1.0 if name != "个" else 0.8
            is_total = is_offer and _WHOLE.search(before) and not _MOST.search(before)
            found.append(_fact(kind, number, unit.end(), name, min(1.0, sure + (0.1 if is_total else 0.0))))
    yield from found
    family = re.search(r"一家([一二三四五六七八九十两]|\d{1,2})口", text)
    if family:
        count = numbers_in(family[1])
        if count:
            yield Fact(Told.PEOPLE, int(count[0].value), family.start(), family.end(), 0.95, "人")


def _fact(told: Told, number: Number, end: int, unit: str, confidence: float) -> Fact:
    amount, base = int(number.value), usual(unit)
    if is_money(unit):
        whole, base = canonical(amount, unit)
        amount = int(whole or 0)
    return Fact(told, amount, number.start, end, confidence, base)


# ---- people ----------------------------------------------------------------------------------------------------

_BARE_AGE = re.compile(
    r"(?:^|[,;。!?、我俺咱人的娘爹妈爸婆汉头太子爷奶嫂姨伯叔哥姐弟妹女今年都已快才])$"
)  # 我七十九, 俺妈七十六: an age without its word, at the end of a clause
_CLAUSE_ENDS = re.compile(r"^(?:了|的人)?(?:[,;。!?、]|$)")
_AGE = re.compile(r"\s*(?:周岁|岁)(?:半)?(?:以?及)?(以上|以下|以内|以前)?")
_BETWEEN = re.compile(r"(\d{1,3})\s*(?:周?岁)?\s*(?:至|到|[-~—–])\s*(\d{1,3})\s*周?岁")
_MONTHS = re.compile(r"(\d{1,2})\s*个?月(?:龄|大)?\s*(?:至|到|[-~—–])\s*(\d{1,2})\s*(周?岁|个?月)")
_STAGES: tuple[tuple[SchoolStage, str], ...] = (
    (SchoolStage.KINDERGARTEN, r"幼儿园|学前|[大中小]班(?=的|娃|孩|了|,|。|$)|上幼"),
    (SchoolStage.PRIMARY, r"小学(?!文化|毕业|学历|没|都没)|[一二三四五六1-6]年级|小学生|中小学"),
    (SchoolStage.JUNIOR, r"初中(?!文化|毕业|学历|没)|初[一二三123](?!\d)|[七八九789]年级|中考|中小学"),
    (SchoolStage.SENIOR, r"高中(?!文化|毕业|学历|没)|(?<!最)高[一二三123](?![\d万千百])|中小学"),
    (SchoolStage.VOCATIONAL, r"中职|职高|护校|卫校|中专(?!毕业|学历)|技校|技工学校|职业学校|职业高中|中等职业"),
    (
        SchoolStage.COLLEGE,
        r"大学(?!毕业|文化|学历|里找|生村官)|本科|专科(?!医|门)|大专|高校|高职|大[一二三四](?!\d)|研究生|录取通知书|高考",
    ),
)
_STAGE_WORDS = tuple((stage, re.compile(words)) for stage, words in _STAGES)
_COMPULSORY = re.compile(r"义务教育")
_STAGE_OF_AGE = ((3, 5, SchoolStage.KINDERGARTEN), (7, 11, SchoolStage.PRIMARY), (13, 14, SchoolStage.JUNIOR))
_CHILD = re.compile(r"[孩娃儿子闺女丫头妮孙崽囡]")


def _ages(text: str, numbers: list[Number]) -> Iterator[Fact]:
    taken: set[int] = set()
    for match in _MONTHS.finditer(text):
        taken.update(range(match.start(), match.end()))
        highest = int(match[2]) if "岁" in match[3] else int(match[2]) // 12
        yield Fact(Told.AGES, (int(match[1]) // 12, highest), match.start(), match.end(), 0.95)
    for match in _BETWEEN.finditer(text):
        low, high = int(match[1]), int(match[2])
        if low < high <= 120:
            taken.update(range(match.start(), match.end()))
            yield Fact(Told.AGES, (low, high), match.start(), match.end(), 0.95)
    for number in numbers:
        if number.start in taken or not 0 < number.value <= 120:
            continue
        age, sure = int(number.value), 0.7 if number.is_about else 0.95
        said = _AGE.match(text, number.end)
        if said and said[1] == "以上":
            yield Fact(Told.AGES, (age, 120), number.start, said.end(), sure)
        elif said and said[1]:
            yield Fact(Told.AGES, (0, age), number.start, said.end(), sure)
        elif said:
            yield Fact(Told.AGE, age, number.start, said.end(), sure)
        elif (
            16 <= age <= 99
            and text[number.start : number.end].isalpha()
            and _BARE_AGE.search(text[: number.start])
            and _CLAUSE_ENDS.match(text[number.end :])
        ):
            yield Fact(Told.AGE, age, number.start, number.end, 0.8)


def _stages(text: str, *, is_offer: bool) -> Iterator[Fact]:
    found = [
        Fact(Told.STAGE, stage, match.start(), match.end(), 0.9)
        for stage, words in _STAGE_WORDS
        for match in words.finditer(text)
    ]
    for match in _COMPULSORY.finditer(text):
        found += [
            Fact(Told.STAGE, s, match.start(), match.end(), 0.9) for s in (SchoolStage.PRIMARY, SchoolStage.JUNIOR)
        ]
    if not found and not is_offer:
        for number in numbers_in(text):
            said = _AGE.match(text, number.end)
            if said and not said[1] and _CHILD.search(text[max(0, number.start - 6) : said.end() + 4]):
                for low, high, stage in _STAGE_OF_AGE:
                    if low <= number.value <= high:
                        found.append(Fact(Told.STAGE, stage, number.start, said.end(), 0.8))
    yield from found


_ELDER = re.compile(r"老两口|老头子|老太|老伴|爷爷|奶奶|姥姥|姥爷|退休|退下来|老爷子|老人")
_RETIRED = re.compile(
    r"退了(?:快|有)?[一二三四五六七八九十两几好\d]|[厂矿会里]退的|(?<!掉)(?<!摔)下来(?:快|有)?[一二三四五六七八九十两几好\d]+个?[年月]"
)
_MINOR = re.compile(r"孙[子女娃儿]|外孙|娃|儿子|闺女|丫头|孩|妮儿?|幺儿|崽|宝|小子|学生|[上念读]学|年级|月大")
_GROWN = re.compile(
    r"车间|上班|厂里|跑单|送外卖|送快递|扫马路|扫大街|打工|工地|下岗|下井|下窑|滴滴|技术员|[钳电焊瓦木]工|矿上|班组|跑长途|大挂"
)
MINOR_AGES = (0, 24)
"""Ages of somebody's children when no age is told."""
_LIVES: tuple[tuple[re.Pattern[str], tuple[int, int]], ...] = (
    (re.compile(r"患儿|儿童|少儿|婴幼儿|幼儿(?!园)"), (0, 14)),
    (re.compile(r"退休(?:职工|会员|人员|教师|工人)|老年|长者|高龄"), (50, 120)),
    (re.compile(r"青年(?!林)|毕业生"), (16, 45)),
    (re.compile(r"成年(?!后)"), (18, 120)),
    (re.compile(r"环卫工|骑手|快递员|外卖|网约车|[卡货]车司机"), (16, 65)),
)


def _ages_of_life(text: str, *, is_offer: bool) -> Iterator[Fact]:
    """Ages told by who somebody is. Of an offer: whom it is for. Of a need: grown or old people, where the text knows
    no child at all."""
    if is_offer:
        if not _AGE.search(text):
            for words, ages in _LIVES:
                match = words.search(text)
                if match:
                    yield Fact(Told.AGES, ages, match.start(), match.end(), 0.75)
        return
    retired = _RETIRED.search(text)
    for words, ages in ((_RETIRED, (50, 110)), (_ELDER, (50, 110)), (_GROWN, (19, 64)), (_MINOR, MINOR_AGES)):
        match = None if retired and words is _GROWN else words.search(text)
        if match:
            yield Fact(Told.AGES, ages, match.start(), match.end(), 0.5)


_GROUPS: tuple[tuple[Group, str], ...] = (
    (Group.SUBSISTENCE, r"低保(?:户|家庭|对象|边缘)"),
    (Group.HARDSHIP, r"(?:建档|在档)(?:立卡)?困难(?:职工|家庭)"),
    (Group.MIGRANT, r"农民工|外来务工"),
    (Group.MODEL, r"劳模|劳动模范"),
    (Group.OUTDOOR, r"户外劳动者|环卫工|骑手|快递员|外卖员"),
    (Group.WOMAN, r"女职工|女工|妇女|女性"),
    (Group.DISABLED, r"残疾(?:人|职工|家庭)|持(?:有)?残疾证"),
    (Group.ELDER, r"老年人|老人"),
    (Group.STUDENT, r"学生|新生"),
    (Group.YOUNG, r"青年职工|青年"),
)
_LIMITING = re.compile(r"(?:仅限|限于|只限|限|面向|定向|专门?为|针对|仅面向)[^,;。!?]{0,14}$")


def _groups(text: str) -> Iterator[Fact]:
    for group, words in _GROUPS:
        for match in re.finditer(words, text):
            if _LIMITING.search(text[max(0, match.start() - 16) : match.start()]):
                yield Fact(Told.GROUP, group, match.start(), match.end(), 0.8)


# ---- dates -----------------------------------------------------------------------------------------------------

_DAY = re.compile(
    r"(?:(?P<year>20\d{2})\s*[年./-]\s*)?(?P<month>\d{1,2})\s*(?P<sign>[月/.-])\s*(?P<day>\d{1,2})\s*(?:日|号)?"
    r"|(?P<cmonth>[一二三四五六七八九十]{1,2})月(?P<cday>[一二三四五六七八九十]{1,3})(?:日|号)"
)
_UNTIL = re.compile(r"^(?:之前|以前|前|止|截止|截至|为止|到期|内)")
_TO = re.compile(r"(?:至|到|截止|截至|截止到|—|-|~)(?:20\d{2}年)?\s*$")
_SINCE = re.compile(r"^(?:起|开始|之后|以后|后|至|到|—|-|~)")
_KEEPS = re.compile(r"(?:保质期|有效期|保质)[^,;。]{0,6}$")
HALF_YEAR_DAYS = 183


def _dates(text: str, as_of: date) -> Iterator[Fact]:
    for match in _DAY.finditer(text):
        day = _day(match, as_of)
        if day is None:
            continue
        before, after = text[max(0, match.start() - 10) : match.start()], text[match.end() :]
        sure = 0.95 if match["year"] else 0.8
        if _KEEPS.search(before):
            told = Told.SHELF_LIFE
        elif _UNTIL.match(after) or _TO.search(before):
            told = Told.BY
        elif _SINCE.match(after):
            told = Told.FROM
        else:
            told = Told.ON
        yield Fact(told, day, match.start(), match.end(), sure)


_LUNAR = re.compile(
    r"(腊月|正月)(?:初|廿|卅)?([一二三四五六七八九十]{1,3})|(?<!月)(?P<bare>初[四五六七八九十])(?![一二三四五六七八九十中])"
)  # 初八 by itself is of the first month; 初一 to 初三 are years at school as well


def _lunar_days(text: str, as_of: date, festivals: Mapping[int, date]) -> Iterator[Fact]:
    """Days counted to and from the Spring Festival; the twelfth month is taken to have thirty days."""
    for match in _LUNAR.finditer(text):
        number = numbers_in(match[2] or match["bare"][1])
        if not number or not festivals:
            continue
        count = int(number[0].value) + (20 if "廿" in match[0] else 30 if "卅" in match[0] else 0)
        shift = count - 31 if match[1] == "腊月" else count - 1
        days = [first + timedelta(days=shift) for first in festivals.values()]
        day = min(days, key=lambda d: (abs((d - as_of).days), d))
        after = text[match.end() :]
        told = Told.BY if _UNTIL.match(after) else Told.FROM if _SINCE.match(after) else Told.ON
        yield Fact(told, day, match.start(), match.end(), 0.8 if match[1] else 0.75)


def _day(match: re.Match[str], as_of: date) -> date | None:
    """The day meant; without a year the one nearest to `as_of`."""
    if match["cmonth"]:
        month, day = (int(numbers_in(match[name])[0].value) for name in ("cmonth", "cday"))
    else:
        month, day = int(match["month"]), int(match["day"])
        if match["sign"] != "月" and not match["year"]:
            return None  # 3-5 and 1.5 are not dates
    years = [int(match["year"])] if match["year"] else [as_of.year - 1, as_of.year, as_of.year + 1]
    days = []
    for year in years:
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return min(days, key=lambda d: (abs((d - as_of).days), d), default=None)


# ---- places ----------------------------------------------------------------------------------------------------

_ONLY = re.compile(r"(?:仅限|限于|只限|限|面向|定向|覆盖|服务范围|范围|投放|用于|捐给|捐赠给|发往|在)[^,;。!?]{0,10}$")
_THEIRS = re.compile(
    r"^(?:[^,;。!?、]{0,2}(?:户籍|辖区|境内|范围内|居民|常住|本地|低保|特困|困难|建档|在档|城区|乡镇|籍))"
)
_LISTED = re.compile(r"\s*[、和与及/]\s*")
_BOTH = re.compile(r"^\s*(?:至|到|往|—+|-+|~|→|开往|直达|返|回)\s*")
_TOWARDS = re.compile(r"(?:回|去|到|往|至|返|赴|开往|直达|前往|老家(?:在|是)?|家在|娘家(?:在)?|回到)\s*$")
_COMES = re.compile(r"^(?:过来|出来|来)")
_OUT_OF = re.compile(r"(?:从|自|由|在)\s*$")


def _places(text: str, names: PlaceNames, *, is_offer: bool) -> Iterator[Fact]:
    found = names.find_in(text)
    groups: list[list[tuple[str, int, int]]] = []  # places of one list (广州、东莞) share what is said of them
    for place in found:
        if groups and _LISTED.fullmatch(text[groups[-1][-1][2] : place[1]]):
            groups[-1].append(place)
        else:
            groups.append([place])
    for k, group in enumerate(groups):
        start, end = group[0][1], group[-1][2]
        before, after = text[max(0, start - 14) : start], text[end:]
        follows = groups[k + 1][0][1] if k + 1 < len(groups) else None
        leads = k > 0 and bool(_BOTH.fullmatch(text[groups[k - 1][-1][2] : start]))
        told: dict[Told, float] = {Told.PLACE: 0.9}
        if not is_offer and _OUT_OF.search(before) and _COMES.match(after):
            told[Told.ROUTE_TO] = 0.8  # 从大庆来焦作: the way home leads there
        elif leads or _TOWARDS.search(before):
            told[Told.ROUTE_TO] = 0.9 if leads else 0.8
        elif (follows and _BOTH.fullmatch(text[end:follows])) or _OUT_OF.search(before):
            told[Told.ROUTE_FROM] = 0.9 if follows and _BOTH.fullmatch(text[end:follows]) else 0.6
        if is_offer and (_ONLY.search(before) or _THEIRS.match(after)):
            told[Told.LIMITED_TO] = 0.9 if "限" in before else 0.7
        for code, first, last in group:
            yield from (Fact(what, code, first, last, sure) for what, sure in told.items())
