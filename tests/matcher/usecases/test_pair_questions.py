"""为什么不是这一份: what stands in the way of any pair, on today's facts, within one's own reach."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from matcher.domain.reasons import ReasonCode as C
from matcher.domain.terms import Category, DeclineReason, HardshipClass, OfferStatus, ProposalStatus, Role
from matcher.errors import InvalidFields, NotFound, NotPermitted
from matcher.store.session import Database
from matcher.store.tables import Offer, Proposal
from matcher.usecases import proposals as acts
from matcher.usecases.pair_questions import PairAnswer, Reader, Scarcity, explain_for_need, explain_for_proposal
from seeds import reference
from tests import factories as make
from tests.matcher.usecases.deciding import RULES, Office, an_office

TODAY = date(2019, 1, 9)
READER = Reader(lexicon=reference.lexicon, names=reference.place_names, festivals=reference.spring_festivals)
Ask = Callable[..., PairAnswer]


@pytest.fixture
def office(database: Database) -> Office:
    return an_office(database)


@pytest.fixture
def ask(office: Office) -> Ask:
    """Ask of the office's proposal why it is not an offer with these facts."""

    def go(by: Any = None, **offer: Any) -> PairAnswer:
        with office.database.write() as session:
            code = make.an_offer(session, **offer).code
            session.commit()
        with office.database.read() as session:
            return explain_for_proposal(
                office.proposal_id, code, by=by or office.caseworker, session=session, as_of=TODAY, rules=RULES,
                reader=READER,
            )  # fmt: skip

    return go


def codes(answer: PairAnswer) -> list[C]:
    return [result.reason.code for result in answer.rules if result.reason] + [cause.code for cause in answer.causes]


def test_a_rule_answers_with_the_numbers_compared_its_article_and_the_change(ask: Ask) -> None:
    answer = ask(regions=["410802"])
    (rule,) = answer.rules
    assert (rule.rule, rule.article) == ("H10", "捐赠意向中的地域") and rule.reason
    assert rule.reason.params == {"region": "410823", "area": ("410802",)}
    assert [(change.code, change.params) for change in answer.changes] == [(C.CHANGE_WIDEN_AREA, {"region": "410823"})]


def test_every_obstacle_is_named_and_every_change_that_is_needed(ask: Ask) -> None:
    answer = ask(regions=["410802"], status=OfferStatus.PENDING, valid_to=TODAY - timedelta(days=1))
    assert set(codes(answer)) == {C.DONOR_NOT_VETTED, C.OFFER_ENDED, C.OUTSIDE_AREA}
    assert [change.code for change in answer.changes] == [
        C.CHANGE_WIDEN_AREA, C.CHANGE_EXTEND_OFFER, C.CHANGE_VET_DONOR
    ]  # fmt: skip


def test_another_category_is_said_and_no_text_is_read(ask: Ask) -> None:
    answer = ask(category=Category.WIN, title="棉被", text="棉被三百床", unit="床")
    assert codes(answer)[0] is C.CATEGORY_DIFFERS


def test_what_is_given_instead_is_named(ask: Ask) -> None:
    answer = ask()
    assert codes(answer) == [C.NEED_COVERED] and answer.changes == ()
    assert [(one.title, one.quantity, one.score) for one in answer.instead] == [("米面油礼包", 1, 842)]


def test_the_very_offer_that_is_proposed(office: Office) -> None:
    with office.database.read() as session:
        answer = explain_for_proposal(
            office.proposal_id, office.offer().code, by=office.caseworker, session=session, as_of=TODAY, rules=RULES,
            reader=READER,
        )  # fmt: skip
    assert answer.is_given and answer.changes == () and answer.instead == ()


def taken(office: Office) -> str:
    """An offer of two parcels that went to a family here and one in another county; its number."""
    with office.database.write() as session:
        offer = make.an_offer(session, quantity=2, regions=[])
        home = make.a_household(session, hardship_class=HardshipClass.DEEP)
        make.a_proposal(session, need=make.a_need(session, household=home, urgency=5), offer=offer)
        unit = make.a_county(session, "410825", name="温县总工会")
        other = make.a_household(session, unit=unit, hardship_class=HardshipClass.ACCIDENT, case_code="温县-0001")
        make.a_proposal(session, need=make.a_need(session, household=other, urgency=3), offer=offer)
        session.commit()
        return offer.code


def question(office: Office, code: str, **by: Any) -> PairAnswer:
    with office.database.read() as session:
        return explain_for_need(
            office.need_id, code, by=by.get("by", office.caseworker), session=session, as_of=TODAY, rules=RULES,
            reader=READER,
        )  # fmt: skip


def test_a_lost_competition_tells_class_and_urgency_of_ones_own_county_and_a_count_of_the_rest(office: Office) -> None:
    code = taken(office)
    covered = question(office, code)
    assert codes(covered) == [C.NEED_COVERED, C.OTHERS_CAME_FIRST] and covered.changes == ()
    office.change(Proposal, office.proposal_id, status=ProposalStatus.SUPERSEDED)
    answer = question(office, code)
    (lost,) = answer.causes
    assert lost.code is C.OTHERS_CAME_FIRST
    assert lost.params == {"needs": 2, "here": 1, "away": None, "hardship_class": "deep", "urgency": 5}
    assert [change.code for change in answer.changes] == [C.CHANGE_ADD_STOCK]


def test_the_price_of_the_last_run_is_told_as_a_degree(office: Office) -> None:
    code = taken(office)
    with office.database.write() as session:
        offer_id = session.exec(select(Offer.id).where(Offer.code == code)).one()
        for report, told in (
            ({"prices": {}}, Scarcity.ENOUGH),
            ({"prices": {str(offer_id): {"reached_weight": 0.0, "score": 3.0}}}, Scarcity.BETTER_FIT),
            ({"prices": {str(offer_id): {"reached_weight": 5.0, "score": 0.0}}}, Scarcity.ONE_MORE_FAMILY),
        ):
            make.a_run(session, report=report)
            session.commit()
            assert question(office, code).scarcity is told


def test_an_earlier_decision_is_named(office: Office, now: datetime) -> None:
    acts.decline_proposal(office.proposal_id, DeclineReason.WRONG_ITEM, note="", **office.acts(now))
    answer = question(office, office.offer().code)
    assert (codes(answer), answer.decline) == ([C.DECLINED_BEFORE], "wrong_item")
    assert [change.code for change in answer.changes] == [C.CHANGE_EDIT_EITHER]


def test_what_two_texts_say_against_each_other(sqlite_database: Database) -> None:
    office = an_office(
        sqlite_database,
        need={"category": Category.EDU, "text": "孩子九岁上三年级，书本费交不起", "unit": "人"},
        offer={"category": Category.EDU, "text": "资助高校新生", "unit": "人", "shelf_life_until": None},
        status=ProposalStatus.SUPERSEDED,
    )
    answer = question(office, office.offer().code)
    (cause,) = answer.causes
    assert (cause.code, cause.params["about"], cause.params["offer_words"]) == (
        C.TEXT_CONTRADICTS, ("school_stage",), ("高校",)
    )  # fmt: skip
    assert "三年级" in cause.params["need_words"]  # type: ignore[operator]
    assert [change.code for change in answer.changes] == [C.CHANGE_CHECK_TEXT]


def test_another_thing_of_the_same_category(sqlite_database: Database) -> None:
    office = an_office(
        sqlite_database,
        need={"category": Category.AID, "text": "腿不行了，想要个轮椅", "unit": "台"},
        offer={"category": Category.AID, "text": "捐赠助听器二十台", "unit": "台", "shelf_life_until": None},
        status=ProposalStatus.SUPERSEDED,
    )
    (cause,) = question(office, office.offer().code).causes
    assert (cause.code, cause.params) == (
        C.THING_DIFFERS, {"need_concept": "AID.wheelchair", "offer_concept": "AID.hearing"}
    )  # fmt: skip


def test_a_new_offer_nobody_compared_yet(sqlite_database: Database) -> None:
    office = an_office(sqlite_database, status=ProposalStatus.EXPIRED)
    assert codes(question(office, office.offer().code)) == [C.NOT_COMPARED_YET]


def test_a_need_that_is_promised_already_is_told_as_covered(office: Office, now: datetime) -> None:
    acts.confirm_proposal(office.proposal_id, **office.acts(now))
    with office.database.write() as session:
        code = make.an_offer(session).code
        session.commit()
    assert codes(question(office, code)) == [C.NEED_COVERED]


def test_offers_of_another_county_cannot_be_asked_about(office: Office) -> None:
    with office.database.write() as session:
        unit = make.a_county(session, "410825", name="温县总工会")
        code = make.an_offer(session, unit_id=unit.id).code
        stranger = make.an_actor(session, Role.CASEWORKER, unit=unit)
        session.commit()
    with pytest.raises(InvalidFields) as refused:
        question(office, code)
    assert refused.value.problems[0].code == "offer_unknown"
    with pytest.raises(NotFound):
        question(office, code, by=stranger)


def test_contact_persons_see_needs_but_ask_nothing(office: Office) -> None:
    with office.database.write() as session:
        contact = make.an_actor(session, Role.CONTACT)
        make.looks_after(session, contact.account_id, office.proposal().household_id)
        session.commit()
    with pytest.raises(NotPermitted):
        question(office, office.offer().code, by=contact)
