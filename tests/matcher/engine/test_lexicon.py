"""The lexicon is whole, and a line that cannot be used is refused by table, row, column and value."""

from collections import Counter

import pytest

from matcher.domain.terms import Category
from matcher.engine.lexicon import LexiconProblem, build
from matcher.engine.recognise import Recogniser
from matcher.engine.text import normalise
from seeds.reference import lexicon, rows

BLANK = {"is_thing": "no", "covers": "", "near": "", "ages": "", "health": ""}
CONCEPTS = [
    BLANK | {"concept": "MED.cancer", "zh": "癌症放化疗", "en": "cancer"},
    BLANK | {"concept": "FOO.flour", "zh": "面粉", "en": "flour", "is_thing": "yes"},
    BLANK | {"concept": "FOO.package", "zh": "米面油礼包", "en": "parcels", "covers": "FOO.flour"},
]
WORD = {"concept": "MED.cancer", "word": "化疗", "weight": "2", "kind": "official", "side": "both"}
PHRASES = [
    {"concept": "MED.cancer", "side": "need", "text": "他爹肚里长了东西，回回化疗回来吐得下不了床"},
    {"concept": "MED.cancer", "side": "offer", "text": "恶性肿瘤放化疗自付费用补助"},
    {"concept": "FOO.flour", "side": "need", "text": "面缸见底了，过年饺子都包不成"},
    {"concept": "FOO.package", "side": "offer", "text": "大米、面粉、食用油礼包"},
]


def test_every_category_has_concepts_words_and_phrases_of_both_sides():
    whole = lexicon()
    by_kind = [Counter(whole.concepts[k].category for k in numbers) for numbers in (
        range(len(whole.concepts)),
        [word.concept for word in whole.words if word.weight > 0],
        [phrase.concept for phrase in whole.phrases if phrase.is_offer],
        [phrase.concept for phrase in whole.phrases if not phrase.is_offer],
    )]  # fmt: skip
    for counts, least in zip(by_kind, (4, 30, 40, 200), strict=True):
        assert set(counts) == set(Category) and min(counts.values()) >= least


def test_every_word_says_who_when_and_why():
    assert [row for row in rows("lexicon/words") if not (row["by"] and row["on"])] == []


def test_colloquial_words_are_not_fewer_than_official_ones():
    kinds = Counter(row["kind"] for row in rows("lexicon/words"))
    assert kinds["everyday"] + kinds["dialect"] + kinds["euphemism"] >= kinds["official"]
    assert kinds["negative"] >= 100


@pytest.mark.parametrize(
    ("words", "column", "problem"),
    [
        ([WORD | {"concept": "MED.nothing"}], "concept", "unknown_concept"),
        ([WORD | {"weight": "7"}], "weight", "unknown_weight"),
        ([WORD | {"weight": "much"}], "weight", "unknown_weight"),
        ([WORD | {"side": "left"}], "side", "unknown_side"),
        ([WORD | {"word": "…"}], "word", "empty"),
        ([WORD, WORD], "word", "twice"),
        ([WORD, WORD | {"concept": "FOO.flour"}], "word", "clash"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(words, column, problem):
    with pytest.raises(LexiconProblem) as refused:
        build(CONCEPTS, words, PHRASES)
    found = refused.value
    assert (found.table, found.row, found.column, found.problem) == ("words", len(words) + 1, column, problem)


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("near", "FOO.nothing", "unknown_concept"),
        ("ages", "18 to 26", "unknown_ages"),
        ("ages", "26-18", "unknown_ages"),
        ("health", "sick", "unknown_health"),
    ],
)
def test_a_concept_for_unknown_people_is_named(column, value, problem):
    with pytest.raises(LexiconProblem) as refused:
        build([*CONCEPTS[:2], CONCEPTS[2] | {column: value}], [WORD], PHRASES)
    found = refused.value
    assert (found.table, found.row, found.column, found.value, found.problem) == (
        "concepts", 4, column, value, problem,
    )  # fmt: skip


def test_a_gap_reaches_six_characters_and_no_further():
    small = build(CONCEPTS, [WORD | {"word": "药…断"}], PHRASES)
    assert small.found_in("药都快断了", is_offer=False) == {0: 2.0}
    assert small.found_in("药一直吃到上个礼拜天才断", is_offer=False) == {}
    assert small.cues_in("药都快断了", [0], is_offer=False) == ("药都快断",)


def test_a_parcel_serves_who_lacks_one_of_its_parts():
    small = build(CONCEPTS, [WORD], PHRASES)
    served = Recogniser().fit(small).offered([normalise("大米、面粉、食用油礼包")]).services[0]
    assert served[1] == pytest.approx(served.max())


def test_the_same_lexicon_makes_the_same_beliefs():
    small = build(CONCEPTS, [WORD], PHRASES)
    texts = [normalise("娘化疗，药钱掏不起"), normalise("面粉没了"), "", "☃"]
    one, two = (Recogniser().fit(small).believe(texts).tobytes() for _ in range(2))
    assert one == two


def test_traditional_characters_are_read_like_simplified_ones():
    assert normalise("農民工返鄉車票") == "农民工返乡车票"
