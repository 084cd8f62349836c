"""What a person sees before deciding: the proposal in full, all hard rules on today's facts, the room there is."""

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from matcher.domain.access import Action, Actor, may
from matcher.domain.eligibility import Confirmation, confirmation_verdict, pair_verdict
from matcher.domain.lifecycle import HOLDING
from matcher.domain.reasons import Verdict
from matcher.domain.rulebook import Setting
from matcher.domain.terms import ProposalStatus
from matcher.store.facts import need_facts, offer_facts
from matcher.store.queries.proposal_detail import ProposalDetail, get_proposal
from matcher.store.queries.proposals import UnitChoice, hand_over_units
from matcher.usecases.casework import Room, room_for
from matcher.usecases.rules import Rules


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """`verdict` holds H20 for this very person too."""

    detail: ProposalDetail
    verdict: Verdict
    room: Room
    hand_over_to: list[UnitChoice]


def look_at_proposal(proposal_id: int, *, by: Actor, session: Session, as_of: date, rules: Rules) -> ProposalPage:
    """Everything the page shows; writes nothing. Raises NotFound outside one's reach."""
    detail = get_proposal(session, by, proposal_id, as_of=as_of)
    p = detail.proposal
    own = p.quantity if p.status in HOLDING else 0
    need = need_facts(session, detail.need.id, as_of, without_proposal=p.id)
    offer = offer_facts(session, detail.offer.id)
    need = replace(need, quantity=(need.quantity or 0) + own)
    offer = replace(offer, quantity=None if offer.quantity is None else offer.quantity + own)
    pair = pair_verdict(need, offer, policy=rules.policy, as_of=as_of, places=rules.places)
    act = Confirmation(
        actor_id=by.account_id,
        actor_unit_path=by.unit_path,
        need_unit_path=p.unit_path,
        is_approval=p.status is ProposalStatus.AWAITING_APPROVAL and may(by, Action.APPROVE_MONEY),
        confirmed_by=p.decided_by,
    )
    verdict = Verdict(pair.results + confirmation_verdict(act).results)
    room = room_for(need, offer, Setting(rules.policy, as_of, rules.places))
    return ProposalPage(detail, verdict, room, hand_over_units(session, by, p.unit_id))
