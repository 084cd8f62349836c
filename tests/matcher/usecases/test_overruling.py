"""What two texts say against each other is settled by the facts that a caseworker fills in on both sides."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from matcher.domain.terms import Category, HandOverMode, ProposalStatus, SchoolStage
from matcher.engine.contradictions import find_contradiction
from matcher.store.facts import need_facts, offer_facts
from matcher.store.session import Database
from matcher.store.tables import Need, Offer, Proposal, UnmetNeed
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.need_input import NeedInput
from matcher.usecases.needs import edit_need
from matcher.usecases.offer_input import OfferInput
from matcher.usecases.offers import edit_offer
from seeds import reference
from tests import factories as make
from tests.factories import TODAY

NINE = "孩子九岁上三年级，学费书本费交不起"
FRESHMEN = "资助应届高校新生学费"


def test_a_contradiction_of_texts_is_overruled_by_filling_the_fact_on_both_sides(
    database: Database, run, now: datetime
):
    """From the run's refusal through both forms' use cases to the rule that decides."""
    with database.write() as session:
        caseworker = make.an_actor(session)
        need = make.a_need(session, category=Category.EDU, text=NINE, unit="人", deadline=None)
        offer = make.an_offer(
            session, donor=make.a_donor(session, unit=make.a_county(session)), category=Category.EDU, text=FRESHMEN,
            unit="人", shelf_life_until=None, valid_from=None, hand_over=HandOverMode.DELIVERED,
        )  # fmt: skip
        session.commit()
    assert run().unmet == 1
    with database.read() as session:
        unmet = session.exec(select(UnmetNeed)).one()
        assert (unmet.main_reason, unmet.smallest_change["code"]) == ("TEXT_CONTRADICTS", "CHANGE_CHECK_TEXT")
        assert unmet.smallest_change["params"]["about"] == ["school_stage"]

    def fill(stage: SchoolStage | None, stages: tuple[SchoolStage, ...]) -> None:
        at = {"by": caseworker, "uow": UnitOfWork(database), "now": now}
        with database.read() as session:
            seen_need, seen_offer = session.get_one(Need, need.id).version, session.get_one(Offer, offer.id).version
        told = NeedInput(story=NINE, category=Category.EDU, quantity=1, unit="人", urgency=4, school_stage=stage)
        edit_need(need.id, told, seen_version=seen_need, **at)
        given = OfferInput(
            title="助学", text=FRESHMEN, category=Category.EDU, quantity=300, unit="人", school_stages=stages,
            hand_over=HandOverMode.DELIVERED,
        )  # fmt: skip
        edit_offer(offer.id, given, seen_version=seen_offer, **at)

    fill(SchoolStage.COLLEGE, ())
    assert run(at=now + timedelta(hours=1)).proposals == 0, "one side alone settles nothing"
    fill(SchoolStage.PRIMARY, (SchoolStage.COLLEGE,))
    assert run(at=now + timedelta(hours=2)).proposals == 0
    with database.read() as session:
        latest = session.exec(select(UnmetNeed).order_by(col(UnmetNeed.id).desc())).first()
        assert latest is not None and latest.main_reason == "STAGE_DIFFERS", "the rule decides, and refuses"
    fill(SchoolStage.COLLEGE, (SchoolStage.COLLEGE,))
    assert run(at=now + timedelta(hours=3)).proposals == 1
    with database.read() as session:
        proposal = session.exec(select(Proposal).where(Proposal.status == ProposalStatus.PROPOSED)).one()
        assert proposal.against is not None
        assert (proposal.against["code"], proposal.against["params"]["about"]) == ("TEXT_OVERRULED", ["school_stage"])


@pytest.mark.parametrize(
    ("need", "offer", "filled_in"),
    [
        ({"text": "老人七十九岁，想做个体检"}, {"text": "体检，限60岁以下"},
         ({"age": 59}, {"age_max": 60})),
        ({"text": "俺是武陟县的，缺两床棉被"}, {"text": "棉被三百床，限解放区"},
         ({}, {"regions": ["410802", "410823"]})),
        ({"text": "想回四川达州过年，没有票"}, {"text": "返乡大巴：焦作至湖北武汉"},
         ({"route_to": "四川达州"}, {"route_from": "焦作", "route_to": "四川达州"})),
    ],
    ids=["age", "area", "route"],
)  # fmt: skip
def test_every_fact_that_texts_can_disagree_about_has_columns_that_settle_it(
    sqlite_database: Database, need, offer, filled_in
):
    kind = Category.TRV if "route_to" in filled_in[0] else Category.HEA
    for more_need, more_offer, contradicted in (({}, {}, True), (*filled_in, False)):
        with sqlite_database.write() as session:
            a = make.a_need(session, category=kind, **(need | more_need))
            told = {"shelf_life_until": None, "category": kind, "regions": []}
            b = make.an_offer(session, **(told | offer | more_offer))
            session.commit()
        with sqlite_database.read() as session:
            facts = need_facts(session, a.id, TODAY), offer_facts(session, b.id)
            found = find_contradiction(
                *facts, names=reference.place_names(), festivals=reference.spring_festivals(), as_of=TODAY
            )
            assert (found is not None) == contradicted
