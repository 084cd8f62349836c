import pytest

from matcher.domain.reasons import Reason, ReasonCode
from web.reason_words import SENTENCES, sentence


def test_every_reason_has_a_sentence_in_both_languages():
    assert set(SENTENCES) == set(ReasonCode)


@pytest.mark.parametrize("code", ReasonCode)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_sentence_stands_without_its_params(code, lang):
    said = sentence(Reason(code), lang)
    assert said and not any(mark in said for mark in "{}「」") and "  " not in said
    assert said.isascii() == (lang == "en")


@pytest.mark.parametrize(
    ("reason", "zh", "en"),
    [
        (
            Reason(ReasonCode.FILE_LEVEL_TOO_LOW, {"fund": "F1", "level": "city"}),
            "档案级别不够（现为市级），中央财政专项帮扶资金只用于规定级别的档案",
            "The file's level is too low (now City level) for Central government hardship fund",
        ),
        (
            Reason(ReasonCode.OUTSIDE_AREA, {"region": "410823", "area": ("410802",)}),
            "不在资源的适用地区内：这户在武陟县，资源只给解放区",
            "Outside the offer's area: the family lives in 武陟县; the offer is for 解放区",
        ),
        (
            Reason(ReasonCode.STARTS_AFTER_DEADLINE, {"valid_from": "2020-03-01", "deadline": "2020-02-21"}),
            "资源开始得太晚：2020年3月1日才开始，2020年2月21日前就要用",
            "The offer starts too late: 2020-03-01, needed by 2020-02-21",
        ),
        (
            Reason(ReasonCode.NO_HARDSHIP_FILE, {"missing": "on_file", "fund": "F1"}),
            "资料没有填：是否建档，按规定不能用这笔资金",
            "Not on record: hardship file; this fund may not be used without it",
        ),
        (Reason(ReasonCode.AMOUNT_PARTLY, {"quantity": 20000, "wanted": 50000, "unit": "只"}),
         "只能满足一部分：要 50,000，能给 20,000 只", "Only part can be met: 50,000 needed, 20,000 can be given 只"),
    ],
)  # fmt: skip
def test_params_become_words(reason, zh, en):
    assert (sentence(reason), sentence(reason, "en")) == (zh, en)
