"""Texts that exclude each other are seen; texts that only differ are left alone."""

import numpy as np
import pytest

from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.reasons import ReasonCode
from matcher.domain.terms import Category, SchoolStage
from matcher.engine.contradictions import SURE, Clash
from matcher.engine.pipeline import match
from matcher.engine.vectorize import TextSpace
from seeds.reference import language
from tests.matcher.engine.people import TODAY, a_need, an_offer
from tests.places import places
from tests.policies import the_policy


def clashes(need: str, offer: str) -> set[Clash]:
    return set(TextSpace(language(), as_of=TODAY).fit([need], [offer]).contradictions.clashes(0, 0))


@pytest.mark.parametrize(
    ("need", "offer", "clash"),
    [
        ("娃九岁，学费凑不齐", "资助应届高校新生，每生5000元", Clash.STAGE),
        ("五十三了，想找个看门的活", "高校毕业生见习岗位", Clash.STAGE),
        ("七岁的孙子没棉鞋", "老年人棉鞋，限65岁以上", Clash.AGE),
        ("孟州这边冷得很，想要床被子", "棉被200床，限解放区", Clash.AREA),
        ("在东莞打工，老家四川达州，没票", "东莞开往商丘返乡大巴", Clash.ROUTE),
        ("从大庆来焦作打工，回不去", "焦作至成都返乡专列", Clash.ROUTE),
        ("四年级的娃放假没人看", "托育园：接收6个月至3岁婴幼儿", Clash.AGE),
        ("以前在车间，退了十二年，闷得慌", "青年联谊会，35周岁以下", Clash.AGE),
        ("厂里腊月二十六才放人，回周口", "腊月廿二苏州直达周口大巴", Clash.DATE),
    ],
)
def test_what_excludes_each_other(need, offer, clash):
    assert clash in clashes(need, offer)


@pytest.mark.parametrize(
    ("need", "offer"),
    [
        ("闺女考上大学了，学费没着落", "资助应届高校新生，每生5000元"),
        ("俺娘七十二了，眼里长了翳，我在工地干活", "18至60周岁职工体检"),
        ("武陟这边，想要床被子", "棉被200床，限武陟县、温县"),
        ("在焦作干保洁，老家四川达州，没票", "焦作至达州返乡大巴"),
        ("老家仪陇，没票", "广州开往达州、南充返乡专列"),
        ("想要床被子", "棉被200床，限解放区"),
        ("", ""),
    ],
)
def test_what_only_differs_or_says_nothing(need, offer):
    assert clashes(need, offer) == set()


@pytest.mark.parametrize(
    ("need", "fits", "for_others"),
    [
        ("妮儿接到师大的信了，头一年学费没凑齐", "资助考上大学的新生，每人5000元", "资助普通高中学杂费，每学期1200元"),
        ("我现在没病，怕往后有病，想早点入个互助保险", "重大疾病互助保障，每年缴费60元", "恶性肿瘤放化疗自付费用补助"),
        ("放学后孩子没人接没人看，小学二年级", "小学生放学后托管班，辅导作业", "日间照料中心：白天照看失能老人"),
    ],
)  # fmt: skip
def test_help_for_people_of_another_age_or_health_is_kept_apart(need, fits, for_others):
    space = TextSpace(language(), as_of=TODAY).fit([need], [fits, for_others])
    misfit = space.signals(np.array([0]), np.array([0, 1]))["misfit"][0]
    assert misfit[0] == 0 and misfit[1] > 0.5
    close = space.closeness(np.array([0]), np.array([0, 1]))[0]
    assert close[0] > 0.5 and close[1] < 0.05


def test_blocks_and_single_pairs_agree():
    needs = ["娃九岁，学费凑不齐", "孟州这边冷", "从大庆来焦作打工", "闺女考上大学了", "五十三了"]
    offers = ["资助应届高校新生", "棉被，限解放区", "焦作至成都返乡专列", "高校毕业生见习岗位"]
    space = TextSpace(language(), as_of=TODAY).fit(needs, offers)
    block = space.contradictions.between(np.arange(5), np.arange(4))
    single = [[max(space.contradictions.clashes(i, j).values(), default=0.0) for j in range(4)] for i in range(5)]
    assert block == pytest.approx(np.array(single))


def run(need, offer):
    return match(
        NeedColumns.of([need]), OfferColumns.of([offer]),
        policy=the_policy(TODAY), places=places(), language=language(), as_of=TODAY,
    )  # fmt: skip


def test_a_contradiction_withholds_the_pair_and_says_so():
    need = a_need(text="娃九岁，学费凑不齐", category=Category.EDU)
    offer = an_offer(text="资助应届高校新生，每生5000元", category=Category.EDU)
    plan = run(need, offer)
    assert not plan.proposals
    assert dict(plan.unmet[0].blocking) == {ReasonCode.TEXT_CONTRADICTS: 1}
    assert plan.unmet[0].smallest_change.code is ReasonCode.CHANGE_CHECK_TEXT
    assert Clash.STAGE in plan.unmet[0].smallest_change.params["about"]


def test_columns_on_both_sides_silence_the_text():
    need = a_need(text="娃九岁，学费凑不齐", category=Category.EDU, school_stage=SchoolStage.COLLEGE, age=19)
    offer = an_offer(
        text="资助应届高校新生，每生5000元", category=Category.EDU,
        school_stages=frozenset({SchoolStage.COLLEGE}), age_min=17, age_max=30,
    )  # fmt: skip
    assert len(run(need, offer).proposals) == 1


def test_sure_means_sure():
    assert 0.5 < SURE < 1
