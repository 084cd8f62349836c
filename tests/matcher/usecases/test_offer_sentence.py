"""What is read out of a donor's sentence, and what is left alone."""

from datetime import date

import pytest

from matcher.usecases.offer_sentence import read_offer_sentence
from seeds.reference import lexicon

TODAY = date(2019, 1, 9)
COUNTIES = {"410802": "解放区", "410811": "山阳区", "410823": "武陟县", "410825": "温县"}


def read(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in read_offer_sentence(text, counties=COUNTIES, today=TODAY, lexicon=lexicon()):
        found[part.field] = f"{found[part.field]}+{part.value}" if part.field in found else part.value
    return found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "大米10公斤装500份，限解放区和山阳区低保户，1月20日前送完",
            {"category": "FOO", "title": "大米10公斤装", "quantity": "500", "unit": "份", "regions": "410802+410811",
             "eligible_groups": "SUBSISTENCE", "valid_to": "2019-01-20", "hand_over": "delivered"},
        ),
        (
            "我们捐赠棉被１２０床，每户1床，给武陟县困难职工，1月5日前送到工会",
            {"category": "WIN", "title": "棉被", "quantity": "120", "unit": "床", "per_case_max": "1",
             "regions": "410823", "eligible_groups": "HARDSHIP", "valid_to": "2020-01-05", "hand_over": "delivered"},
        ),
        (
            "捐款2万元，资助困难职工子女上学，每人最多2000元",
            {"category": "EDU", "quantity": "20000", "unit": "元", "per_case_max": "2000",
             "eligible_groups": "HARDSHIP"},
        ),
        (
            "米面油礼包300份，每份折价158元，保质期到2019年9月30日，武陟、温县都行，住户自提",
            {"category": "FOO", "title": "米面油礼包", "quantity": "300", "unit": "份", "unit_value_fen": "158",
             "shelf_life_until": "2019-09-30", "regions": "410823+410825", "hand_over": "picked_up"},
        ),
        (
            "3辆轮椅，给残疾人，工会来取",
            {"category": "AID", "title": "轮椅", "quantity": "3", "unit": "辆", "eligible_groups": "DISABLED",
             "hand_over": "collected"},
        ),
    ],
)  # fmt: skip
def test_a_sentence_is_read(text, wanted):
    assert read(text) == wanted


@pytest.mark.parametrize("text", ["", "。", "想帮帮忙", "0份", "2月30日前", "每户每户每户"])
def test_nothing_is_made_up(text):
    assert not set(read(text)) & {"quantity", "unit", "title", "valid_to", "regions", "per_case_max", "hand_over"}


def test_places_in_the_sentence_are_where_they_are_said():
    text = "棉被20床给温县老人"
    spans = {
        p.field: text[p.start : p.end]
        for p in read_offer_sentence(text, counties=COUNTIES, today=TODAY, lexicon=lexicon())
    }
    assert spans["regions"] == "温县" and spans["eligible_groups"] == "老人" and spans["quantity"] == "20床"
