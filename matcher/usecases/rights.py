"""What families ask about themselves: reasons, a second look by a person, corrections, an end of consent (R58, H19).

A request is answered by somebody of the union that looks after the family; a second look by somebody who has not taken
a step in the family's proposals. Consent ends at once: nothing is asked back, and what was delivered stays.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from matcher.clock import business_date
from matcher.domain.access import Action, Actor, Reach, may
from matcher.domain.file_rules import FileRules
from matcher.domain.file_terms import Section
from matcher.domain.lifecycle import move
from matcher.domain.retention import ErasureCause, RetentionRules, Running, earliest
from matcher.domain.rights import RightsKind, RightsState
from matcher.domain.terms import DonorType, ProposalStatus, Role
from matcher.domain.terms import ProposalAction as Act
from matcher.errors import Conflict, FieldProblem, InvalidFields, NotFound, NotPermitted, WrongState
from matcher.store.tables import (
    Donor,
    FileSection,
    HardshipFile,
    Household,
    Offer,
    Proposal,
    ProposalStep,
    RightsRequest,
    Unit,
)
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.casework import lock_sides, take_step
from matcher.usecases.file_case import latest_sections
from matcher.usecases.guard import reach_of_family, require
from matcher.usecases.retention import announce, times_of_family

SHORTEST, LONGEST = 5, 1000
MOST_OPEN = 10
"""Requests of one family that can wait at once."""
CONSENT_ENDED = "consent_ended"
UNDECIDED = (ProposalStatus.PROPOSED, ProposalStatus.HANDED_OVER, ProposalStatus.HELD)


class NotThisAnswerer(NotPermitted):
    """Whoever decided before does not look at it the second time."""

    code = "not_this_answerer"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was filed, and how many undecided proposals an end of consent has ended."""

    id: int
    ended: int = 0


def ask(
    kind: RightsKind | None,
    text: str,
    *,
    donor_types: Iterable[DonorType] = (),
    household_id: int | None,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    rules: FileRules,
) -> Asked:
    """File a request: a worker for the own family, a caseworker for one in reach that came in person.

    Raises InvalidFields beside `kind`, `text` or `donor_types`, NotFound, Conflict when very many wait.
    """
    donors = sorted(set(donor_types))
    with uow:
        household = _family(uow, household_id, by)
        problems = [] if kind else [FieldProblem("kind", "required")]
        if kind is not RightsKind.WITHDRAW and len(text.strip()) < SHORTEST:
            problems.append(FieldProblem("text", "rights_too_short"))
        if len(text) > LONGEST:
            problems.append(FieldProblem("text", "too_long", {"most": LONGEST}))
        if kind is RightsKind.WITHDRAW and not set(donors) & set(household.consent):
            problems.append(FieldProblem("donor_types", "no_such_consent"))
        if problems or kind is None:
            raise InvalidFields(problems)
        waiting = select(RightsRequest.id).where(
            RightsRequest.household_id == household.id, RightsRequest.state == RightsState.OPEN
        )
        if len(uow.session.exec(waiting).all()) >= MOST_OPEN:
            raise Conflict("many_requests")
        row = RightsRequest(
            household_id=household.id or 0,
            kind=kind,
            text=text.strip(),
            donor_types=[donor.value for donor in donors] if kind is RightsKind.WITHDRAW else [],
            asked_by=by.account_id,
            due_on=rules.calendar.after(business_date(now), rules.clocks.answer_working_days),
            created_at=now,
            updated_at=now,
        )
        uow.add(row)
        uow.record(by, "rights:ask", row, at=now, kind=kind.value)
        ended = _end_consent(uow, household, donors, by, now) if kind is RightsKind.WITHDRAW else 0
        uow.commit()
        return Asked(row.id or 0, ended)


def answer(
    request_id: int,
    words: str,
    *,
    agreed: bool | None = None,
    seen_version: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    keep: RetentionRules | None = None,
) -> None:
    """Answer a request; the family reads it on its own page. Where erasure was asked for, `agreed` says whether the
    family goes on the list of erasures, which `keep` must allow.

    Raises NotFound, NotPermitted (NotThisAnswerer for a second look by whoever decided), InvalidFields, WrongState,
    StaleVersion.
    """
    with uow:
        row = uow.get(RightsRequest, request_id, lock=True)
        household = uow.get(Household, row.household_id)
        require(by, Action.ANSWER_RIGHTS, reach_of_family(household, uow.get(Unit, household.unit_id)))
        if row.state is not RightsState.OPEN:
            raise WrongState(state=row.state.value, wanted="answer")
        if row.asked_by == by.account_id or (row.kind is RightsKind.REVIEW and has_decided(uow, row.household_id, by)):
            raise NotThisAnswerer()
        if len(words.strip()) < SHORTEST or len(words) > LONGEST:
            raise InvalidFields([FieldProblem("answer", "answer_length", {"most": LONGEST})])
        if row.kind is RightsKind.ERASE:
            _settle_erasure(uow, row.household_id, agreed, keep, by, now)
        uow.touch(row, seen_version=seen_version, at=now)
        row.state, row.answer = RightsState.ANSWERED, words.strip()
        row.answered_by, row.answered_at = by.account_id, now
        uow.record(by, "rights:answer", row, at=now, kind=row.kind.value)
        uow.commit()


def _settle_erasure(
    uow: UnitOfWork, household_id: int, agreed: bool | None, keep: RetentionRules | None, by: Actor, now: datetime
) -> None:
    if agreed is None or keep is None:
        raise InvalidFields([FieldProblem("agreed", "choose_answer")])
    if not agreed:
        return
    today = business_date(now)
    times = times_of_family(uow, household_id, today)
    first = earliest(times, keep, asked=True)
    if first is None:
        raise InvalidFields(
            [FieldProblem("agreed", "erase_not_yet", {"why": tuple(r for r in Running if r in times.running)})]
        )
    if first > today:
        raise InvalidFields([FieldProblem("agreed", "erase_not_before", {"day": first.isoformat()})])
    announce(uow, household_id, ErasureCause.ASKED, today, keep.asked_days, by, now)


def has_decided(uow: UnitOfWork, household_id: int, by: Actor) -> bool:
    """Whether somebody took a step in a proposal of this family."""
    mine = (
        select(ProposalStep.id)
        .join(Proposal, col(Proposal.id) == ProposalStep.proposal_id)
        .where(Proposal.household_id == household_id, ProposalStep.by_account_id == by.account_id)
    )
    return uow.session.exec(mine).first() is not None


def _family(uow: UnitOfWork, household_id: int | None, by: Actor) -> Household:
    if by.role is Role.WORKER:
        household_id = by.household_id
    if household_id is None:
        raise NotFound()
    row = uow.get(Household, household_id, lock=True)
    if by.role is Role.WORKER:
        if not may(by, Action.SEE_OWN_NEEDS, Reach(household_id=row.id)):
            raise NotFound()
        return row
    require(by, Action.ASK_RIGHTS, reach_of_family(row, uow.get(Unit, row.unit_id)))
    return row


def _end_consent(uow: UnitOfWork, household: Household, donors: list[DonorType], by: Actor, now: datetime) -> int:
    """Take donor kinds out of the consent, in the file too, and end what was proposed with them and not yet decided."""
    household.consent = [kind for kind in household.consent if kind not in donors]
    uow.touch(household, seen_version=None, at=now)
    file = uow.session.exec(select(HardshipFile).where(HardshipFile.household_id == household.id)).first()
    bank = latest_sections(uow, file.id or 0).get(Section.BANK) if file else None
    if bank is not None:
        told = json.loads(bank.content)
        told["consent"] = [kind for kind in told.get("consent", []) if kind not in donors]
        uow.add(
            FileSection(
                file_id=bank.file_id, section=Section.BANK, revision=bank.revision + 1,
                content=json.dumps(told, ensure_ascii=False), by_account_id=by.account_id, at=now,
            )
        )  # fmt: skip
    undecided = (
        select(Proposal)
        .join(Offer, col(Offer.id) == Proposal.offer_id)
        .join(Donor, col(Donor.id) == Offer.donor_id)
        .where(
            Proposal.household_id == household.id,
            col(Proposal.status).in_(UNDECIDED),
            col(Donor.donor_type).in_(donors),
        )
        .order_by(col(Proposal.id))
    )
    ended = uow.session.exec(undecided).all()
    for proposal in ended:
        to = move(proposal.status, Act.EXPIRE)
        take_step(uow, lock_sides(uow, proposal), Act.EXPIRE, to=to, by=None, at=now, reason=CONSENT_ENDED)
        proposal.hold_until = None
    return len(ended)
