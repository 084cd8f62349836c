"""Who belongs to an invented family: ages that fit together, and the words people use for one another."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from matcher.domain.terms import SchoolStage
from seeds.wording import hanzi, scenario

ILLNESSES = {
    "cancer": ("肺癌", "乳腺癌", "胃癌", "肝癌", "淋巴瘤", "肠癌", "甲状腺癌转移", "宫颈癌"),
    "kidney": ("尿毒症", "肾衰竭"),
    "stroke": ("脑梗", "中风", "脑出血后遗症"),
    "lung": ("尘肺", "肺纤维化", "慢阻肺"),
    "heart": ("冠心病", "心衰", "心梗"),
    "chronic": ("糖尿病并发症", "强直性脊柱炎", "红斑狼疮", "肝硬化", "类风湿"),
}
_BY_SEX = {"宫颈癌": "woman", "乳腺癌": "woman"}
CHILD_ILLNESSES = ("白血病", "先天性心脏病", "癫痫", "再生障碍性贫血", "脑瘫", "血友病")
HOMES = (
    *("四川达州", "四川巴中", "四川南充", "湖北恩施", "湖北十堰", "贵州毕节", "贵州遵义"),
    *("甘肃定西", "陕西商洛", "安徽阜阳", "河南信阳", "河南驻马店", "河南周口"),
)
AGES = {
    "illness": (28, 66),
    "schooling": (36, 54),
    "laidoff": (36, 58),
    "injury": (26, 58),
    "widow": (30, 62),
    "migrant": (21, 54),
    "elders": (60, 79),
    "outdoor": (22, 57),
    "young": (23, 34),
    "disaster": (28, 66),
}
OUTDOOR_SECTORS = {"courier", "clean", "transport"}
STAGE_WORDS = {
    SchoolStage.KINDERGARTEN: "上幼儿园",
    SchoolStage.PRIMARY: "读小学",
    SchoolStage.JUNIOR: "读初中",
    SchoolStage.SENIOR: "读高中",
    SchoolStage.VOCATIONAL: "读职校",
    SchoolStage.COLLEGE: "读大学",
}


@dataclass(slots=True, kw_only=True)
class Kin:
    """The people of one home. `children` are ages, of grandchildren when `grand`; `child` is the one told of."""

    persona: str
    age: int
    is_man: bool
    state: str  # working, laidoff, retired
    job: str
    spouse: str | None
    children: list[int]
    child: int | None
    child_is_girl: bool
    stage: SchoolStage | None
    grand: bool
    elder: str | None
    ill: str | None  # self, spouse, child, elder
    illness: str | None
    bedridden: bool
    died_on_duty: bool
    is_outdoor: bool
    home: str
    tags: frozenset[str] = field(default_factory=frozenset)

    @property
    def size(self) -> int:
        return 1 + (self.spouse is not None) + len(self.children) + (self.elder is not None)

    def patient(self) -> str:
        """What the family calls the one who is ill."""
        words = {"self": "我", "spouse": self.spouse, "child": self.child_word(), "elder": self.elder}
        return (words[self.ill] if self.ill else None) or "家里人"

    def child_word(self) -> str:
        if self.grand:
            return "孙女" if self.child_is_girl else "孙子"
        if (self.child or 0) <= 5:
            return "小丫头" if self.child_is_girl else "小儿子"
        return "闺女" if self.child_is_girl else "儿子"

    def situation(self) -> str:
        """Coarse facts without names or illnesses: "4 口，老伴卧床，孙辈 2 人在读小学"."""
        parts = [f"{self.size} 口", self._health(), self._schooling()]
        if "injured" in self.tags:
            parts.append("本人因工致残")
        if "widow" in self.tags:
            parts.append("丧偶")
        if "divorced" in self.tags:
            parts.append("单亲")
        if self.elder and self.ill != "elder":
            parts.append("有老人同住")
        return "，".join(part for part in parts if part)

    def _health(self) -> str:
        who = {"self": "本人", "spouse": self.spouse or "", "child": "孩子", "elder": "老人"}.get(self.ill or "", "")
        return f"{who}{'卧床' if self.bedridden else '长期患病'}" if who else ""

    def _schooling(self) -> str:
        if self.stage is None:
            small = [age for age in self.children if age <= 2]
            return f"幼儿 {len(small)} 人" if small else ""
        return f"{'孙辈' if self.grand else '子女'} 1 人{STAGE_WORDS[self.stage]}"

    def words(self) -> dict[str, str | tuple[str, ...]]:
        child = self.child or 0
        year = min(max(child - 5, 1), 6)
        return {
            "工种": self.job,
            "人口": str(self.size) if self.age % 2 else "两" if self.size == 2 else hanzi(self.size),
            "年龄": str(self.age) if self.age % 3 else hanzi(self.age),
            "爱人": self.spouse or "家里人",
            "老人": self.elder or "老人",
            "孩子": self.child_word(),
            "病": self.illness or "病",
            "患者": self.patient(),
            "家乡": self.home,
            "老人或孩子": self.elder or (self.child_word() if self.children else "自己"),
            "二三": "三" if child >= 20 else "二",
            "一二三中": "三" if child in (14, 17) else "二" if child in (13, 16) else "一",
            "一至六": hanzi(year),
            "一两": "一" if child <= 1 else "两",
        }


def stage_of(age: int, rng: Random) -> SchoolStage | None:
    """The school stage of an age; None for small children and those who work."""
    for last, stage in ((2, None), (5, SchoolStage.KINDERGARTEN), (11, SchoolStage.PRIMARY), (14, SchoolStage.JUNIOR)):
        if age <= last:
            return stage
    if age <= 17:
        return SchoolStage.SENIOR if rng.random() < 0.66 else SchoolStage.VOCATIONAL
    return SchoolStage.COLLEGE if age <= 22 else None


def kin_of(persona: str, sector: str, today: date, rng: Random) -> Kin:
    """The people of a family that came to the union for `persona`, in a trade."""
    age = rng.randint(*AGES[persona])
    is_man = rng.random() < (0.38 if persona == "widow" else 0.56)
    grand = (persona == "elders" and rng.random() < 0.5) or (persona == "widow" and age > 56)
    married = _married(persona, age, rng)
    children = _children(persona, age, grand, rng)
    child = max((a for a in children if a <= 22), default=None)
    stage = stage_of(child, rng) if child is not None else None
    elder = _elder(persona, age, is_man, married == "married", rng)
    ill = _ill(persona, age, married == "married", bool(children) and not grand, elder is not None, rng)
    kinds, illness = _illness(ill, is_man, rng)
    state = _state(persona, age, ill, rng)
    kin = Kin(
        persona=persona,
        age=age,
        is_man=is_man,
        state=state,
        job=rng.choice(scenario("sectors")[sector]["jobs"]),
        spouse=_spouse(age, is_man, bool(children), rng) if married == "married" else None,
        children=children,
        child=child,
        child_is_girl=rng.random() < 0.5,
        stage=stage,
        grand=grand and bool(children),
        elder=elder,
        ill=ill,
        illness=illness,
        bedridden=("stroke" in kinds and rng.random() < 0.65) or (ill == "elder" and rng.random() < 0.4),
        died_on_duty=persona == "widow" and age < 58 and rng.random() < 0.3,
        is_outdoor=persona == "outdoor" or (sector in OUTDOOR_SECTORS and state == "working" and persona != "migrant"),
        home=rng.choice(HOMES),
    )
    kin.tags = _tags(kin, married, kinds, rng)
    return kin


def _married(persona: str, age: int, rng: Random) -> str:
    if persona == "widow":
        return "widow"
    if age < 26:
        return "married" if persona == "young" and rng.random() < 0.6 else "single"
    return rng.choices(("married", "divorced", "single"), (83, 9, 8) if age < 60 else (78, 2, 20))[0]


def _children(persona: str, age: int, grand: bool, rng: Random) -> list[int]:
    if grand:
        return sorted(rng.randint(4, 14) for _ in range(rng.choice((1, 1, 2))))
    if persona == "schooling":
        first = rng.randint(6, min(22, age - 23))
        second = [rng.randint(max(0, first - 9), first - 2)] if rng.random() < 0.35 and first > 3 else []
        return sorted([first, *second])
    low, high = max(0, age - 36), age - 22
    if high < 0 or low > 22 or rng.random() < (0.72 if persona == "migrant" else 0.22):
        return []
    first = rng.randint(low, min(high, 22))
    second = [rng.randint(max(low, first - 8), first - 1)] if rng.random() < 0.3 and first - 1 >= low else []
    return sorted([first, *second])


def _elder(persona: str, age: int, is_man: bool, married: bool, rng: Random) -> str | None:
    odds = {"migrant": 0.0, "elders": 0.08, "young": 0.2}.get(persona, 0.33)
    if not 24 <= age <= 66 or rng.random() > odds:
        return None
    in_law = ("岳母", "老丈人") if is_man else ("婆婆", "公公")
    return rng.choice(("老娘", "老父亲", "俺妈", "老爹", *(in_law if married else ())))


def _ill(persona: str, age: int, spouse: bool, child: bool, elder: bool, rng: Random) -> str | None:
    if persona != "illness":
        return "elder" if elder and rng.random() < 0.45 else None
    who = {"self": 40, "spouse": 30 * spouse, "child": 14 * (child and age < 48), "elder": 16 * elder}
    return rng.choices(list(who), list(who.values()))[0]


def _illness(ill: str | None, is_man: bool, rng: Random) -> tuple[frozenset[str], str | None]:
    if ill is None:
        return frozenset(), None
    if ill == "child":
        return frozenset({"childill"}), rng.choice(CHILD_ILLNESSES)
    kind = rng.choices(list(ILLNESSES), (30, 14, 22, 10, 12, 12))[0]
    patient_is_man = is_man if ill == "self" else not is_man if ill == "spouse" else rng.random() < 0.5
    fitting = [name for name in ILLNESSES[kind] if not (patient_is_man or ill == "elder") or name not in _BY_SEX]
    return frozenset({kind}), rng.choice(fitting)


def _state(persona: str, age: int, ill: str | None, rng: Random) -> str:
    if persona == "elders" or age >= 60:
        return "retired"
    if persona in ("migrant", "outdoor", "young"):
        return "working"
    if persona == "laidoff" or persona == "injury":
        return "laidoff"
    if ill == "self":
        return "sick"
    return "laidoff" if rng.random() < 0.3 else "working"


def _spouse(age: int, is_man: bool, parents: bool, rng: Random) -> str:
    if age >= 58:
        return "老伴"
    own = ("爱人", "媳妇", "妻子") if is_man else ("爱人", "丈夫", "当家的")
    of_child = ("孩子他妈",) if is_man else ("孩子他爸",)
    return rng.choice(own + of_child if parents else own)


def _tags(kin: Kin, married: str, kinds: frozenset[str], rng: Random) -> frozenset[str]:
    stage = kin.stage.value if kin.stage else None
    facts = {
        kin.state: True,
        "man": kin.is_man,
        "woman": not kin.is_man,
        "old": kin.age >= 58,
        "young": kin.age <= 34,
        "over40": kin.age >= 40,
        "able": 18 <= kin.age <= 58 and kin.state in ("working", "laidoff") and kin.ill != "self",
        "alone": kin.size == 1,
        "spouse": kin.spouse is not None,
        "nospouse": kin.spouse is None,
        "widow": married == "widow",
        "divorced": married == "divorced",
        "kid": kin.child is not None and (kin.stage is not None or kin.child <= 2),
        "toddler": bool(kin.children) and kin.children[0] <= 2 and not kin.grand,
        "grand": kin.grand,
        "elder": kin.elder is not None,
        "ill": kin.ill is not None,
        f"ill_{kin.ill}": kin.ill is not None,
        "bedridden": kin.bedridden,
        "injured": kin.persona == "injury",
        "migrant": kin.persona == "migrant",
        "outdoor": kin.is_outdoor,
        "disaster": kin.persona == "disaster" and rng.random() < 0.65,
        "freshman": kin.child == 18,
        "senior3": kin.child == 17 and stage == "senior",
    }
    tags = {tag for tag, holds in facts.items() if holds} | kinds | ({stage} if stage else set())
    if kin.persona == "disaster" and "disaster" not in tags:
        tags.add("accident")
    return frozenset(tags)
