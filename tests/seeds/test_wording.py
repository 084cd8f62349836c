"""How sentences are made from ingredients."""

from collections import Counter
from random import Random

import pytest

from seeds.wording import Dealer, Line, counted, fill, fits, hanzi, money


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (7, "七"),
        (10, "十"),
        (12, "十二"),
        (40, "四十"),
        (105, "一百零五"),
        (280, "二百八"),
        (1_000, "一千"),
        (2_600, "两千六"),
        (4_050, "四千零五十"),
        (12_000, "一万二"),
        (20_500, "两万零五百"),
        (98_300, "九万八千三"),
    ],
)
def test_numbers_are_said_as_people_say_them(number: int, words: str):
    assert hanzi(number) == words


def test_two_things_are_counted_with_liang():
    assert {counted(2, Random(n)) for n in range(20)} == {"2", "两"}


def test_an_amount_never_grows_in_the_telling():
    for amount in (150, 800, 2_650, 16_000):
        told = {money(amount, Random(n)) for n in range(60)}
        assert len(told) >= 3
        assert all(not word.isdigit() for word in told)


def test_conditions_want_all_either_or_none():
    tags = frozenset({"widow", "kid"})
    assert fits(("widow", "kid|elder", "!old"), tags)
    assert not fits(("widow", "!kid"), tags)
    assert not fits(("man|old",), tags)


def test_a_line_has_conditions_title_and_text():
    assert Line.parse("[ill !old] 药断了~药快断了。") == Line(("ill", "!old"), "药断了", "药快断了。")
    assert Line.parse("随便一句。") == Line((), None, "随便一句。")


def test_blanks_are_filled_from_words_and_ranges():
    text = fill("{镇}的，{3-3}个月，{￥700-700}。", {"镇": "大虹桥乡"}, Random(1))
    assert text.startswith("大虹桥乡的，") and "个月" in text
    with pytest.raises(KeyError):
        fill("{谁}", {}, Random(1))


def test_the_dealer_wears_no_line_out():
    dealer = Dealer(Random(5))
    lines = ["甲", "乙", "[kid] 丙", "丁"]
    dealt = Counter(line.text for _ in range(40) if (line := dealer.deal(lines, frozenset({"kid"}))))
    assert max(dealt.values()) - min(dealt.values()) <= 1
    assert dealer.deal(["[old] 戊"], frozenset()) is None
