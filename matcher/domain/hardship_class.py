"""The class of a household, computed from its income and spending with every line of the arithmetic kept.

Both sets of classes are here: RS-2016 (低保户 / 低保边缘户 / 意外致困户, 总工办〔2016〕36号 and its local texts)
and RS-2020 (深度 / 相对 / 意外致困). Thresholds are data (`file_rules.ClassRules`); only the form of each test is
written here. Amounts are integer 分 a year unless a name says otherwise; comparisons are exact, results shown are
rounded to 分.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from matcher.domain.file_rules import ClassRules
from matcher.domain.file_terms import Exclusion, Scheme
from matcher.domain.terms import Cause, HardshipClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a household lives on and must spend: 分 a year, all 0 or more. Spending counts what nobody reimburses."""

    people: int
    income_fen: int  # all disposable income of the household, government aid not included
    aid_fen: int = 0  # 低保金 and other regular government aid
    is_aided: bool = False
    months_below: int = 0  # months in a row below the line so far
    hardship_fen: int = 0  # spending caused by illness, schooling, disability …
    accident_fen: int = 0  # loss and cost of an accident or disaster
    compensation_fen: int = 0  # what insurance, employer and relief have paid of it
    savings_fen: int = 0  # savings and investments
    rigid_fen: int = 0  # rigid spending: medicine, schooling, rent, care
    job_cost_fen: int = 0  # necessary cost of going to work
    causes: frozenset[Cause] = frozenset()
    is_single_parent: bool = False
    exclusions: frozenset[Exclusion] = frozenset()
    is_migrant: bool = False
    is_member: bool = False
    relation_months: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the arithmetic: what was put in (分, people or months), what came out, whether the test holds.

    `code` names the formula; `passed` is None where a line only works out a number.
    """

    code: str
    parts: tuple[tuple[str, int], ...] = ()
    result: int | None = None
    passed: bool | None = None
    grounds: tuple[str, ...] = ()  # codes that a test found: exclusions, causes


@dataclass(frozen=True, slots=True)
class ClassVerdict:
    """The class that results, by which rules, and every line on the way to it."""

    scheme: Scheme
    hardship_class: HardshipClass
    lines: tuple[Line, ...]
    article: str
    line_fen: int  # the subsistence line, a head and month
    is_local: bool = False  # only a local rule is met: no treasury money (全国级 is out of reach)


def classify(means: Means, rules: ClassRules) -> ClassVerdict:
    """The class of a household under the rules in force. The first test that holds decides.

    Raises ValueError when there is nobody in the household or an amount is below 0.
    """
    if means.people < 1 or any(getattr(means, name) < 0 for name in AMOUNTS):
        raise ValueError("people at least 1, amounts at least 0")
    gates = tuple(_gates(means, rules))
    tests = _tests_2016 if rules.scheme is Scheme.S2016 else _tests_2020
    lines, found, is_local = list(gates), HardshipClass.NONE, False
    if all(line.passed is not False for line in gates):
        for candidate, local, steps in tests(means, rules):
            lines += steps
            if all(step.passed is not False for step in steps):
                found, is_local = candidate, local
                break
    return ClassVerdict(rules.scheme, found, tuple(lines), rules.article, rules.line_fen, is_local)


AMOUNTS = (
    "income_fen", "aid_fen", "months_below", "hardship_fen", "accident_fen", "compensation_fen", "savings_fen",
    "rigid_fen", "job_cost_fen", "relation_months",
)  # fmt: skip

Test = tuple[HardshipClass, bool, list[Line]]


def _gates(means: Means, rules: ClassRules) -> Iterator[Line]:
    """What must hold before any class: no exclusion, a migrant worker's membership and employment, the income gate."""
    yield Line("exclusions", passed=not means.exclusions, grounds=tuple(sorted(means.exclusions)))
    if means.is_migrant:
        holds = means.is_member and means.relation_months >= rules.migrant_months
        asked = (("member", int(means.is_member)), ("months", means.relation_months), ("least", rules.migrant_months))
        yield Line("migrant", asked, None, holds)
    if rules.income_gate_fen is not None:
        value = _a_head(means.income_fen + means.aid_fen, means.people)
        parts = (("income", means.income_fen + means.aid_fen), ("people", means.people))
        yield Line("a_head", parts, _rounded(value))
        yield _under("below_average", value, rules.income_gate_fen, strictly=True)


def _tests_2016(means: Means, rules: ClassRules) -> Iterator[Test]:
    line, people = rules.line_fen, means.people
    income = means.income_fen + means.aid_fen
    a_head = _a_head(income, people)
    first = [Line("a_head", (("income", income), ("people", people)), _rounded(a_head))]
    first.append(_under("below_line", a_head, line, strictly=True))
    if not means.is_aided:
        months = (("months", means.months_below), ("least", rules.months_below))
        first.append(Line("months_below", months, None, means.months_below >= rules.months_below))
    yield HardshipClass.SUBSISTENCE, False, first

    grounds = sorted(cause.value for cause in means.causes & rules.marginal_causes)
    grounds += ["single_parent"] if means.is_single_parent else []
    rest = _a_head(income - means.hardship_fen, people)
    yield (
        HardshipClass.MARGINAL,
        False,
        [
            _under("within_marginal", a_head, _share(line, rules.marginal_percent)),
            Line("marginal_cause", passed=bool(grounds), grounds=tuple(grounds)),
            Line(
                "less_hardship",
                (("income", income), ("hardship", means.hardship_fen), ("people", people)),
                _rounded(rest),
            ),
            _under("rest_within_line", rest, line),
        ],
    )
    yield HardshipClass.ACCIDENT, False, _accident_2016(means, rules, a_head, income)
    if rules.local_percent is not None:
        within = _under("within_local", a_head, _share(line, rules.local_percent))
        yield HardshipClass.MARGINAL, True, [within]


def _accident_2016(means: Means, rules: ClassRules, a_head: Fraction, income: int) -> list[Line]:
    """Income up to three lines: what is left after the accident. Above: savings are counted in."""
    loss = max(means.accident_fen - means.compensation_fen, 0)
    net = (("accident", means.accident_fen), ("compensation", means.compensation_fen))
    steps = [Line("net_loss", net, loss, loss > 0)]
    small = a_head <= _share(rules.line_fen, rules.accident_percent)
    parts = [("income", income), ("loss", loss), ("people", means.people)]
    if not small:
        parts.insert(1, ("savings", means.savings_fen))
    rest = _a_head(income + (0 if small else means.savings_fen) - loss, means.people)
    code = "less_loss" if small else "savings_less_loss"
    return [*steps, Line(code, tuple(parts), _rounded(rest)), _under("rest_within_line", rest, rules.line_fen)]


def _tests_2020(means: Means, rules: ClassRules) -> Iterator[Test]:
    line, people = rules.line_fen, means.people
    income = means.income_fen + means.aid_fen
    rest = _a_head(income - means.rigid_fen, people)
    parts = (("income", income), ("rigid", means.rigid_fen), ("people", people))
    yield (
        HardshipClass.DEEP,
        False,
        [Line("less_rigid", parts, _rounded(rest)), _under("rest_below_line", rest, line, strictly=True)],
    )
    less = _a_head(income - means.rigid_fen - means.job_cost_fen, people)
    more = (*parts[:2], ("job_cost", means.job_cost_fen), ("people", people))
    ceiling = _share(line, rules.relative_percent)
    yield (
        HardshipClass.RELATIVE,
        False,
        [Line("less_job_cost", more, _rounded(less)), _under("rest_below_relative", less, ceiling, strictly=True)],
    )
    yield HardshipClass.ACCIDENT, False, _accident_2020(means, rules, income)


def _accident_2020(means: Means, rules: ClassRules, income: int) -> list[Line]:
    """Still short after compensation, insurance and aid; where the place says so, by the share of income lost."""
    loss = max(means.accident_fen - means.compensation_fen, 0)
    net = (("accident", means.accident_fen), ("compensation", means.compensation_fen))
    steps = [Line("net_loss", net, loss, loss > 0)]
    if rules.accident_share_percent is not None:
        parts = (("loss", loss), ("income", income), ("percent", rules.accident_share_percent))
        return [*steps, Line("share_of_income", parts, None, loss * 100 > income * rules.accident_share_percent)]
    rest = _a_head(income - means.rigid_fen - means.job_cost_fen - loss, means.people)
    shown = (("income", income), ("rigid", means.rigid_fen), ("job_cost", means.job_cost_fen), ("loss", loss))
    ceiling = _share(rules.line_fen, rules.accident_percent)
    return [
        *steps,
        Line("less_all", (*shown, ("people", means.people)), _rounded(rest)),
        _under("rest_within_accident", rest, ceiling),
    ]


def steadily_above(months_fen: Sequence[int], people: int, *, line_fen: int, months: int) -> tuple[Line, ...]:
    """The test of 脱困: the household's income of each of the last `months` months (分, the latest last), a head, is
    above the line. The last line says whether all are; too few months do not pass. Raises ValueError for nobody.
    """
    if people < 1:
        raise ValueError("people at least 1")
    lines = []
    for place, income in enumerate(months_fen[-months:], 1):
        value = Fraction(income, people)
        parts = (("month", place), ("income", income), ("people", people), ("ceiling", line_fen))
        lines.append(Line("month_above", parts, _rounded(value), value > line_fen))
    above = sum(line.passed is True for line in lines)
    return (*lines, Line("months_above", (("months", above), ("least", months)), None, above >= months > 0))


def _a_head(year_fen: int, people: int) -> Fraction:
    """分 a head and month."""
    return Fraction(year_fen, people * 12)


def _share(line_fen: int, percent: int) -> Fraction:
    return Fraction(line_fen * percent, 100)


def _under(code: str, value: Fraction, ceiling: Fraction | int, *, strictly: bool = False) -> Line:
    holds = value < ceiling if strictly else value <= ceiling
    return Line(code, (("value", _rounded(value)), ("ceiling", _rounded(Fraction(ceiling)))), None, holds)


def _rounded(value: Fraction) -> int:
    """To the nearest 分, halves away from 0, as people round money."""
    sign = -1 if value < 0 else 1
    return sign * int(abs(value) + Fraction(1, 2))
