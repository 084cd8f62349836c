"""Referrals whose clock has run out: the unit above hears of it, step by step up to the top (R46)."""

from datetime import datetime

from sqlmodel import col, select

from matcher.domain import response
from matcher.domain.network_terms import ReferralAct, ReferralStatus, ResponseLane
from matcher.store.queries.referrals import late_referrals
from matcher.store.tables import Referral, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.referrals import step
from matcher.usecases.rules import Rules


def escalate_late_referrals(*, uow: UnitOfWork, now: datetime, rules: Rules) -> list[int]:
    """Tell the next unit above about every referral that is late; returns the referrals' ids.

    Each delay is told once a unit: whoever runs this twice, or at once in two places, tells it once. The unit that
    was told may act itself. Above the topmost there is nobody, so there it ends; the queue still shows the delay.
    """
    with uow:
        ids = late_referrals(uow.session, at=now)
    done = []
    for referral_id in ids:
        with uow:
            row = uow.get(Referral, referral_id, lock=True)
            if row.escalate_at is None or row.escalate_at > now:
                continue
            above = _next_above(uow, row)
            row.escalate_at = _again_at(row, rules, now) if above else None
            if above is not None:
                row.watch_unit_id, row.escalations, row.updated_at = above.id, row.escalations + 1, now
                step(uow, row, ReferralAct.ESCALATE, by=None, now=now, unit_id=above.id or 0)
                uow.tell(
                    "referral_late", dedupe=f"referral:{row.id}:late:{row.escalations}", at=now, send_after=now,
                    to_unit_id=above.id, params={"referral_id": row.id},
                )  # fmt: skip
                done.append(referral_id)
            uow.commit()
    return done


def _next_above(uow: UnitOfWork, row: Referral) -> Unit | None:
    """The nearest living unit above whoever has heard of it last, at first above the receiver."""
    below = uow.get(Unit, row.watch_unit_id or row.to_unit_id)
    ids = [int(part) for part in below.path.strip("/").split("/")][:-1]
    query = select(Unit).where(col(Unit.id).in_(ids), col(Unit.is_active).is_(True))
    found = sorted(uow.session.exec(query).all(), key=lambda unit: len(unit.path))
    return found[-1] if found else None


def _again_at(row: Referral, rules: Rules, now: datetime) -> datetime | None:
    """After the time there is for accepting, the next unit above hears of it."""
    lane = rules.policy.response.get(row.lane) or rules.policy.response.get(ResponseLane.ORDINARY) or {}
    clock = response.clock_for(ReferralStatus.SENT, lane)
    return response.due(now, clock, rules.calendar) if clock else None
