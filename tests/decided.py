"""A winter of decisions: two offers of quilts that read almost alike, of which people always took the same one.

The hand weights cannot tell which of the two; what people decided can.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from matcher.domain.terms import Category, DeclineReason, ProposalAction, ProposalStatus, Role
from matcher.store.tables import MatchRun, Proposal, ProposalStep
from tests import factories as make
from tests.factories import NOW

LONG_AGO, LATELY = NOW - timedelta(days=45), NOW - timedelta(days=5)
WISHES = ("厚棉被", "过冬的被子", "棉被和褥子", "一床新被子", "暖和的棉被")
PLACES = ("410823", "410825")


def decide(
    session: Session,
    proposal: Proposal,
    act: ProposalAction,
    *,
    at: datetime,
    by: int | None = None,
    reason: DeclineReason | None = None,
) -> None:
    """Write the step and the state of a decision as the use cases would."""
    to = {ProposalAction.CONFIRM: ProposalStatus.CONFIRMED, ProposalAction.DECLINE: ProposalStatus.DECLINED}[act]
    session.add(
        ProposalStep(
            proposal_id=proposal.id or 0, action=act, from_status=proposal.status, to_status=to, quantity=1, at=at,
            reason=reason, by_account_id=by, run_id=proposal.run_id, rank_shown=proposal.rank,
            signals=dict(proposal.signals), model=proposal.model, policy_version="jiaozuo-1",
        )
    )  # fmt: skip
    proposal.status, proposal.decline_reason = to, reason
    proposal.decided_by, proposal.decided_at = by, at
    session.add(proposal)


def a_winter(session: Session, *, taught: int = 105, tested: int = 24) -> None:
    """For each of `taught` needs long ago and `tested` needs lately, the first offer declined and the second taken."""
    offers = [
        make.an_offer(session, title=title, text=text, category=Category.WIN, unit="床", quantity=5000)
        for title, text in (("棉被", "棉被一批：厚棉被、被子"), ("棉被", "棉被一批：厚棉被、被子，送货上门"))
    ]
    counties = [make.a_county(session, code) for code in PLACES]
    homes = [make.a_household(session, unit=county) for county in counties]
    by = make.an_account(session, Role.CASEWORKER, unit=counties[0]).id
    run: MatchRun = make.a_run(session)
    for k in range(taught + tested):
        at = (LONG_AGO if k < taught else LATELY) + timedelta(minutes=k)
        text = f"天冷了，想要{WISHES[k % len(WISHES)]}，家里{k % 7 + 1}口人"
        home = homes[k % len(homes)]
        need = make.a_need(session, household=home, text=text, category=Category.WIN, unit="床", title="缺被子")
        made = [
            make.a_proposal(session, need=need, offer=offer, run=run, signals={"meaning": 0.8, "wording": 0.3})
            for offer in offers
        ]
        decide(session, made[0], ProposalAction.DECLINE, at=at, by=by, reason=DeclineReason.WRONG_ITEM)
        decide(session, made[1], ProposalAction.CONFIRM, at=at, by=by)
