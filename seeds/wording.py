"""Sentences from ingredients: lines with conditions, dealt evenly, with blanks filled from a family's words.

A line may begin with conditions in brackets: `[ill_spouse !old] …` is used only where all of them hold; `a|b`
wants either, `!a` wants none. Words before `~` are a title that goes with the line. Braces are blanks: `{3-8}` a
number, `{￥100-900}` an amount of money, any other name a word of the family or offer.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from random import Random
from tomllib import loads
from typing import Any

DIGITS = "零一二三四五六七八九"
_BLANK = re.compile(r"\{([^{}]+)\}")
_RANGE = re.compile(r"(￥?)(\d+)-(\d+)")


@cache
def scenario(name: str) -> Mapping[str, Any]:
    """One ingredient file of `seeds/scenarios`, parsed; `name` without its ending, with `/` for folders."""
    return loads(resources.files("seeds").joinpath("scenarios", *f"{name}.toml".split("/")).read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Line:
    """One ingredient: when it may be used, the title it brings along if any, and its text."""

    conditions: tuple[str, ...]
    title: str | None
    text: str

    @classmethod
    def parse(cls, written: str) -> "Line":
        conditions: tuple[str, ...] = ()
        if written.startswith("["):
            inside, _, written = written[1:].partition("]")
            conditions = tuple(inside.split())
        title, mark, text = written.strip().partition("~")
        return cls(conditions, title, text) if mark else cls(conditions, None, title)

    def fits(self, tags: frozenset[str]) -> bool:
        return fits(self.conditions, tags)


def fits(conditions: Iterable[str], tags: frozenset[str]) -> bool:
    """Whether all conditions hold: `a` has it, `!a` has it not, `a|b` has either."""
    return all(
        condition[1:] not in tags if condition.startswith("!") else not tags.isdisjoint(condition.split("|"))
        for condition in conditions
    )


@cache
def parsed(lines: tuple[str, ...]) -> tuple[Line, ...]:
    return tuple(Line.parse(line) for line in lines)


@dataclass
class Dealer:
    """Deals lines evenly: of those that fit, one of the least used so far, so that no sentence wears out."""

    rng: Random
    used: dict[str, int] = field(default_factory=dict)

    def deal(self, lines: Sequence[str], tags: frozenset[str], *, but: Iterable[Line] = ()) -> Line | None:
        """One fitting line, None when none fits. A line that asks for more comes a little earlier."""
        left_out = {line.text for line in but}
        fitting = [line for line in parsed(tuple(lines)) if line.fits(tags) and line.text not in left_out]
        if not fitting:
            return None
        ranks = [self.used.get(line.text, 0) - 0.5 * bool(line.conditions) for line in fitting]
        least = min(ranks)
        chosen = self.rng.choice([line for line, rank in zip(fitting, ranks, strict=True) if rank == least])
        self.used[chosen.text] = self.used.get(chosen.text, 0) + 1
        return chosen


def hanzi(number: int) -> str:
    """A whole number below 100,000 as people say it: 12 → 十二, 4200 → 四千二, 2 alone → 两 is left to callers."""
    if number < 10:
        return DIGITS[number]
    for size, name in ((10_000, "万"), (1_000, "千"), (100, "百"), (10, "十")):
        if number >= size:
            head, rest = divmod(number, size)
            return _headed(head, name) + _rest(rest, size, name)
    raise AssertionError(number)


def _headed(head: int, name: str) -> str:
    if name == "十" and head == 1:
        return "十"
    return ("两" if head == 2 and name in "万千" else hanzi(head)) + name


def _rest(rest: int, size: int, name: str) -> str:
    if not rest:
        return ""
    if name != "十" and rest % (size // 10) == 0:
        return DIGITS[rest // (size // 10)]
    return ("零" if rest < size // 10 else "") + hanzi(rest)


def counted(number: int, rng: Random) -> str:
    """A small number in digits or words, as people mix them."""
    if rng.random() < 0.5 or number > 99:
        return str(number)
    return "两" if number == 2 else hanzi(number)


def money(amount: int, rng: Random) -> str:
    """An amount as people write it: 4200元, 四千二百块, 一万二, 4000多块."""
    rounded = amount // 1_000 * 1_000 if amount >= 2_000 else amount
    style = rng.randrange(6)
    if style == 0:
        return f"{amount}元"
    if style == 1:
        return f"{amount}块"
    if style == 2 and amount >= 10_000:
        return f"{amount / 10_000:.1f}万".replace(".0", "")
    if style == 3 and rounded < amount:
        return f"{hanzi(rounded)}多"
    if style == 4:
        return f"{amount}块钱"
    return hanzi(amount) + ("块" if amount % 1_000 == 0 or amount < 1_000 else "")


def fill(text: str, words: Mapping[str, str | tuple[str, ...]], rng: Random) -> str:
    """The text with its blanks filled. A word with several forms takes one at random."""

    def put(match: re.Match[str]) -> str:
        name = match[1]
        numbers = _RANGE.fullmatch(name)
        if numbers:
            low, high = int(numbers[2]), int(numbers[3])
            if numbers[1]:
                step = 100 if high >= 1_000 else 10
                return money(rng.randrange(low, high + 1, step), rng)
            return counted(rng.randint(low, high), rng)
        word = words[name]
        return word if isinstance(word, str) else rng.choice(word)

    return _BLANK.sub(put, text)
