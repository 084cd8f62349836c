"""An offer for particular people meets those who show that they are, or of whom it is known; others a little less."""

import numpy as np
import pytest

from matcher.domain.terms import Group
from matcher.engine.audiences import STRANGER, Strangers, audiences_of
from matcher.engine.text import normalise
from seeds.reference import rows

AUDIENCES = audiences_of(rows("lexicon/audiences"))
OFFERS = [
    "卡车司机之家：国道服务区免费停车、淋浴",
    "环卫工、骑手防寒包：护膝、手套",
    "米面油礼包",
    "困难职工、农民工返乡车票均可申请",
]


def strangers(needs, groups=None):
    found = Strangers(AUDIENCES, [normalise(n) for n in needs], [normalise(o) for o in OFFERS], groups)
    return found.between(np.arange(len(needs)), np.arange(len(OFFERS))).tolist()


def test_who_shows_it_is_met_and_others_are_a_misfit():
    driver, rider, grandmother = strangers(["拉煤的排队等装货三天", "送外卖手都冻裂了", "婆婆瘫在床上，衣裳全凭手搓"])
    assert driver == [0.0, STRANGER, 0.0, 0.0]
    assert rider == [STRANGER, 0.0, 0.0, 0.0]
    assert grandmother == [STRANGER, STRANGER, 0.0, 0.0]


def test_what_is_known_of_a_family_counts_as_shown():
    assert strangers(["手都冻裂了"], [frozenset({Group.OUTDOOR})]) == [[STRANGER, 0.0, 0.0, 0.0]]
    assert strangers(["手都冻裂了"], [frozenset()]) == [[STRANGER, STRANGER, 0.0, 0.0]]


@pytest.mark.parametrize("wrong", [{"group": "KING"}, {"offer": " "}, {"need": ""}, {"audience": ""}])
def test_a_line_that_cannot_be_used_is_named(wrong):
    line = {"audience": "driver", "group": "", "offer": "司机", "need": "开车", **wrong}
    with pytest.raises(ValueError, match=f"audiences:2 {next(iter(wrong))}"):
        audiences_of([line])
