"""The past season as rows: one finished run, its proposals with every step, and what was handed over."""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from matcher.domain.terms import DeliveryStatus, ProposalAction, ProposalStatus, Role
from seeds import reference
from seeds.history import PastHelp
from seeds.rows import Ids, moment, plain, stamped
from seeds.world import World

Deciders = Mapping[tuple[Role, str], int]
"""Account ids of those who decide, by role and union code; counties without an account have nobody named."""


def run_row(world: World, unit_id: int, started_by: int | None) -> dict[str, Any]:
    """The nightly run of last season; its report holds only what it can answer for."""
    past = world.past
    policy = reference.policy(world.today)
    households = len({h.family for h in past.helps})
    none_left: dict[str, Any] = {"reached_weight": 0.0, "score": 0.0}
    return {
        "unit_id": unit_id,
        "as_of": past.ran_on,
        "trigger": "nightly",
        "started_by": started_by,
        "job_id": None,
        "status": "done",
        "policy_version": policy.version,
        "report": {
            "engine": {"name": "demo", "version": "demo"},
            "policy": {"version": policy.version},
            "as_of": past.ran_on.isoformat(),
            "counts": {
                "needs": len(past.needs),
                "offers": len(past.offers),
                "households": households,
                "proposals": len(past.helps),
                "needs_unmet": 0,
                "needs_served": len(past.needs),
            },
            "coverage": {"households": households, "reached": households, "reachable": households},
            "objective": {**none_left, "reached_households": households},
            "bound": none_left,
            "gap": none_left,
            "solver": "demo",
            "prices": {},
            "scarcity": [],
            "timings": {},
            "counties": [],
        },
        "proposals": len(past.helps),
        "households_in_need": households,
        "households_reached": households,
        "created_at": moment(past.ran_on, 2, 10),
        "finished_at": moment(past.ran_on, 2, 11),
    }


def proposal_row(
    help_: PastHelp, rank: int, run_id: int, ids: Ids, unit_id: int, deciders: Deciders, ran_on: date
) -> dict[str, Any]:
    decider = deciders.get((Role.CASEWORKER, help_.county_code))
    approver = deciders.get((Role.REVIEWER, help_.county_code)) if help_.is_money else None
    decided = moment(help_.confirmed_on, 10, rank % 60)
    last = moment(help_.delivered_on, 16) if help_.delivered_on else decided
    steps = 2 + help_.is_money + bool(help_.delivered_on)
    return stamped(
        ran_on,
        run_id=run_id,
        need_id=ids.needs[help_.need],
        offer_id=ids.offers[help_.offer],
        household_id=ids.households[help_.family],
        unit_id=unit_id,
        quantity=help_.quantity,
        proposed_quantity=help_.quantity,
        unit=help_.unit,
        is_money=help_.is_money,
        score=help_.score,
        parts=plain(help_.parts),
        maxima=plain(help_.maxima),
        reasons=[
            {"code": "SAME_CATEGORY", "params": {}},
            {"code": "WAITED_DAYS", "params": {"days": help_.waited_days}},
        ],
        against=None,
        alternatives=[],
        status=help_.status,
        rank=rank,
        need_version=1,
        offer_version=1,
        decided_by=decider,
        decided_at=decided,
        approved_by=approver,
        approved_at=moment(help_.confirmed_on, 15) if help_.is_money else None,
        decline_reason=None,
        hold_until=None,
        undo_until=None,
    ) | {"version": steps, "updated_at": last}


def step_rows(help_: PastHelp, proposal_id: int, rank: int, deciders: Deciders) -> list[dict[str, Any]]:
    """Every step as people would have taken it: confirm, approve (money only), deliver."""
    decider = deciders.get((Role.CASEWORKER, help_.county_code))
    waiting = ProposalStatus.AWAITING_APPROVAL if help_.is_money else ProposalStatus.CONFIRMED
    steps = [
        (ProposalAction.CONFIRM, ProposalStatus.PROPOSED, waiting, decider, moment(help_.confirmed_on, 10, rank % 60))
    ]
    if help_.is_money:
        approver = deciders.get((Role.REVIEWER, help_.county_code))
        steps.append(
            (ProposalAction.APPROVE, waiting, ProposalStatus.CONFIRMED, approver, moment(help_.confirmed_on, 15))
        )
    if help_.delivered_on:
        handed = moment(help_.delivered_on, 16)
        steps.append((ProposalAction.DELIVER, ProposalStatus.CONFIRMED, ProposalStatus.DELIVERED, decider, handed))
    return [
        {
            "proposal_id": proposal_id,
            "action": action,
            "from_status": before,
            "to_status": after,
            "quantity": help_.quantity,
            "reason": None,
            "from_unit_id": None,
            "to_unit_id": None,
            "by_account_id": by,
            "at": at,
        }
        for action, before, after, by, at in steps
    ]


HANDLERS = ("孙志远", "周桂英", "郑保平", "何春梅", "宋立新", "冯巧云")
"""Invented people who handed things over."""


def delivery_row(
    help_: PastHelp, proposal_id: int, ids: Ids, unit_id: int, deciders: Deciders, rng: Random
) -> dict[str, Any]:
    handed = help_.delivered_on
    return stamped(
        help_.confirmed_on,
        proposal_id=proposal_id,
        household_id=ids.households[help_.family],
        need_id=ids.needs[help_.need],
        offer_id=ids.offers[help_.offer],
        unit_id=unit_id,
        quantity=help_.quantity,
        unit=help_.unit,
        tier=help_.tier,
        duty=help_.duty,
        status=DeliveryStatus.DELIVERED if handed else DeliveryStatus.PENDING,
        confirmed_on=help_.confirmed_on,
        delivered_on=handed,
        handler=rng.choice(HANDLERS) if handed else None,
        marked_by=deciders.get((Role.CASEWORKER, help_.county_code)) if handed else None,
        marked_at=moment(handed, 16) if handed else None,
    )
