"""Reading what families asked about themselves: the queue of a union, and one's own."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from matcher.domain.access import Actor
from matcher.domain.identity import masked_name
from matcher.domain.rights import RightsKind, RightsState
from matcher.store.queries.reach import of_cases
from matcher.store.tables import Household, Proposal, ProposalStep, RightsRequest, Unit

MOST = 200


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request. `decided_here`: the reader took a step in this family's proposals."""

    id: int
    version: int
    household_id: int
    case_code: str
    masked_name: str
    unit_name: str
    kind: RightsKind
    state: RightsState
    text: str
    donor_types: list[str]
    asked_at: datetime
    asked_by: int
    due_on: date
    answer: str | None
    answered_at: datetime | None
    decided_here: bool = False


def list_requests(session: Session, actor: Actor, *, state: RightsState) -> list[RequestLine]:
    """Requests of families in reach: open ones by their last day, answered ones newest first; at most 200."""
    order = (RightsRequest.due_on, RightsRequest.id) if state is RightsState.OPEN else (col(RightsRequest.id).desc(),)
    decided = (
        select(ProposalStep.id)
        .join(Proposal, col(Proposal.id) == ProposalStep.proposal_id)
        .where(Proposal.household_id == RightsRequest.household_id, ProposalStep.by_account_id == actor.account_id)
        .correlate(RightsRequest)
        .exists()
    )
    query = (
        select(RightsRequest, Household, Unit.short_name, decided)
        .join(Household, col(Household.id) == RightsRequest.household_id)
        .join(Unit, col(Unit.id) == Household.unit_id)
        .where(RightsRequest.state == state, of_cases(actor))
        .order_by(*order)
        .limit(MOST)
    )
    return [_line(row, household, unit, bool(mine)) for row, household, unit, mine in session.exec(query)]


def own_requests(session: Session, actor: Actor) -> list[RequestLine]:
    """What the acting worker's family asked, newest first."""
    query = (
        select(RightsRequest, Household, Unit.short_name)
        .join(Household, col(Household.id) == RightsRequest.household_id)
        .join(Unit, col(Unit.id) == Household.unit_id)
        .where(RightsRequest.household_id == (actor.household_id or 0))
        .order_by(col(RightsRequest.id).desc())
        .limit(MOST)
    )
    return [_line(row, household, unit, False) for row, household, unit in session.exec(query)]


def own_consent(session: Session, actor: Actor) -> list[str]:
    """Donor kinds the acting worker's family agreed to."""
    household = session.get(Household, actor.household_id) if actor.household_id is not None else None
    return list(household.consent) if household else []


def _line(row: RightsRequest, household: Household, unit: str, decided_here: bool) -> RequestLine:
    return RequestLine(
        id=row.id or 0,
        version=row.version,
        household_id=row.household_id,
        case_code=household.case_code,
        masked_name=masked_name(household.head_name),
        unit_name=unit,
        kind=row.kind,
        state=row.state,
        text=row.text,
        donor_types=row.donor_types,
        asked_at=row.created_at,
        asked_by=row.asked_by,
        due_on=row.due_on,
        answer=row.answer,
        answered_at=row.answered_at,
        decided_here=decided_here,
    )
