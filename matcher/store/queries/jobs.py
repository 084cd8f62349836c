"""Do the books agree with the rows? Stock, promises, deliveries, jobs: every sum is worked out again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session, SQLModel

import matcher.store.tables  # noqa: F401  fills the metadata
from matcher.domain.lifecycle import HOLDING
from matcher.domain.terms import DeliveryStatus, NeedStatus, ProposalStatus, RunStatus
from matcher.store.facts import NEED, OFFER, PROPOSAL

DELIVERY, JOB, RUN = (SQLModel.metadata.tables[name] for name in ("delivery", "job", "match_run"))


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that does not agree: what the rows add up to, and what the book says."""

    book: str  # offer.reserved, need.promised, delivery, job.lease …
    object_id: int
    expected: int | str
    found: int | str


def differences(session: Session, now: datetime) -> Iterator[Difference]:
    """Every figure that does not agree, book by book, ordered by id."""
    yield from _sums(session, "offer.reserved", OFFER, OFFER.c.reserved, PROPOSAL.c.offer_id, _holding())
    yield from _sums(session, "offer.delivered", OFFER, OFFER.c.delivered, PROPOSAL.c.offer_id, _delivered())
    yield from _sums(session, "need.promised", NEED, NEED.c.promised, PROPOSAL.c.need_id, _holding())
    yield from _sums(session, "need.met", NEED, NEED.c.met, PROPOSAL.c.need_id, _delivered())
    yield from _need_states(session)
    yield from _deliveries(session)
    yield from _jobs(session, now)


def count_checked(session: Session) -> dict[str, int]:
    """How many rows of each book were looked at."""
    tables = {"offers": OFFER, "needs": NEED, "proposals": PROPOSAL, "deliveries": DELIVERY, "jobs": JOB}
    return {
        name: int(session.execute(select(func.count()).select_from(table)).scalar_one())
        for name, table in tables.items()
    }


def _holding() -> ColumnElement[bool]:
    condition: ColumnElement[bool] = PROPOSAL.c.status.in_(HOLDING)
    return condition


def _delivered() -> ColumnElement[bool]:
    condition: ColumnElement[bool] = PROPOSAL.c.status == ProposalStatus.DELIVERED
    return condition


def _sums(
    session: Session, book: str, table: Any, figure: Any, owner: Any, which: ColumnElement[bool]
) -> Iterator[Difference]:
    total = func.coalesce(func.sum(case((which, PROPOSAL.c.quantity), else_=0)), 0)
    query = (
        select(table.c.id, figure, total)
        .outerjoin(PROPOSAL, owner == table.c.id)
        .group_by(table.c.id, figure)
        .having(total != figure)
        .order_by(table.c.id)
    )
    for object_id, found, expected in session.execute(query):
        yield Difference(book, object_id, int(expected), int(found))


def _need_states(session: Session) -> Iterator[Difference]:
    n = NEED.c
    wrong = or_(
        and_(n.status == NeedStatus.OPEN, n.promised >= n.quantity),
        and_(n.status == NeedStatus.PROMISED, n.promised < n.quantity),
        and_(n.status == NeedStatus.MET, n.met < n.quantity),
    )
    for need_id, status, promised, met, quantity in session.execute(
        select(n.id, n.status, n.promised, n.met, n.quantity).where(wrong).order_by(n.id)
    ):
        by_figures = NeedStatus.MET if met >= quantity else NeedStatus.PROMISED
        expected = by_figures if promised >= quantity else NeedStatus.OPEN
        yield Difference("need.status", need_id, expected.value, status.value)


def _deliveries(session: Session) -> Iterator[Difference]:
    p, d = PROPOSAL.c, DELIVERY.c
    final = p.status.in_((ProposalStatus.CONFIRMED, ProposalStatus.DELIVERED))
    row_of = (d.id.label("delivery_id"), d.status.label("marked"), d.quantity.label("on_it"))
    query = (
        select(p.id, p.status, p.quantity, *row_of)
        .outerjoin(DELIVERY, d.proposal_id == p.id)
        .where(or_(final, d.id.is_not(None)))
        .order_by(p.id)
    )
    for row in session.execute(query):
        wanted = {
            ProposalStatus.CONFIRMED: DeliveryStatus.PENDING.value,
            ProposalStatus.DELIVERED: DeliveryStatus.DELIVERED.value,
        }.get(row.status, "none")
        found = row.marked.value if row.delivery_id is not None else "none"
        if found != wanted:
            yield Difference("delivery.status", row.id, wanted, found)
        elif row.delivery_id is not None and row.on_it != row.quantity:
            yield Difference("delivery.quantity", row.id, row.quantity, row.on_it)


def _jobs(session: Session, now: datetime) -> Iterator[Difference]:
    lapsed = and_(JOB.c.status == RunStatus.RUNNING, or_(JOB.c.lease_until.is_(None), JOB.c.lease_until < now))
    for (job_id,) in session.execute(select(JOB.c.id).where(lapsed).order_by(JOB.c.id)):
        yield Difference("job.lease", job_id, "live", "lapsed")
    apart = select(RUN.c.id, JOB.c.status, RUN.c.status).join(JOB, JOB.c.id == RUN.c.job_id)
    for run_id, expected, found in session.execute(apart.where(JOB.c.status != RUN.c.status).order_by(RUN.c.id)):
        yield Difference("run.status", run_id, expected.value, found.value)
