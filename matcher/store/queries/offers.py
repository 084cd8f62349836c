"""Reading offers: lists and details within one's reach, their history, and who waits for what.

Donors see their own; union staff see the offers of their subtree and the accepted ones of the unions above, which
serve their families too. Nothing here says anything of a need or a household but a count.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Row, Select, String, and_, case, cast, func, literal, or_, select
from sqlmodel import Session, SQLModel

from matcher.clock import SHANGHAI
from matcher.domain.access import DONOR_ROLES, Actor
from matcher.domain.terms import (
    Category,
    DeliveryStatus,
    DonorStatus,
    DonorType,
    NeedStatus,
    OfferStatus,
    ProposalStatus,
)
from matcher.errors import NotFound
from matcher.store.facts import DONOR, HOUSEHOLD, NEED, OFFER, PROPOSAL, UNIT, within
from matcher.store.tables import Donor, Offer

DELIVERY, DIVISION = SQLModel.metadata.tables["delivery"], SQLModel.metadata.tables["division"]
AUDIT, ACCOUNT = SQLModel.metadata.tables["audit_event"], SQLModel.metadata.tables["account"]
PAGE = 40
SHARED = (OfferStatus.OPEN, OfferStatus.CLOSED)
"""States in which an offer of a union above is seen below."""


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer in a list or on its page. `confirmed` is promised to families for good, `reserved` also counts
    what is kept for them (暂缓, 待审批)."""

    offer: Offer
    donor_name: str
    donor_type: DonorType
    donor_status: DonorStatus
    unit_name: str
    confirmed: int
    is_own: bool  # within the actor's reach, not only shared from above

    @property
    def left(self) -> int:
        return self.offer.quantity - self.offer.reserved


@dataclass(frozen=True, slots=True)
class OfferList:
    rows: tuple[OfferRow, ...]
    by_status: Mapping[OfferStatus, int]  # of all that the other filters keep
    total: int  # under all filters
    page: int

    @property
    def last_page(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class OfferEvent:
    """One step in an offer's history; who it was is told only by side."""

    at: datetime
    action: str
    reason: str | None
    by_donor: bool


def list_offers(
    session: Session,
    actor: Actor,
    *,
    status: OfferStatus | None = None,
    category: Category | None = None,
    words: str = "",
    page: int = 1,
    page_size: int | None = PAGE,
) -> OfferList:
    """Offers in reach, 待审核 first, then what can be used, newest first. Two statements."""
    filters = [_visible(actor)]
    if category is not None:
        filters.append(OFFER.c.category == category)
    if words.strip():
        text = f"%{_plain(words.strip())}%"
        filters.append(or_(*(column.like(text, escape="\\") for column in (OFFER.c.title, OFFER.c.code, DONOR.c.name))))
    counted = session.execute(_joined(select(OFFER.c.status, func.count())).where(*filters).group_by(OFFER.c.status))
    by_status = {OfferStatus(code): int(count) for code, count in counted}
    if status is not None:
        filters.append(OFFER.c.status == status)
    total = by_status.get(status, 0) if status else sum(by_status.values())
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    query = _rows(actor).where(*filters).order_by(_ORDER, OFFER.c.id.desc())
    if page_size:
        query = query.limit(page_size).offset((page - 1) * page_size)
    return OfferList(tuple(_row(found) for found in session.execute(query)), by_status, total, page)


def get_offer(session: Session, actor: Actor, offer_id: int) -> OfferRow:
    """Raises NotFound for an offer outside one's reach, as for one that does not exist."""
    found = session.execute(_rows(actor).where(_visible(actor), OFFER.c.id == offer_id)).first()
    if found is None:
        raise NotFound()
    return _row(found)


def offer_history(session: Session, offer_id: int) -> tuple[OfferEvent, ...]:
    """What happened to an offer, oldest first: acts and reason codes, no case data."""
    query = (
        select(AUDIT.c.at, AUDIT.c.action, AUDIT.c.details, ACCOUNT.c.role)
        .outerjoin(ACCOUNT, ACCOUNT.c.id == AUDIT.c.account_id)
        .where(AUDIT.c.object_type == "offer", AUDIT.c.object_id == offer_id)
        .order_by(AUDIT.c.id)
    )
    return tuple(
        OfferEvent(at, action, (details or {}).get("reason"), role in DONOR_ROLES)
        for at, action, details, role in session.execute(query)
    )


def reached_by_county(
    session: Session, *, offer_id: int | None = None, donor_id: int | None = None
) -> dict[str, list[datetime]]:
    """County → for every family that received something of an offer (or of a donor): when that first was recorded."""
    query = (
        select(
            HOUSEHOLD.c.id,
            HOUSEHOLD.c.division_code,
            func.min(DELIVERY.c.marked_at),
            func.min(DELIVERY.c.delivered_on),
        )
        .join(DELIVERY, DELIVERY.c.household_id == HOUSEHOLD.c.id)
        .where(DELIVERY.c.status == DeliveryStatus.DELIVERED)
        .group_by(HOUSEHOLD.c.id, HOUSEHOLD.c.division_code)
    )
    if offer_id is not None:
        query = query.where(DELIVERY.c.offer_id == offer_id)
    if donor_id is not None:
        query = query.join(OFFER, OFFER.c.id == DELIVERY.c.offer_id).where(OFFER.c.donor_id == donor_id)
    found: dict[str, list[datetime]] = defaultdict(list)
    for _, county, marked_at, delivered_on in session.execute(query):
        found[county].append(marked_at or midnight(delivered_on))
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """Families of one county that wait for something, before small numbers are kept back."""

    county: str
    households: int
    since: date


def waiting_households(session: Session, category: Category) -> tuple[Waiting, ...]:
    """Families with an open need of a category, by county, most first. Stopped families are not counted (H21)."""
    count = func.count(func.distinct(NEED.c.household_id))
    query = (
        select(HOUSEHOLD.c.division_code, count, func.min(NEED.c.created_on))
        .join(HOUSEHOLD, HOUSEHOLD.c.id == NEED.c.household_id)
        .where(
            NEED.c.category == category,
            NEED.c.status == NeedStatus.OPEN,
            NEED.c.promised < NEED.c.quantity,
            HOUSEHOLD.c.is_stopped.is_(False),
        )
        .group_by(HOUSEHOLD.c.division_code)
        .order_by(count.desc(), HOUSEHOLD.c.division_code)
    )
    return tuple(Waiting(county, int(number), since) for county, number, since in session.execute(query))


def county_names(session: Session, jurisdiction: str) -> dict[str, str]:
    """Counties of the city by code, in the order of their codes."""
    query = select(DIVISION.c.code, DIVISION.c.name).where(DIVISION.c.parent_code == jurisdiction)
    return {row.code: row.name for row in session.execute(query.order_by(DIVISION.c.code))}


def donor_choices(session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """Donors union staff may write for, by name."""
    query = (
        select(DONOR.c.id, DONOR.c.name)
        .join(UNIT, UNIT.c.id == DONOR.c.unit_id)
        .where(within(UNIT.c.path, actor.unit_path or "none"), DONOR.c.status != DonorStatus.SUSPENDED)
        .order_by(DONOR.c.name)
    )
    return tuple((donor_id or 0, name) for donor_id, name in session.execute(query))


def get_donor(session: Session, actor: Actor, donor_id: int) -> tuple[Donor, str]:
    """A donor in reach with the name of the union that looks after it. Raises NotFound."""
    mine = DONOR.c.id == actor.donor_id if actor.role in DONOR_ROLES else within(UNIT.c.path, actor.unit_path or "none")
    query = select(Donor, UNIT.c.name).join(UNIT, UNIT.c.id == DONOR.c.unit_id).where(DONOR.c.id == donor_id, mine)
    found = session.execute(query).first()
    if found is None:
        raise NotFound()
    return found[0], found[1]


def case_codes(session: Session, household_ids: Sequence[int]) -> tuple[str, ...]:
    """Case codes of excluded families, for union staff only."""
    if not household_ids:
        return ()
    query = select(HOUSEHOLD.c.case_code).where(HOUSEHOLD.c.id.in_(household_ids)).order_by(HOUSEHOLD.c.case_code)
    return tuple(code for (code,) in session.execute(query))


def midnight(day: date) -> datetime:
    """The first moment of a business date, aware."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


# ── parts ──────────────────────────────────────────────────────────────────────────────────────────────────────

_ORDER = case(
    {
        OfferStatus.PENDING.value: 0,
        OfferStatus.DRAFT.value: 1,
        OfferStatus.OPEN.value: 2,
        OfferStatus.CLOSED.value: 3,
        OfferStatus.WITHDRAWN.value: 4,
    },
    value=OFFER.c.status,
)
_HOME = UNIT.alias("home")
_CONFIRMED = (
    select(PROPOSAL.c.offer_id, func.sum(PROPOSAL.c.quantity).label("quantity"))
    .where(PROPOSAL.c.status.in_((ProposalStatus.CONFIRMED, ProposalStatus.DELIVERED)))
    .group_by(PROPOSAL.c.offer_id)
    .subquery()
)


def _joined(query: Select[Any]) -> Select[Any]:
    return query.select_from(OFFER).join(DONOR, DONOR.c.id == OFFER.c.donor_id).join(UNIT, UNIT.c.id == OFFER.c.unit_id)


def _visible(actor: Actor) -> Any:
    if actor.role in DONOR_ROLES:
        return OFFER.c.donor_id == (actor.donor_id or -1)
    above = and_(UNIT.c.path.in_(_prefixes(actor.unit_path or "")), OFFER.c.status.in_(SHARED), _serves(actor))
    return or_(_own(actor), above)


def _serves(actor: Actor) -> Any:
    """Whether an offer may go where the actor's union is: no area, the place itself, or the city around it."""
    home = select(_HOME.c.division_code).where(_HOME.c.id == (actor.unit_id or -1)).scalar_subquery()
    codes = cast(OFFER.c.regions, String)
    city = func.substr(home, 1, 4) + "00"
    return or_(
        home.is_(None),
        home.like("%00"),
        codes == "[]",
        codes.like(literal('%"').concat(home).concat('"%')),
        codes.like(literal('%"').concat(city).concat('"%')),
    )


def _own(actor: Actor) -> Any:
    if actor.role in DONOR_ROLES:
        return OFFER.c.donor_id == (actor.donor_id or -1)
    return within(UNIT.c.path, actor.unit_path or "none")


def _prefixes(path: str) -> list[str]:
    ids = path.strip("/").split("/")
    return ["/" + "/".join(ids[:length]) + "/" for length in range(1, len(ids))]


def _rows(actor: Actor) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Offer,
        DONOR.c.name,
        DONOR.c.donor_type,
        DONOR.c.status,
        UNIT.c.name,
        func.coalesce(_CONFIRMED.c.quantity, 0),
        _own(actor),
    )
    return _joined(select(*columns)).outerjoin(_CONFIRMED, _CONFIRMED.c.offer_id == OFFER.c.id)


def _row(found: Row[Any]) -> OfferRow:
    offer, donor_name, donor_type, donor_status, unit_name, confirmed, own = tuple(found)
    return OfferRow(offer, donor_name, donor_type, donor_status, unit_name, int(confirmed), bool(own))


def _plain(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
