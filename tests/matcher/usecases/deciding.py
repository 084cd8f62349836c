"""A small office for tests of deciding: a caseworker, a reviewer, one need, one offer, one proposal."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import col, select

from matcher.domain.access import Actor
from matcher.domain.terms import Category, FundSource, Role
from matcher.store.session import Database
from matcher.store.tables import Delivery, Need, Offer, Outbox, Proposal, ProposalStep
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.rules import Rules
from tests import factories as make
from tests.places import places
from tests.policies import the_policy

RULES = Rules(policy=the_policy(date(2019, 1, 9)), places=places())
MONEY: dict[str, Any] = {
    "category": Category.LIV,
    "unit": "元",
    "quantity": 3000,
}


@dataclass
class Office:
    """Ids and actors; `state` reads everything a decision may change."""

    database: Database
    caseworker: Actor
    reviewer: Actor
    proposal_id: int
    need_id: int
    offer_id: int
    more: dict[str, int] = field(default_factory=dict)

    def uow(self) -> UnitOfWork:
        return UnitOfWork(self.database)

    def proposal(self) -> Proposal:
        with self.database.read() as session:
            return session.get_one(Proposal, self.proposal_id)

    def books(self) -> tuple[int, int, int, int]:
        """reserved, delivered, promised, met"""
        with self.database.read() as session:
            offer, need = session.get_one(Offer, self.offer_id), session.get_one(Need, self.need_id)
            return offer.reserved, offer.delivered, need.promised, need.met

    def need(self) -> Need:
        with self.database.read() as session:
            return session.get_one(Need, self.need_id)

    def offer(self) -> Offer:
        with self.database.read() as session:
            return session.get_one(Offer, self.offer_id)

    def steps(self) -> list[tuple[str, str, str]]:
        with self.database.read() as session:
            rows = session.exec(
                select(ProposalStep).where(ProposalStep.proposal_id == self.proposal_id).order_by(col(ProposalStep.id))
            )
            return [(row.action.value, row.from_status.value, row.to_status.value) for row in rows]

    def notices(self) -> list[tuple[str, bool]]:
        """Kind, and whether it was stopped."""
        with self.database.read() as session:
            rows = session.exec(select(Outbox).order_by(col(Outbox.id)))
            return [(row.kind, row.cancelled_at is not None) for row in rows]

    def deliveries(self) -> list[Delivery]:
        with self.database.read() as session:
            return list(session.exec(select(Delivery)))

    def change(self, table: type[Any], row_id: int, **values: Any) -> None:
        with self.database.write() as session:
            row = session.get_one(table, row_id)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)
            session.commit()

    def acts(self, now: datetime, by: Actor | None = None, seen: int | None = None) -> dict[str, Any]:
        """The arguments every act needs."""
        version = self.proposal().version if seen is None else seen
        return {"seen_version": version, "by": by or self.caseworker, "uow": self.uow(), "now": now, "rules": RULES}


def an_office(
    database: Database, *, need: Any = None, offer: Any = None, household: Any = None, **proposal: Any
) -> Office:
    with database.write() as session:
        county = make.a_county(session)
        home = make.a_household(session, **(household or {}))
        a_need = make.a_need(session, household=home, **(need or {}))
        an_offer = make.an_offer(session, **(offer or {}))
        quantity = proposal.pop("quantity", a_need.quantity)
        row = make.a_proposal(session, need=a_need, offer=an_offer, quantity=quantity, **proposal)
        office = Office(
            database,
            make.an_actor(session, Role.CASEWORKER, unit=county),
            make.an_actor(session, Role.REVIEWER, unit=county),
            row.id or 0,
            a_need.id or 0,
            an_offer.id or 0,
            {"county": county.id or 0, "household": home.id or 0},
        )
        session.commit()
    return office


def a_money_office(database: Database, **given: Any) -> Office:
    offer = {**MONEY, "quantity": 50_000, "fund_source": FundSource.DONATION, "per_case_max": 5000}
    return an_office(database, need=MONEY | given.pop("need", {}), offer=offer | given.pop("offer", {}), **given)
