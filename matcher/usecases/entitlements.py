"""The checklist of state entitlements of one family (R20): the union's help comes on top of them, not instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from matcher.clock import business_date
from matcher.domain.access import Actor
from matcher.domain.network_terms import Entitlement, EntitlementState
from matcher.errors import StaleVersion
from matcher.store.tables import EntitlementCheck, Household
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.plans import editable_home


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody found out about one entitlement, and the version they saw (0: nobody had looked)."""

    state: EntitlementState
    seen_version: int = 0


def check_entitlements(
    household_id: int, found: Mapping[Entitlement, Looked], *, by: Actor, uow: UnitOfWork, now: datetime
) -> int:
    """Write down what was found, all or none; returns how many changed. What is as it was stays untouched.

    Raises NotFound, NotPermitted, or StaleVersion when a colleague wrote something else meanwhile.
    """
    with uow:
        household = uow.get(Household, household_id, lock=True)
        editable_home(uow, household, by)
        rows = uow.session.exec(select(EntitlementCheck).where(EntitlementCheck.household_id == household_id))
        known = {row.entitlement: row for row in rows}
        changed = [
            _write(uow, household_id, entitlement, looked, known.get(entitlement), by, now)
            for entitlement, looked in found.items()
        ]
        uow.commit()
        return sum(changed)


def _write(
    uow: UnitOfWork,
    household_id: int,
    entitlement: Entitlement,
    looked: Looked,
    row: EntitlementCheck | None,
    by: Actor,
    now: datetime,
) -> bool:
    if row is not None and row.state is looked.state:
        return False
    if row is None:
        if looked.seen_version:
            raise StaleVersion()
        row = EntitlementCheck(
            household_id=household_id,
            entitlement=entitlement,
            state=looked.state,
            checked_on=business_date(now),
            by_account_id=by.account_id,
            created_at=now,
            updated_at=now,
        )
        uow.add(row)
    else:
        uow.touch(row, seen_version=looked.seen_version, at=now)
        row.state, row.checked_on, row.by_account_id = looked.state, business_date(now), by.account_id
    uow.record(by, "plan:entitlement", row, at=now, entitlement=entitlement.value, state=looked.state.value)
    return True
