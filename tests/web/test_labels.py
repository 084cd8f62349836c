"""Every code has words in both languages."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from matcher.domain import file_terms, network_terms, rights, terms, visit_terms
from matcher.domain.reasons import Outcome, Reason, ReasonCode
from web.label_words import ACTIONS, OBJECTS, WORDS
from web.labels import action_word, code_text, label, label_list, object_word, reason_text
from web.problem_words import PROBLEMS

ENUMS = [
    kind
    for room in (terms, network_terms, file_terms, rights, visit_terms)
    for kind in vars(room).values()
    if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
]


@pytest.mark.parametrize("kind", [*ENUMS, Outcome], ids=lambda kind: kind.__name__)
def test_every_code_has_words_in_both_languages(kind):
    assert set(WORDS[kind]) == {code.value for code in kind}
    for zh, en in WORDS[kind].values():
        assert zh and en and zh != en
        assert any("\u4e00" <= c <= "\u9fff" for c in zh), zh
        assert en.isascii(), en


@pytest.mark.parametrize("code", list(ReasonCode), ids=str)
def test_every_reason_has_a_sentence_in_both_languages(code):
    assert any("\u4e00" <= c <= "\u9fff" for c in reason_text(code, locale="zh"))
    assert reason_text(code.value, locale="en").isascii() or "yuan" in reason_text(code, locale="en")


def test_stored_reasons_are_read_back():
    stored = {"code": "WAITED_DAYS", "params": {"days": 23}}
    assert reason_text(stored, locale="zh") == reason_text(Reason(ReasonCode.WAITED_DAYS, {"days": 23}), locale="zh")
    assert "23" in reason_text(stored, locale="zh")


def test_words_for_members_and_for_plain_codes():
    assert label(terms.ProposalStatus.AWAITING_APPROVAL, locale="zh") == "拟帮扶·待审批"
    assert label(terms.Category.FOO, locale="en") == "Rice, flour and oil"
    assert label("F5", terms.FundSource, locale="zh") == "社会捐助"
    assert label("confirmed", "ProposalStatus", locale="zh") == "已确认"
    assert label(None) == "—"
    assert label("NOT_A_CODE") == "NOT_A_CODE"


def test_a_bare_code_that_two_lists_read_differently_is_not_guessed():
    assert label("open", locale="zh") == "open"  # a need waits, an offer is available
    assert label("open", terms.NeedStatus, locale="zh") == "待对接"


def test_lists_are_joined_as_people_join_them():
    codes = ["SUBSISTENCE", "MIGRANT"]
    assert label_list(codes, terms.Group, locale="zh") == "低保家庭、农民工"
    assert label_list(codes, terms.Group, locale="en") == "Families on subsistence allowance, Migrant workers"


def test_the_unions_own_words():
    words = {zh for table in WORDS.values() for zh, _en in table.values()}
    assert {"不采纳", "转办", "暂缓", "帮扶联系人", "经办人", "拟帮扶·待审批", "低保边缘户", "走访慰问"} <= words
    assert not any("画像" in word or "驳回" in word for word in words)


def test_every_act_that_is_recorded_has_words():
    rooms = [Path(__file__).parents[2] / room for room in ("matcher", "seeds", "workers")]
    sources = [path.read_text("utf-8") for room in rooms for path in room.rglob("*.py")]
    subjects = "|".join(sorted({act.partition(":")[0] for act in ACTIONS} | {"donor", "import", "demo", "report"}))
    said = {act for source in sources for act in re.findall(rf'"((?:{subjects}):[a-z_]+)"', source)}
    assert len(said) > 20 and said - set(ACTIONS) == set()


def test_acts_and_objects_of_the_trail():
    assert action_word("proposal:confirm", locale="zh") == "确认对接建议"
    assert action_word("something:new", locale="zh") == "something:new"
    assert object_word("household", locale="en") == "household"
    for zh, en in [*ACTIONS.values(), *OBJECTS.values()]:
        assert zh and en.isascii()


def test_problem_sentences_are_whole_in_both_languages():
    for code, (zh, en) in PROBLEMS.items():
        assert zh and en, code
        assert placeholders(zh) == placeholders(en), code
    assert "8000" in code_text("port_in_use", {"port": 8000}, locale="zh")
    assert code_text("no_such_code", {}, locale="zh") == ""


def placeholders(text):
    import string

    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}
