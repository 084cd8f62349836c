"""Rows become facts: columns for a whole run, single facts for one decision. No ORM object is made here.

Ids in facts are the row ids as text (`key` and `row_id` translate), so households, needs and offers keep one
name from the database through the engine and back. What a blank means at this door: no consent recorded is no
consent, a file counts only while 在档, an offer is vetted only when its donor is and staff accepted it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, Text, and_, cast, func, or_, select
from sqlmodel import Session, SQLModel

import matcher.store.tables  # noqa: F401  fills the metadata
from matcher.clock import SHANGHAI
from matcher.domain.amounts import convertible
from matcher.domain.facts import NeedColumns, NeedFacts, OfferColumns, OfferFacts
from matcher.domain.lifecycle import HOLDING, OPEN
from matcher.domain.network_terms import Entitlement, EntitlementState
from matcher.domain.terms import (
    STRICT_FUNDS,
    Category,
    DeclineReason,
    DonorStatus,
    DonorType,
    FileStatus,
    Group,
    NeedStatus,
    OfferStatus,
    ProposalStatus,
    SchoolStage,
)
from matcher.errors import NotFound

LASTING = (
    DeclineReason.ALREADY_HAS,
    DeclineReason.NOT_WANTED,
    DeclineReason.FACTS_DIFFER,
    DeclineReason.WRONG_ITEM,
    DeclineReason.CANNOT_REACH,
    DeclineReason.OTHER,
)
"""Declines that speak against the pair itself. 先给更急的人家, 票据不全 and 联系不上 pass; the pair may come again."""

USABLE = (OfferStatus.OPEN, OfferStatus.PENDING)
"""States of offers that a run looks at."""
IDS_AT_ONCE = 1000
NeedRow = Row[Any]
Help = dict[tuple[int, str | None], dict[str, int]]


def key(row_id: int) -> str:
    """The name of a row in facts and in match results."""
    return str(row_id)


def row_id(name: str) -> int:
    """The row behind a name in facts and in match results."""
    return int(name)


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


NEED, HOUSEHOLD, UNIT = _table("need"), _table("household"), _table("unit")
OFFER, DONOR, PROPOSAL = _table("offer"), _table("donor"), _table("proposal")
ENTITLEMENT = _table("entitlement_check")
_HOME, _ISSUER = UNIT.alias("home"), UNIT.alias("issuer")


@dataclass(frozen=True, slots=True)
class HelpThisYear:
    """What households received or were promised since 1 January, by category and unit; and their fund projects."""

    received: Help
    projects: dict[int, frozenset[str | None]]

    def amount(self, household_id: int, category: Category | None, unit: str) -> int:
        """Help of a category in a unit; amounts in units that cannot be set against it are another thing."""
        total = Fraction(0)
        for given, quantity in self.received.get((household_id, category), {}).items():
            total += quantity * (convertible(given, unit) or 0)
        return int(total)

    def other_projects(self, household_id: int, category: Category | None) -> int:
        """Projects of aid funds in another category: going on with the same one is not a second (H17)."""
        return len(self.projects.get(household_id, frozenset()) - {category})


# ── needs ──────────────────────────────────────────────────────────────────────────────────────────────────────


def need_columns(session: Session, unit_path: str, as_of: date) -> NeedColumns:
    """Open needs of a unit's subtree with something left to cover, ordered by row id; quantity = what is left."""
    wanted = and_(NEED.c.status == NeedStatus.OPEN, NEED.c.quantity > NEED.c.promised, within(UNIT.c.path, unit_path))
    rows = session.execute(_needs().where(wanted).order_by(NEED.c.id)).all()
    help_ = help_this_year(session, as_of, within(UNIT.c.path, unit_path))
    return NeedColumns.of([_need_facts(row, help_) for row in rows])


def need_facts(session: Session, need_id: int, as_of: date, *, without_proposal: int | None = None) -> NeedFacts:
    """Facts of one need in any state. `without_proposal` leaves that proposal's own promise out of what the
    household received, for checking a pair again that already holds its stock. Raises NotFound."""
    row = session.execute(_needs().where(NEED.c.id == need_id)).first()
    if row is None:
        raise NotFound()
    mine = PROPOSAL.c.household_id == row.household_id
    if without_proposal is not None:
        mine = and_(mine, PROPOSAL.c.id != without_proposal)
    return _need_facts(row, help_this_year(session, as_of, mine))


def needs_of(session: Session, need_ids: Sequence[int]) -> NeedColumns:
    """Needs in any state, ordered by row id, for reading their texts; what a household received is left out."""
    rows = [
        row
        for some in _some(need_ids)
        for row in session.execute(_needs().where(NEED.c.id.in_(some)).order_by(NEED.c.id))
    ]
    return NeedColumns.of([_need_facts(row, HelpThisYear({}, {})) for row in rows])


def offers_of(session: Session, offer_ids: Sequence[int]) -> OfferColumns:
    """Offers in any state, ordered by row id, for reading their texts."""
    rows = [
        row
        for some in _some(offer_ids)
        for row in session.execute(_offers().where(OFFER.c.id.in_(some)).order_by(OFFER.c.id))
    ]
    return OfferColumns.of([_offer_facts(row, 0) for row in rows])


def _some(ids: Sequence[int]) -> list[list[int]]:
    """Ids in order, so many at a time as every database takes in one question."""
    ordered = sorted(set(ids))
    return [ordered[start : start + IDS_AT_ONCE] for start in range(0, len(ordered), IDS_AT_ONCE)]


def _needs() -> Select[Any]:
    h, check = HOUSEHOLD.c, ENTITLEMENT.c
    due = (
        select(func.aggregate_strings(cast(check.entitlement, Text), ","))
        .where(check.household_id == h.id, check.state == EntitlementState.DUE)
        .scalar_subquery()
    )
    return (
        select(
            NEED,
            due.label("due"),
            h.file_status, h.file_level, h.hardship_class, h.groups, h.consent, h.is_member, h.is_real_name,
            h.is_excluded, h.is_stopped, h.relation_months, h.payout,
            _HOME.c.code.label("union_unit"),
        )
        .join(HOUSEHOLD, HOUSEHOLD.c.id == NEED.c.household_id)
        .join(UNIT, UNIT.c.id == NEED.c.unit_id)
        .join(_HOME, _HOME.c.id == HOUSEHOLD.c.unit_id)
    )  # fmt: skip


def _need_facts(row: NeedRow, help_: HelpThisYear) -> NeedFacts:
    return NeedFacts(
        need_id=key(row.id),
        household_id=key(row.household_id),
        text=row.text,
        category=row.category,
        region=row.division_code,
        quantity=row.quantity - row.promised,
        unit=row.unit,
        urgency=row.urgency,
        created_on=row.created_on,
        deadline=row.deadline,
        on_file=row.file_status == FileStatus.ACTIVE,
        file_level=row.file_level,
        hardship_class=row.hardship_class,
        groups=frozenset(Group(code) for code in row.groups),
        member=row.is_member,
        real_name=row.is_real_name,
        payout=row.payout,
        divisible=row.is_divisible,
        self_paid_left=row.self_paid_left,
        helped_this_year=help_.amount(row.household_id, row.category, row.unit),
        covered=row.promised,
        consent=frozenset(DonorType(code) for code in row.consent),
        stopped=row.is_stopped,
        excluded=row.is_excluded,
        relation_months=row.relation_months,
        union_unit=row.union_unit,
        projects_this_year=help_.other_projects(row.household_id, row.category),
        entitlements_due=frozenset(Entitlement(code) for code in (row.due or "").split(",") if code),
        age=row.age,
        school_stage=row.school_stage,
        route_from=row.route_from,
        route_to=row.route_to,
    )


def help_this_year(session: Session, as_of: date, whose: ColumnElement[bool]) -> HelpThisYear:
    """Help received or promised since 1 January by the proposals that `whose` selects (of proposal, need, unit)."""
    since = datetime.combine(date(as_of.year, 1, 1), time(), SHANGHAI).astimezone(UTC)
    p = PROPOSAL.c
    query = (
        select(p.household_id, NEED.c.category, p.unit, OFFER.c.fund_source, func.sum(p.quantity).label("quantity"))
        .join(NEED, NEED.c.id == p.need_id)
        .join(OFFER, OFFER.c.id == p.offer_id)
        .join(UNIT, UNIT.c.id == NEED.c.unit_id)
        .where(p.status.in_(HOLDING), func.coalesce(p.decided_at, p.created_at) >= since, whose)
        .group_by(p.household_id, NEED.c.category, p.unit, OFFER.c.fund_source)
    )
    received: Help = defaultdict(lambda: defaultdict(int))
    projects: dict[int, set[str | None]] = defaultdict(set)
    for row in session.execute(query):
        received[row.household_id, row.category][row.unit] += int(row.quantity)
        if row.fund_source in STRICT_FUNDS:
            projects[row.household_id].add(row.category)
    return HelpThisYear(dict(received), {household: frozenset(kinds) for household, kinds in projects.items()})


# ── offers ─────────────────────────────────────────────────────────────────────────────────────────────────────


def offer_columns(session: Session, unit_path: str) -> OfferColumns:
    """Offers of a unit's subtree and of the unions above it, accepted or still 待审核, ordered by row id.

    Exhausted and unvetted ones come along, so that an unmet need can say what it failed on. Quantity = what is
    left after reservations and after what is proposed at present to needs outside the subtree.
    """
    usable = OFFER.c.status.in_(USABLE)
    rows = session.execute(_offers().where(usable, near(unit_path)).order_by(OFFER.c.id)).all()
    elsewhere = _proposed_elsewhere(session, unit_path)
    return OfferColumns.of([_offer_facts(row, elsewhere.get(row.id, 0)) for row in rows])


def offers_left(session: Session, unit_path: str) -> OfferColumns:
    """The same offers with what is left after everything that is promised or proposed to anybody."""
    rows = session.execute(_offers().where(OFFER.c.status.in_(USABLE), near(unit_path)).order_by(OFFER.c.id)).all()
    p = PROPOSAL.c
    waiting = select(p.offer_id, func.sum(p.quantity)).where(p.status.in_(OPEN)).group_by(p.offer_id)
    taken = {offer_id: int(quantity) for offer_id, quantity in session.execute(waiting)}
    return OfferColumns.of([_offer_facts(row, taken.get(row.id, 0)) for row in rows])


def offer_facts(session: Session, offer_id: int) -> OfferFacts:
    """Facts of one offer in any state. Raises NotFound."""
    row = session.execute(_offers().where(OFFER.c.id == offer_id)).first()
    if row is None:
        raise NotFound()
    return _offer_facts(row, 0)


def _offers() -> Select[Any]:
    return (
        select(
            OFFER,
            DONOR.c.code.label("donor_code"),
            DONOR.c.donor_type,
            DONOR.c.status.label("donor_status"),
            _ISSUER.c.code.label("issuing_union"),
        )
        .join(DONOR, DONOR.c.id == OFFER.c.donor_id)
        .join(UNIT, UNIT.c.id == OFFER.c.unit_id)
        .outerjoin(_ISSUER, _ISSUER.c.id == OFFER.c.issuing_unit_id)
    )


def _offer_facts(row: NeedRow, proposed_elsewhere: int) -> OfferFacts:
    return OfferFacts(
        offer_id=key(row.id),
        text=row.text,
        donor=row.donor_code,
        donor_type=row.donor_type,
        category=row.category,
        regions=tuple(row.regions),
        quantity=max(row.quantity - row.reserved - proposed_elsewhere, 0),
        unit=row.unit,
        per_case_min=row.per_case_min,
        per_case_max=row.per_case_max,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        fund_source=row.fund_source,
        requires_file=row.requires_file,
        eligible_groups=frozenset(Group(code) for code in row.eligible_groups),
        excluded_households=frozenset(key(household) for household in row.excluded_households),
        payout=row.payout,
        vetted=row.donor_status == DonorStatus.VETTED and row.status == OfferStatus.OPEN,
        cap_per_household_year=row.cap_per_household_year,
        issuing_union=row.issuing_union,
        school_stages=frozenset(SchoolStage(code) for code in row.school_stages),
        age_min=row.age_min,
        age_max=row.age_max,
        route_from=row.route_from,
        route_to=row.route_to,
        shelf_life_until=row.shelf_life_until,
    )


def _proposed_elsewhere(session: Session, unit_path: str) -> dict[int, int]:
    p = PROPOSAL.c
    query = (
        select(p.offer_id, func.sum(p.quantity))
        .join(NEED, NEED.c.id == p.need_id)
        .join(UNIT, UNIT.c.id == NEED.c.unit_id)
        .where(p.status.in_(OPEN), ~within(UNIT.c.path, unit_path))
        .group_by(p.offer_id)
    )
    return {offer_id: int(quantity) for offer_id, quantity in session.execute(query)}


# ── pairs ──────────────────────────────────────────────────────────────────────────────────────────────────────


def barred_pairs(session: Session, unit_path: str) -> frozenset[tuple[str, str]]:
    """(need, offer) pairs a caseworker found unfit, for as long as neither side was edited since."""
    p = PROPOSAL.c
    query = (
        select(p.need_id, p.offer_id)
        .join(NEED, NEED.c.id == p.need_id)
        .join(OFFER, OFFER.c.id == p.offer_id)
        .join(UNIT, UNIT.c.id == NEED.c.unit_id)
        .where(
            p.status.in_((ProposalStatus.DECLINED, ProposalStatus.WITHDRAWN)),
            p.decline_reason.in_(LASTING),
            p.need_version == NEED.c.version,
            p.offer_version == OFFER.c.version,
            within(UNIT.c.path, unit_path),
        )
    )
    return frozenset((key(need_id), key(offer_id)) for need_id, offer_id in session.execute(query))


def within(path: Any, unit_path: str) -> ColumnElement[bool]:
    """Whether a unit path lies in the subtree of `unit_path`. Paths are ids and slashes, so LIKE needs no escape."""
    condition: ColumnElement[bool] = path.like(f"{unit_path}%")
    return condition


def near(unit_path: str) -> ColumnElement[bool]:
    """Whether an offer's unit is one whose offers a run of `unit_path` looks at: its subtree and the unions above."""
    return or_(within(UNIT.c.path, unit_path), _above(unit_path))


def _above(unit_path: str) -> ColumnElement[bool]:
    """The unions above: every proper prefix of the path that ends in a slash."""
    ids = unit_path.strip("/").split("/")
    prefixes = ["/" + "/".join(ids[:n]) + "/" for n in range(1, len(ids))]
    return UNIT.c.path.in_(prefixes)
