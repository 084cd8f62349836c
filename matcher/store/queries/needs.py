"""Reading needs and households: lists with filters, one need with its history, rows for export.

Everything is limited to the actor's subtree of the union; names come masked from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select, text
from sqlmodel import Session

from matcher.domain.access import Actor
from matcher.domain.identity import masked_id, masked_name, masked_phone
from matcher.domain.terms import Category, HardshipClass, NeedStatus, ProposalAction, ProposalStatus
from matcher.errors import NotFound
from matcher.store.facts import DONOR, HOUSEHOLD, NEED, OFFER, PROPOSAL, UNIT
from matcher.store.queries.matching import UNMET
from matcher.store.queries.reach import of_cases, of_units
from matcher.store.queries.units import names_of
from matcher.store.tables import MatchRun, ProposalStep

STEP, RUN = ProposalStep.__table__, MatchRun.__table__  # type: ignore[attr-defined]
PAGE_SIZE = 50
LATEST_PROPOSALS = 30
REGISTRATION_LOCK = 7_260_418
"""Number of the advisory lock under which families are registered on PostgreSQL; SQLite has one writer anyway."""


class Sort(StrEnum):
    URGENT = "urgent"  # most urgent first, then the nearest date
    WAITING = "waiting"  # longest waiting first
    DEADLINE = "deadline"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class NeedFilter:
    """What a list shows. None is everything; `text` is looked for in title, words, case code and township."""

    status: NeedStatus | None = NeedStatus.OPEN
    category: Category | None = None
    urgency: int | None = None  # at least this
    unit_id: int | None = None  # this union and those below it
    township: str = ""
    text: str = ""
    sort: Sort = Sort.URGENT
    page: int = 1


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One need in a list."""

    id: int
    code: str
    title: str
    category: Category | None
    quantity: int
    promised: int
    met: int
    unit: str
    urgency: int
    status: NeedStatus
    created_on: date
    deadline: date | None
    last_confirmed_on: date | None
    household_id: int
    case_code: str
    masked_name: str
    township: str
    hardship_class: HardshipClass
    unit_name: str


@dataclass(frozen=True, slots=True)
class NeedPage:
    """One page of a list; `by_status` counts under the same filters but the status."""

    lines: tuple[NeedLine, ...]
    total: int
    by_status: Mapping[NeedStatus, int]
    places: tuple[tuple[int, str, str], ...]  # (unit id, unit, township) to choose from
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


def lock_registration(session: Session) -> None:
    """Until the end of the transaction nobody else registers families: one person one file, case codes in order."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": REGISTRATION_LOCK})


def list_needs(session: Session, actor: Actor, wanted: NeedFilter) -> NeedPage:
    """A page of needs in the actor's reach: four statements, whatever the filters."""
    counted = select(NEED.c.status, func.count()).select_from(_joined())
    by_status = {
        NeedStatus(status): int(count)
        for status, count in session.execute(
            counted.where(of_cases(actor), *_conditions(wanted, status=False)).group_by(NEED.c.status)
        )
    }
    total = sum(by_status.values()) if wanted.status is None else by_status.get(wanted.status, 0)
    page = min(max(wanted.page, 1), max(1, -(-total // PAGE_SIZE)))
    rows = session.execute(_listed(actor, wanted).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return NeedPage(tuple(_line(row) for row in rows), total, by_status, _places(session, actor), page)


def _places(session: Session, actor: Actor) -> tuple[tuple[int, str, str], ...]:
    """The unions directly below the actor's; townships only of a union that has no other below it."""
    query = select(UNIT.c.path, HOUSEHOLD.c.township).select_from(_joined()).where(of_cases(actor)).distinct()
    depth = len(_ids(actor.unit_path or "")) + 1
    chosen: set[tuple[int, str]] = set()
    for path, township in session.execute(query):
        ids = _ids(path)
        chosen.add((ids[:depth][-1], township if len(ids) <= depth else ""))
    names = names_of(session, {unit_id for unit_id, _township in chosen})
    return tuple((unit_id, names[unit_id], township) for unit_id, township in sorted(chosen))


def _ids(path: str) -> list[int]:
    """The ids in a path like /1/4/, from the root down."""
    return [int(part) for part in path.split("/") if part]


def _joined() -> Any:
    return NEED.join(HOUSEHOLD, HOUSEHOLD.c.id == NEED.c.household_id).join(UNIT, UNIT.c.id == NEED.c.unit_id)


def _listed(actor: Actor, wanted: NeedFilter) -> Select[Any]:
    n, h = NEED.c, HOUSEHOLD.c
    columns = (
        n.id, n.code, n.title, n.category, n.quantity, n.promised, n.met, n.unit, n.urgency, n.status, n.created_on,
        n.deadline, n.last_confirmed_on, n.household_id, h.record_key, h.case_code, h.head_name, h.township,
        h.hardship_class, UNIT.c.short_name,
    )  # fmt: skip
    query = select(*columns).select_from(_joined()).where(of_cases(actor), *_conditions(wanted))
    return query.order_by(*_order(wanted.sort))


def _conditions(wanted: NeedFilter, *, status: bool = True) -> list[ColumnElement[bool]]:
    n, h = NEED.c, HOUSEHOLD.c
    found: list[ColumnElement[bool]] = []
    if status and wanted.status is not None:
        found.append(n.status == wanted.status)
    if wanted.category is not None:
        found.append(n.category == wanted.category)
    if wanted.urgency is not None:
        found.append(n.urgency >= wanted.urgency)
    if wanted.unit_id is not None:
        found.append(_at_or_below(wanted.unit_id))
    if wanted.township:
        found.append(h.township == wanted.township)
    for word in wanted.text.split()[:5]:
        places = (n.title, n.text, n.code, h.case_code, h.township)
        found.append(or_(*(place.contains(word, autoescape=True) for place in places)))
    return found


def _at_or_below(unit_id: int) -> ColumnElement[bool]:
    chosen = UNIT.alias("chosen")
    below = UNIT.c.path.like(chosen.c.path.op("||")("%"))
    return exists(select(1).select_from(chosen).where(chosen.c.id == unit_id, below).correlate(UNIT))


def _order(sort: Sort) -> tuple[Any, ...]:
    n = NEED.c
    dated_first = case((n.deadline.is_(None), 1), else_=0)
    return {
        Sort.URGENT: (n.urgency.desc(), dated_first, n.deadline, n.created_on, n.id),
        Sort.WAITING: (n.created_on, n.id),
        Sort.DEADLINE: (dated_first, n.deadline, n.urgency.desc(), n.id),
        Sort.NEWEST: (n.created_on.desc(), n.id.desc()),
    }[sort]


def _line(row: Row[Any]) -> NeedLine:
    values = row._mapping
    same = {name: values[name] for name in NeedLine.__slots__ if name in values}
    return NeedLine(**same, masked_name=masked_name(row.head_name), unit_name=row.short_name)


def export_rows(session: Session, actor: Actor, wanted: NeedFilter, *, most: int) -> list[Row[Any]]:
    """All rows of a list for a file: the need with what its household's file says, in the order of the list."""
    h = HOUSEHOLD.c
    query = (
        select(
            h.record_key, NEED,
            h.case_code, h.file_status, h.file_level, h.hardship_class, h.groups, h.consent, h.is_member,
            h.is_real_name, h.is_excluded, h.is_stopped, h.relation_months, h.payout, h.township,
            UNIT.c.code.label("union_unit"), UNIT.c.short_name,
        )
        .select_from(_joined())
        .where(of_cases(actor), *_conditions(wanted))
        .order_by(*_order(wanted.sort))
        .limit(most)
    )  # fmt: skip
    return list(session.execute(query).all())


# ── one need ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Step:
    action: ProposalAction
    to_status: ProposalStatus
    quantity: int
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """A proposal for this need and what became of it."""

    id: int
    offer_title: str
    donor_name: str
    quantity: int
    unit: str
    status: ProposalStatus
    run_on: date
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Unmet:
    """What the latest run said of the rest: reason codes with counts, and the smallest change."""

    run_id: int
    as_of: date
    remaining: int
    blocking: tuple[tuple[str, int], ...]
    smallest_change: Mapping[str, Any]
    nearest: tuple[str, str, str] | None  # number, title and donor of the nearest offer


@dataclass(frozen=True, slots=True)
class NeedDetail:
    """One need with its household's facts; numbers and name masked."""

    need: Mapping[str, Any]  # columns of the need but the sealed story
    household: Mapping[str, Any]  # columns of the household but the sealed ones
    masked_name: str
    masked_id: str
    masked_phone: str
    has_address: bool
    unit_name: str
    history: tuple[Past, ...] = field(default=())
    unmet: Unmet | None = None


_SEALED_NEED = frozenset({"story"})
_HIDDEN = frozenset({"diagnosis", "bank_card", "bank_card_index", "id_card_index", "record_name", "record_key"})
_MASKED = frozenset({"head_name", "id_card", "phone", "address"})


def get_need(session: Session, actor: Actor, need_id: int) -> NeedDetail:
    """One need in three statements. Raises NotFound outside the actor's reach."""
    need = [column for column in NEED.c if column.name not in _SEALED_NEED]
    household = [column.label(f"h_{column.name}") for column in HOUSEHOLD.c if column.name not in _HIDDEN]
    query = select(HOUSEHOLD.c.record_key, *need, *household, UNIT.c.short_name).select_from(_joined())
    row = session.execute(query.where(NEED.c.id == need_id, of_cases(actor))).first()
    if row is None:
        raise NotFound()
    values = row._mapping
    return NeedDetail(
        need={column.name: values[column.name] for column in need},
        household={name[2:]: value for name, value in values.items() if name[2:] not in _MASKED and name[:2] == "h_"},
        masked_name=masked_name(row.h_head_name),
        masked_id=masked_id(row.h_id_card),
        masked_phone=masked_phone(row.h_phone),
        has_address=row.h_address is not None,
        unit_name=row.short_name,
        history=_history(session, need_id),
        unmet=_unmet(session, need_id),
    )


def _history(session: Session, need_id: int) -> tuple[Past, ...]:
    p, s = PROPOSAL.c, STEP.c
    latest = select(p.id).where(p.need_id == need_id).order_by(p.id.desc()).limit(LATEST_PROPOSALS)
    query = (
        select(
            p.id, OFFER.c.title, DONOR.c.name, p.quantity, p.unit, p.status, RUN.c.as_of,
            s.action, s.to_status, s.quantity.label("step_quantity"), s.reason, s.at,
        )
        .join(OFFER, OFFER.c.id == p.offer_id)
        .join(DONOR, DONOR.c.id == OFFER.c.donor_id)
        .join(RUN, RUN.c.id == p.run_id)
        .outerjoin(STEP, s.proposal_id == p.id)
        .where(p.id.in_(latest))
        .order_by(p.id.desc(), s.id)
    )  # fmt: skip
    found: dict[int, list[Row[Any]]] = {}
    for row in session.execute(query):
        found.setdefault(row.id, []).append(row)
    return tuple(_past(rows) for rows in found.values())


def _past(rows: list[Row[Any]]) -> Past:
    first = rows[0]
    steps = tuple(Step(r.action, r.to_status, r.step_quantity, r.reason, r.at) for r in rows if r.action is not None)
    return Past(first.id, first.title, first.name, first.quantity, first.unit, first.status, first.as_of, steps)


def _unmet(session: Session, need_id: int) -> Unmet | None:
    u = UNMET.c
    nearest = (OFFER.c.code, OFFER.c.title, DONOR.c.name)
    query = (
        select(u.run_id, RUN.c.as_of, u.remaining, u.blocking, u.smallest_change, *nearest)
        .join(RUN, RUN.c.id == u.run_id)
        .outerjoin(OFFER, OFFER.c.id == u.nearest_offer_id)
        .outerjoin(DONOR, DONOR.c.id == OFFER.c.donor_id)
        .where(u.need_id == need_id)
        .order_by(u.run_id.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    if row is None:
        return None
    blocking = tuple((str(code), int(count)) for code, count in row.blocking)
    found = (row.code, row.title, row.name) if row.code else None
    return Unmet(row.run_id, row.as_of, row.remaining, blocking, dict(row.smallest_change or {}), found)


# ── households ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """A family in a list, with how many of its needs are open."""

    id: int
    case_code: str
    masked_name: str
    township: str
    situation: str
    size: int
    hardship_class: HardshipClass
    file_status: str
    unit_name: str
    open_needs: int
    first_need_id: int | None


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    lines: tuple[HouseholdLine, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


def list_households(session: Session, actor: Actor, *, text: str = "", page: int = 1) -> HouseholdPage:
    """Families in the actor's reach, newest case code first: two statements."""
    h = HOUSEHOLD.c
    joined = HOUSEHOLD.join(UNIT, UNIT.c.id == h.unit_id)
    found = [of_cases(actor)]
    for word in text.split()[:5]:
        found.append(or_(*(place.contains(word, autoescape=True) for place in (h.case_code, h.township, h.situation))))
    total = int(session.execute(select(func.count()).select_from(joined).where(*found)).scalar_one())
    page = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    open_ones = and_(NEED.c.household_id == h.id, NEED.c.status == NeedStatus.OPEN)
    query = (
        select(
            h.id, h.record_key, h.case_code, h.head_name, h.township, h.situation, h.size, h.hardship_class,
            h.file_status, UNIT.c.short_name,
            select(func.count()).where(open_ones).scalar_subquery().label("open_needs"),
            select(func.min(NEED.c.id)).where(open_ones).scalar_subquery().label("first_need_id"),
        )
        .select_from(joined)
        .where(*found)
        .order_by(h.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )  # fmt: skip
    lines = tuple(
        HouseholdLine(
            row.id, row.case_code, masked_name(row.head_name), row.township, row.situation, row.size,
            row.hardship_class, row.file_status, row.short_name, row.open_needs, row.first_need_id,
        )
        for row in session.execute(query)
    )  # fmt: skip
    return HouseholdPage(lines, total, page)


def find_household(session: Session, actor: Actor, case_code: str) -> int | None:
    """The id of a family in the actor's reach by its case code."""
    joined = HOUSEHOLD.join(UNIT, UNIT.c.id == HOUSEHOLD.c.unit_id)
    query = select(HOUSEHOLD.c.id).select_from(joined).where(HOUSEHOLD.c.case_code == case_code, of_cases(actor))
    return session.execute(query).scalar()


def case_codes(session: Session, actor: Actor) -> dict[str, int]:
    """All case codes in the actor's reach with their household ids, for files."""
    joined = HOUSEHOLD.join(UNIT, UNIT.c.id == HOUSEHOLD.c.unit_id)
    rows = session.execute(select(HOUSEHOLD.c.case_code, HOUSEHOLD.c.id).select_from(joined).where(of_cases(actor)))
    return {code: int(household_id) for code, household_id in rows}


def units_below(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """(id, name) of the actor's unit and those below it, the actor's own first."""
    rows = session.execute(
        select(UNIT.c.id, UNIT.c.name).where(of_units(actor), UNIT.c.is_active).order_by(UNIT.c.path)
    )
    return [(int(unit_id), name) for unit_id, name in rows]
