"""Match runs for pages: the list, one run with its progress, the county table, what is short."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlmodel import Session, SQLModel

from matcher.domain.access import Actor
from matcher.domain.lifecycle import HOLDING, OPEN
from matcher.domain.terms import Category, FileStatus, NeedStatus, ProposalStatus, RunStatus
from matcher.errors import NotFound
from matcher.store.facts import HOUSEHOLD, NEED, OFFER, PROPOSAL, UNIT, within
from matcher.store.queries.matching import UNMET
from matcher.store.queries.units import names_of

RUN, JOB = (SQLModel.metadata.tables[name] for name in ("match_run", "job"))
LIVE = OPEN | HOLDING
"""已对接: something stands for this need, decided or still to be decided."""


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a run's job is. `share` in [0, 1]."""

    job_id: int
    status: RunStatus
    stage: str
    share: float
    attempts: int
    cancel_asked: bool
    error_code: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_live(self) -> bool:
        return self.status in (RunStatus.QUEUED, RunStatus.RUNNING)

    def seconds_left(self, now: datetime) -> int | None:
        """Estimate from the share done so far; None while it is too early to tell."""
        if self.started_at is None or self.share < 0.05:
            return None
        gone = (now - self.started_at).total_seconds()
        return max(round(gone * (1 - self.share) / self.share), 1)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run in the list, with its job when it has one."""

    id: int
    unit_id: int
    unit_name: str
    unit_path: str
    as_of: date
    trigger: str
    status: RunStatus
    policy_version: str
    proposals: int
    households_in_need: int
    households_reached: int
    created_at: datetime
    finished_at: datetime | None
    job: JobProgress | None


def list_runs(session: Session, actor: Actor, *, limit: int = 30) -> list[RunRow]:
    """The newest runs within the actor's reach, newest first. Reports are not loaded."""
    query = _runs().where(within(UNIT.c.path, actor.unit_path or "-")).order_by(RUN.c.id.desc()).limit(limit)
    return [_run_row(row) for row in session.execute(query)]


def get_run(session: Session, actor: Actor, run_id: int) -> tuple[RunRow, dict[str, Any]]:
    """One run and its report. Raises NotFound outside the actor's reach."""
    query = _runs().add_columns(RUN.c.report)
    row = session.execute(query.where(RUN.c.id == run_id, within(UNIT.c.path, actor.unit_path or "-"))).first()
    if row is None:
        raise NotFound()
    return _run_row(row), row.report


def _runs() -> Select[Any]:
    r, j = RUN.c, JOB.c
    return (
        select(
            r.id, r.unit_id, UNIT.c.name.label("unit_name"), UNIT.c.path.label("unit_path"), r.as_of, r.trigger,
            r.status, r.policy_version, r.proposals, r.households_in_need, r.households_reached, r.created_at,
            r.finished_at, j.id.label("job_id"), j.status.label("job_status"), j.stage, j.share, j.attempts,
            j.cancel_asked, j.error_code, j.created_at.label("queued_at"), j.started_at,
            j.finished_at.label("job_finished_at"),
        )
        .join(UNIT, UNIT.c.id == r.unit_id)
        .outerjoin(JOB, j.id == r.job_id)
    )  # fmt: skip


def _run_row(r: Any) -> RunRow:
    job = None
    if r.job_id is not None:
        job = JobProgress(
            r.job_id, r.job_status, r.stage, r.share, r.attempts, r.cancel_asked, r.error_code, r.queued_at,
            r.started_at, r.job_finished_at,
        )  # fmt: skip
    return RunRow(
        r.id, r.unit_id, r.unit_name, r.unit_path, r.as_of, r.trigger, r.status, r.policy_version, r.proposals,
        r.households_in_need, r.households_reached, r.created_at, r.finished_at, job,
    )  # fmt: skip


# ── the county table ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class CountyRow:
    """One union below the run's unit, counted in households."""

    unit_id: int
    unit_code: str
    name: str
    on_file: int = 0
    in_need: int = 0
    matched: int = 0
    delivered: int = 0
    reasons: dict[str, int] = field(default_factory=dict)  # main reason code → households

    @property
    def unmatched(self) -> int:
        return self.in_need - self.matched

    @property
    def is_beyond_files(self) -> bool:
        """More households in need than on file: some that ask for help have no file yet."""
        return self.in_need > self.on_file

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def county_table(session: Session, unit_id: int, run_id: int | None) -> list[CountyRow]:
    """The unions directly below a unit with their households: 在档, 有需求, 已对接, 已发放, and for those with
    nothing the main reason of the run for their most urgent need. The unit's own households have its own row."""
    home, child = UNIT.alias("home"), UNIT.alias("child")
    belongs = _belongs(home, child, unit_id)
    rows = _count_households(session, home, child, belongs)
    per_household = _states(home, child, belongs).subquery()
    s = per_household.c
    totals = select(
        s.child_id, func.count().label("in_need"), func.sum(s.matched).label("matched"),
        func.sum(s.delivered).label("delivered"),
    ).group_by(s.child_id)  # fmt: skip
    for r in session.execute(totals):
        row = rows[r.child_id]
        row.in_need, row.matched, row.delivered = int(r.in_need), int(r.matched), int(r.delivered)
    if run_id is not None:
        _add_reasons(session, rows, per_household, run_id)
    return [row for row in rows.values() if row.on_file or row.in_need]


def _belongs(home: Any, child: Any, unit_id: int) -> ColumnElement[bool]:
    """Whether a household's union lies at or below one of the unions directly below a unit, or is the unit itself."""
    below = and_(child.c.parent_id == unit_id, home.c.path.like(child.c.path.op("||")("%")))
    return or_(below, and_(child.c.id == unit_id, home.c.id == unit_id))


def _count_households(session: Session, home: Any, child: Any, belongs: Any) -> dict[int, CountyRow]:
    active = func.sum(case((HOUSEHOLD.c.file_status == FileStatus.ACTIVE, 1), else_=0))
    query = (
        select(child.c.id, child.c.code, active.label("on_file"))
        .select_from(HOUSEHOLD)
        .join(home, home.c.id == HOUSEHOLD.c.unit_id)
        .join(child, belongs)
        .group_by(child.c.id, child.c.code)
        .order_by(child.c.id)
    )
    counted = list(session.execute(query))
    names = names_of(session, [r.id for r in counted])
    return {r.id: CountyRow(r.id, r.code, names[r.id], int(r.on_file)) for r in counted}


def _states(home: Any, child: Any, belongs: Any) -> Select[Any]:
    """One row a household in need: its union, whether anything stands for it, whether anything was handed over."""
    p = PROPOSAL.c
    return (
        select(
            HOUSEHOLD.c.id.label("household_id"),
            child.c.id.label("child_id"),
            func.max(case((p.status.in_(LIVE), 1), else_=0)).label("matched"),
            func.max(case((p.status == ProposalStatus.DELIVERED, 1), else_=0)).label("delivered"),
        )
        .select_from(HOUSEHOLD)
        .join(home, home.c.id == HOUSEHOLD.c.unit_id)
        .join(child, belongs)
        .join(NEED, NEED.c.household_id == HOUSEHOLD.c.id)
        .outerjoin(PROPOSAL, p.need_id == NEED.c.id)
        .where(NEED.c.status.in_((NeedStatus.OPEN, NeedStatus.PROMISED, NeedStatus.MET)))
        .group_by(HOUSEHOLD.c.id, child.c.id)
    )


def _add_reasons(session: Session, rows: dict[int, CountyRow], states: Any, run_id: int) -> None:
    query = (
        select(states.c.child_id, states.c.household_id, UNMET.c.main_reason)
        .select_from(states)
        .join(NEED, NEED.c.household_id == states.c.household_id)
        .join(UNMET, and_(UNMET.c.need_id == NEED.c.id, UNMET.c.run_id == run_id))
        .where(states.c.matched == 0)
        .order_by(states.c.household_id, NEED.c.urgency.desc(), NEED.c.id)
    )
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    seen: set[int] = set()
    for child_id, household_id, main_reason in session.execute(query):
        if household_id not in seen:
            seen.add(household_id)
            counted[child_id][main_reason] += 1
    for child_id, reasons in counted.items():
        rows[child_id].reasons = dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))


def total_of(rows: Iterable[CountyRow]) -> CountyRow:
    """The last line of the table."""
    total = CountyRow(0, "", "")
    reasons: Counter[str] = Counter()
    for row in rows:
        total.on_file += row.on_file
        total.in_need += row.in_need
        total.matched += row.matched
        total.delivered += row.delivered
        reasons.update(row.reasons)
    total.reasons = dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
    return total


# ── what is short ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Waiting:
    """Needs of one category and unit that a run left open, over all unions below the run's unit.

    `households` and `remaining` are of families for whom nothing of the kind stands, `partly` families who get less
    than they asked for.
    """

    households: int = 0
    remaining: int = 0
    partly: int = 0
    oldest: date | None = None
    by_county: dict[str, int] = field(default_factory=dict)  # name → households, most first


def waiting_by_kind(session: Session, unit_id: int, run_id: int) -> dict[tuple[Category | None, str], Waiting]:
    """Who still waits after a run, by category and unit of quantity."""
    home, child = UNIT.alias("home"), UNIT.alias("child")
    served = select(PROPOSAL.c.need_id).where(PROPOSAL.c.status.in_(LIVE)).distinct().subquery()
    is_partly = case((served.c.need_id.is_not(None), 1), else_=0)
    query = (
        select(
            is_partly, NEED.c.category, NEED.c.unit, child.c.id, func.count(func.distinct(NEED.c.household_id)),
            func.sum(UNMET.c.remaining), func.min(NEED.c.created_on),
        )
        .select_from(UNMET)
        .join(NEED, NEED.c.id == UNMET.c.need_id)
        .join(HOUSEHOLD, HOUSEHOLD.c.id == NEED.c.household_id)
        .join(home, home.c.id == HOUSEHOLD.c.unit_id)
        .join(child, _belongs(home, child, unit_id))
        .outerjoin(served, served.c.need_id == NEED.c.id)
        .where(UNMET.c.run_id == run_id)
        .group_by(is_partly, NEED.c.category, NEED.c.unit, child.c.id)
        .order_by(func.count(func.distinct(NEED.c.household_id)).desc(), child.c.id)
    )  # fmt: skip
    found: dict[tuple[Category | None, str], Waiting] = defaultdict(Waiting)
    counted = list(session.execute(query))
    names = names_of(session, {row[3] for row in counted})
    for partly, category, unit, county_id, households, remaining, oldest in counted:
        entry = found[category, unit]
        if partly:
            entry.partly += int(households)
            continue
        entry.households += int(households)
        entry.remaining += int(remaining)
        entry.oldest = min(filter(None, (entry.oldest, oldest)), default=None)
        entry.by_county[names[county_id]] = int(households)
    return dict(found)


def division_names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Names of divisions by code."""
    division = SQLModel.metadata.tables["division"]
    rows = session.execute(select(division.c.code, division.c.name).where(division.c.code.in_(list(codes))))
    return {row.code: row.name for row in rows}


def offer_titles(session: Session, offer_ids: Iterable[int]) -> dict[int, str]:
    """Titles of the offers a run put a price on."""
    rows = session.execute(select(OFFER.c.id, OFFER.c.title).where(OFFER.c.id.in_(list(offer_ids))))
    return {row.id: row.title for row in rows}
