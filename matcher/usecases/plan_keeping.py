"""Keeping what a run proposes, in one short transaction that only the holder of the job's newest fence can make.

Of older proposals nobody has decided yet

- one that the new plan repeats (same need, offer, quantity, and neither side edited) keeps its row, so that a
  caseworker who has it open can still confirm it; it moves to the new run with its new rank, score and reasons;
- every other one is superseded.

Held, awaiting, confirmed and delivered proposals are never touched: their stock and their promise are facts.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, update

from matcher.domain.amounts import convertible, is_money
from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.reasons import Reason, ReasonCode
from matcher.domain.terms import OfferStatus, ProposalAction, ProposalStatus, RunStatus
from matcher.engine.plan import MatchPlan, PlannedProposal, Unmet
from matcher.store.facts import PROPOSAL, row_id
from matcher.store.queries.matching import (
    UNMET,
    NeedHead,
    OfferHead,
    Waiting,
    need_heads,
    offer_heads,
    waiting_proposals,
)
from matcher.store.queries.runs import county_table, total_of
from matcher.store.tables import MatchRun, ProposalStep
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases import jobs
from matcher.usecases.jobs import Lease
from matcher.usecases.rules import Rules

BATCH = 1000


@dataclass(frozen=True, slots=True)
class RunCard:
    """What a finished run did. `kept` proposals stood before, `superseded` ones no longer hold, `dropped` ones
    were overtaken by somebody's decision while the engine was computing."""

    run_id: int
    proposals: int
    kept: int
    superseded: int
    dropped: int
    unmet: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What the engine sees: one consistent snapshot of the subtree."""

    run_id: int
    unit_id: int
    unit_path: str
    as_of: date
    needs: NeedColumns
    offers: OfferColumns
    barred: frozenset[tuple[str, str]]
    need_heads: dict[int, NeedHead]
    offer_heads: dict[int, OfferHead]


@dataclass(frozen=True, slots=True)
class Draft:
    """A planned proposal with the rows it stands on."""

    need_id: int
    offer_id: int
    quantity: int  # in the offer's unit
    planned: PlannedProposal
    need: NeedHead
    offer: OfferHead


def write_plan(
    plan: MatchPlan, picture: Picture, *, lease: Lease, rules: Rules, uow: UnitOfWork, now: datetime
) -> RunCard:
    """Keep the plan in one transaction. Raises LeaseLost, Cancelled; then nothing is written."""
    with uow:
        jobs.finish_in(lease, uow=uow, now=now)
        session = uow.session
        drafts, dropped = _still_possible(_drafts(plan, picture), session, picture.unit_path)
        ranks = _ranks(drafts)
        waiting = {(old.need_id, old.offer_id): old for old in waiting_proposals(session, picture.unit_path)}
        kept = {pair: old for pair, old in waiting.items() if _repeats(old, drafts.get(pair))}
        model = str(plan.report["model"]["name"])
        maxima = {part.value: weight for part, weight in rules.policy.weights.items()}
        _supersede(session, [old for pair, old in waiting.items() if pair not in kept], now)
        fresh = [
            _new_row(d, ranks[pair], maxima, model, picture.run_id, now)
            for pair, d in drafts.items()
            if pair not in kept
        ]
        _insert(session, PROPOSAL, fresh)
        again = [(kept[pair].id, drafts[pair], ranks[pair]) for pair in kept]
        _refresh(session, again, maxima, model, picture.run_id)
        _insert(session, UNMET, [_unmet_row(unmet, picture.run_id) for unmet in plan.unmet])
        _close_run(uow, plan, picture, drafts, rules, now)
        card = RunCard(picture.run_id, len(drafts), len(kept), len(waiting) - len(kept), dropped, len(plan.unmet))
        run = uow.get(MatchRun, picture.run_id)
        uow.record(None, "run:finish", run, at=now, proposals=card.proposals, superseded=card.superseded)
        uow.commit()
    return card


def add_to_run(plan: MatchPlan, picture: Picture, *, rules: Rules, uow: UnitOfWork, now: datetime) -> int:
    """Keep a plan for what some needs still lack beside a run that is over; returns how many proposals. They come to
    the front of the queue; nothing that stands is touched."""
    session = uow.session
    drafts, _dropped = _still_possible(_drafts(plan, picture), session, picture.unit_path)
    model = str(plan.report["model"]["name"])
    maxima = {part.value: weight for part, weight in rules.policy.weights.items()}
    _insert(session, PROPOSAL, [_new_row(draft, 1, maxima, model, picture.run_id, now) for draft in drafts.values()])
    return len(drafts)


def _drafts(plan: MatchPlan, picture: Picture) -> list[Draft]:
    drafts = []
    for planned in plan.proposals:
        need_id, offer_id = row_id(planned.need_id), row_id(planned.offer_id)
        offer = picture.offer_heads[offer_id]
        ratio = convertible(planned.unit, offer.unit)
        quantity = int(planned.quantity * ratio) if ratio is not None else 0
        drafts.append(Draft(need_id, offer_id, quantity, planned, picture.need_heads[need_id], offer))
    return drafts


def _still_possible(
    drafts: Sequence[Draft], session: Session, unit_path: str
) -> tuple[dict[tuple[int, int], Draft], int]:
    """Leave out what was decided or edited while the engine was computing; best scores go first."""
    needs, offers = need_heads(session, unit_path), offer_heads(session)
    need_left = {need_id: head.left for need_id, head in needs.items()}
    offer_left = {offer_id: head.left for offer_id, head in offers.items()}
    possible: dict[tuple[int, int], Draft] = {}
    for draft in sorted(drafts, key=lambda d: (-d.planned.score, d.need_id, d.offer_id)):
        need, offer = needs.get(draft.need_id), offers[draft.offer_id]
        unchanged = (
            need is not None
            and need.is_open
            and need.version == draft.need.version
            and offer.version == draft.offer.version
            and offer.status == OfferStatus.OPEN
        )
        in_need_unit = _times(draft.quantity, offer.unit, draft.need.unit)
        fits = 0 < draft.quantity <= offer_left[draft.offer_id] and in_need_unit <= need_left.get(draft.need_id, 0)
        if unchanged and fits:
            possible[draft.need_id, draft.offer_id] = draft
            offer_left[draft.offer_id] -= draft.quantity
            need_left[draft.need_id] -= in_need_unit
    return dict(sorted(possible.items())), len(drafts) - len(possible)


def _times(quantity: int, unit: str, other: str) -> int:
    return int(quantity * (convertible(unit, other) or 1))


def _ranks(drafts: Mapping[tuple[int, int], Draft]) -> dict[tuple[int, int], int]:
    """Places in the queue of each deciding union: most urgent first, then nearest deadline, then best score."""
    by_unit: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for pair, draft in drafts.items():
        by_unit[draft.need.unit_id].append(pair)

    def place(pair: tuple[int, int]) -> tuple[int, date, int, tuple[int, int]]:
        draft = drafts[pair]
        return -draft.need.urgency, draft.need.deadline or date.max, -draft.planned.score, pair

    return {pair: rank for pairs in by_unit.values() for rank, pair in enumerate(sorted(pairs, key=place), start=1)}


def _repeats(old: Waiting, draft: Draft | None) -> bool:
    return draft is not None and (old.quantity, old.need_version, old.offer_version) == (
        draft.quantity,
        draft.need.version,
        draft.offer.version,
    )


# ── rows ───────────────────────────────────────────────────────────────────────────────────────────────────────


def reason_json(reason: Reason) -> dict[str, Any]:
    """A reason as it is stored: code and params, tuples as lists."""
    params = {name: list(value) if isinstance(value, tuple) else value for name, value in reason.params.items()}
    return {"code": reason.code.value, "params": params}


def _judgement(draft: Draft, rank: int, maxima: dict[str, int], model: str) -> dict[str, Any]:
    """What a newer run may say anew of the same pair."""
    planned = draft.planned
    return {
        "score": planned.score,
        "parts": {part.value: points for part, points in planned.parts.items()},
        "maxima": maxima,
        "reasons": [reason_json(reason) for reason in planned.reasons],
        "against": reason_json(planned.against) if planned.against else None,
        "alternatives": [
            {"offer_id": row_id(other.offer_id), "score": other.score, "why_not": reason_json(other.why_not)}
            for other in planned.alternatives
        ],
        "rank": rank,
        "signals": dict(planned.signals),
        "model": model,
    }


def _new_row(draft: Draft, rank: int, maxima: dict[str, int], model: str, run_id: int, now: datetime) -> dict[str, Any]:
    return _judgement(draft, rank, maxima, model) | {
        "run_id": run_id,
        "need_id": draft.need_id,
        "offer_id": draft.offer_id,
        "household_id": draft.need.household_id,
        "unit_id": draft.need.unit_id,
        "quantity": draft.quantity,
        "proposed_quantity": draft.quantity,
        "unit": draft.offer.unit,
        "is_money": is_money(draft.offer.unit),
        "status": ProposalStatus.PROPOSED,
        "need_version": draft.need.version,
        "offer_version": draft.offer.version,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }


def _unmet_row(unmet: Unmet, run_id: int) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "need_id": row_id(unmet.need_id),
        "remaining": unmet.remaining,
        "main_reason": _main_reason(unmet),
        "blocking": [[code.value, count] for code, count in unmet.blocking],
        "nearest_offer_id": row_id(unmet.nearest_offer) if unmet.nearest_offer is not None else None,
        "smallest_change": reason_json(unmet.smallest_change),
    }


def _main_reason(unmet: Unmet) -> str:
    """What the nearest offer fails on; else what refused most offers."""
    obstacle = unmet.smallest_change.params.get("obstacle")
    if isinstance(obstacle, str):
        return obstacle
    return unmet.blocking[0][0].value if unmet.blocking else ReasonCode.NO_OFFER.value


def _insert(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        session.execute(table.insert(), rows[start : start + BATCH])


def _refresh(
    session: Session, kept: list[tuple[int, Draft, int]], maxima: dict[str, int], model: str, run_id: int
) -> None:
    if not kept:
        return
    rows = [{"kept_id": id_, "run_id": run_id, **_judgement(draft, rank, maxima, model)} for id_, draft, rank in kept]
    session.execute(PROPOSAL.update().where(PROPOSAL.c.id == bindparam("kept_id")), rows)


def _supersede(session: Session, old: list[Waiting], now: datetime) -> None:
    for start in range(0, len(old), BATCH):
        part = old[start : start + BATCH]
        session.execute(
            PROPOSAL.update()
            .where(PROPOSAL.c.id.in_([proposal.id for proposal in part]))
            .values(status=ProposalStatus.SUPERSEDED, version=PROPOSAL.c.version + 1, updated_at=now)
        )
    steps = [
        {
            "proposal_id": proposal.id,
            "action": ProposalAction.SUPERSEDE,
            "from_status": proposal.status,
            "to_status": ProposalStatus.SUPERSEDED,
            "quantity": proposal.quantity,
            "at": now,
        }
        for proposal in old
    ]
    _insert(session, ProposalStep.metadata.tables["proposal_step"], steps)


def _close_run(
    uow: UnitOfWork,
    plan: MatchPlan,
    picture: Picture,
    drafts: Mapping[tuple[int, int], Draft],
    rules: Rules,
    now: datetime,
) -> None:
    """Figures of the run, with the county table as it stands at its end."""
    counties = county_table(uow.session, picture.unit_id, picture.run_id)
    total = total_of(counties)
    report = {**plan.report, "counties": [row.as_json() for row in counties]}
    values: dict[str, Any] = {
        "status": RunStatus.DONE,
        "policy_version": rules.policy.version,
        "report": report,
        "proposals": len(drafts),
        "households_in_need": total.in_need,
        "households_reached": total.matched,
        "finished_at": now,
    }
    uow.session.execute(update(MatchRun).where(col(MatchRun.id) == picture.run_id).values(**values))
