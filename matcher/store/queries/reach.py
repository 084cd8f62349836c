"""The reach of the acting person as a condition in SQL; `matcher.domain.access.within` says the same of one object."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false

from matcher.domain.access import DONOR_ROLES, Actor
from matcher.domain.terms import Role
from matcher.store.facts import HOUSEHOLD, UNIT, within


def of_units(actor: Actor, path: Any = UNIT.c.path) -> ColumnElement[bool]:
    """The actor's subtree; nothing for those who belong to no unit."""
    if actor.unit_path is None or actor.role in DONOR_ROLES or actor.role is Role.WORKER:
        return false()
    return within(path, actor.unit_path)


def of_cases(actor: Actor, path: Any = UNIT.c.path) -> ColumnElement[bool]:
    """Families, and what belongs to them, in the actor's subtree; of a contact person only their own families. Families
    whose data were erased are absent.

    The statement must join `household`.
    """
    return and_(of_money(actor, path), HOUSEHOLD.c.erased_at.is_(None))


def of_money(actor: Actor, path: Any = UNIT.c.path) -> ColumnElement[bool]:
    """The same for where goods and money went, which stays when a family's data are erased."""
    if actor.role is Role.CONTACT:
        return and_(of_units(actor, path), HOUSEHOLD.c.contact_account_id == actor.account_id)
    return of_units(actor, path)
