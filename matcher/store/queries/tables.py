"""Whole tables for the command line: needs, offers, proposals, deliveries of a unit's subtree, without names."""

from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from matcher.domain.access import Actor
from matcher.store.facts import DONOR, HOUSEHOLD, NEED, OFFER, PROPOSAL, UNIT
from matcher.store.queries.needs import NeedFilter, export_rows
from matcher.store.queries.reach import of_money, of_units
from matcher.store.tables import Delivery

DELIVERY = Delivery.__table__  # type: ignore[attr-defined]
EVERYTHING = 1_000_000_000


def needs_rows(session: Session, actor: Actor) -> list[Row[Any]]:
    """All needs in any state."""
    return export_rows(session, actor, NeedFilter(status=None), most=EVERYTHING)


def offers_rows(session: Session, actor: Actor) -> list[Row[Any]]:
    """All offers looked after in the subtree; families that an offer excludes by their case codes."""
    issuer = UNIT.alias("issuer")
    query = (
        select(
            OFFER, DONOR.c.name.label("donor_name"), DONOR.c.donor_type, DONOR.c.status.label("donor_status"),
            issuer.c.code.label("issuing_union"),
        )
        .join(DONOR, DONOR.c.id == OFFER.c.donor_id)
        .join(UNIT, UNIT.c.id == OFFER.c.unit_id)
        .outerjoin(issuer, issuer.c.id == OFFER.c.issuing_unit_id)
        .where(of_units(actor))
        .order_by(OFFER.c.id)
    )  # fmt: skip
    return list(session.execute(query).all())


def proposals_rows(session: Session, actor: Actor) -> list[Row[Any]]:
    """All proposals of needs in the subtree."""
    p = PROPOSAL.c
    query = (
        select(
            p.id, NEED.c.code.label("need_code"), OFFER.c.code.label("offer_code"), HOUSEHOLD.c.case_code, p.quantity,
            p.unit, p.score, p.parts, p.status, p.decline_reason, p.created_at, p.decided_at, p.approved_at,
            UNIT.c.code.label("unit_code"), p.run_id, p.rank,
        )
        .join(NEED, NEED.c.id == p.need_id)
        .join(OFFER, OFFER.c.id == p.offer_id)
        .join(HOUSEHOLD, HOUSEHOLD.c.id == p.household_id)
        .join(UNIT, UNIT.c.id == p.unit_id)
        .where(of_money(actor))
        .order_by(p.id)
    )  # fmt: skip
    return list(session.execute(query).all())


def deliveries_rows(session: Session, actor: Actor) -> list[Row[Any]]:
    """All deliveries of the subtree."""
    d = DELIVERY.c
    query = (
        select(
            d.id, d.proposal_id, NEED.c.code.label("need_code"), OFFER.c.code.label("offer_code"),
            HOUSEHOLD.c.case_code, d.quantity, d.unit, d.status, d.confirmed_on, d.delivered_on,
            UNIT.c.code.label("unit_code"),
        )
        .join(NEED, NEED.c.id == d.need_id)
        .join(OFFER, OFFER.c.id == d.offer_id)
        .join(HOUSEHOLD, HOUSEHOLD.c.id == d.household_id)
        .join(UNIT, UNIT.c.id == d.unit_id)
        .where(of_money(actor))
        .order_by(d.id)
    )  # fmt: skip
    return list(session.execute(query).all())
