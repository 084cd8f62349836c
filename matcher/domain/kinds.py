"""What goes with a category: its usual tier of help, its basic duty, the units people count it in.

Sources: the categories table of the reference data (tiers and units), R9 (the two basic duties), R42 (the five
tiers). These are proposals for a form; a caseworker may choose otherwise.
"""

from matcher.domain.terms import LISTED_PAIRS, MONEY_UNIT, Category, DutyKind, Tier

RIGHTS = frozenset({Category.ARR, Category.LAW})
"""Protecting rights; everything else is service (R9)."""

_TIERS: dict[Category, Tier] = {
    Category.MUT: Tier.T3,
    Category.WEL: Tier.T5,
    Category.ARR: Tier.T4,
    Category.PSY: Tier.T4,
    Category.CAR: Tier.T4,
    Category.STA: Tier.T4,
    Category.CUL: Tier.T4,
    Category.HEA: Tier.T4,
}

UNITS: dict[Category, tuple[str, ...]] = {
    Category.LIV: ("元",),
    Category.EDU: ("元", "人"),
    Category.MED: ("元", "人次"),
    Category.JOB: ("个岗位", "人"),
    Category.TRN: ("人次", "课时"),
    Category.LAW: ("件", "小时"),
    Category.ARR: ("件", "元", "人"),
    Category.TRV: ("张", "座", "人次"),
    Category.HOU: ("户", "元"),
    Category.PSY: ("人次", "小时"),
    Category.FOO: ("份", "袋", "桶"),
    Category.WIN: ("件", "床", "套", "台"),
    Category.AID: ("台", "件"),
    Category.MUT: ("份",),
    Category.CAR: ("人次", "小时", "床位"),
    Category.STA: ("人次",),
    Category.CUL: ("人次", "张", "场"),
    Category.WEL: ("份",),
    Category.HEA: ("人次",),
    Category.POL: ("件",),
}
"""Usual units, the most usual first."""

ALL_UNITS: tuple[str, ...] = tuple(dict.fromkeys(unit for units in UNITS.values() for unit in units))


def usual_unit(category: Category | None) -> str:
    """The unit a need of this category is counted in when nobody said; 份 for an unknown category."""
    return UNITS[category][0] if category else "份"


def proposed_tier(category: Category | None, *, on_file: bool) -> Tier:
    """Where help of this kind usually comes from: files first (T1), otherwise a visit or a service (R42, R44)."""
    if category in _TIERS:
        return _TIERS[category]
    return Tier.T1 if on_file else Tier.T2


def duty_of(category: Category | None) -> DutyKind:
    """Protecting rights or serving (R9)."""
    return DutyKind.RIGHTS if category in RIGHTS else DutyKind.SERVICE


def may_be_money(category: Category | None) -> bool:
    """Whether needs of this category are ever counted in 元."""
    return category is None or MONEY_UNIT in UNITS[category]


def answers(category: Category) -> frozenset[Category]:
    """Categories of offers that may answer a need of this category: its own and the listed ones (H4)."""
    return frozenset({category} | {offer for need, offer in LISTED_PAIRS if need is category})
