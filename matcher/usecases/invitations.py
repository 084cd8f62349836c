"""Inviting somebody to an account: a link that works once. They choose their own name and password (SEC5)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import select

from matcher.clock import business_date
from matcher.domain.access import DONOR_ROLES, Action, Actor, Reach
from matcher.domain.terms import Role
from matcher.errors import FieldProblem, InvalidFields, NotFound
from matcher.settings import Settings
from matcher.store.tables import Donor, Household, Invitation, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases import accounts, signing_in
from matcher.usecases.guard import require
from matcher.usecases.persons import person_index, require_compatible

OPEN_DAYS = 7


@dataclass(frozen=True, slots=True)
class InvitationInput:
    """Who is invited to what. `code`: a donor's or a family's, for those who belong to one instead of a unit."""

    role: Role | None
    display_name: str
    unit_id: int | None = None
    code: str = ""
    id_card: str = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """The token is told once, here; only its fingerprint is kept."""

    invitation_id: int
    token: str
    expires_at: datetime


def invite(told: InvitationInput, *, by: Actor, uow: UnitOfWork, now: datetime) -> Invited:
    """Open an invitation for seven days. Raises InvalidFields, NotPermitted, or NotFound for a unit elsewhere."""
    index = person_index(told.id_card, today=business_date(now))
    token = secrets.token_urlsafe(32)
    with uow:
        problems = [] if len(told.display_name.strip()) > 1 else [FieldProblem("display_name", "required")]
        if told.role is None:
            raise InvalidFields([*problems, FieldProblem("role", "required")])
        place, found = _place(uow, told, told.role, by)
        if problems or found:
            raise InvalidFields([*problems, *found])
        require_compatible(uow, index, told.role)
        row = uow.add(
            Invitation(
                token_hash=signing_in.token_hash(token), role=told.role, display_name=told.display_name.strip()[:40],
                person_index=index, by_account_id=by.account_id, created_at=now,
                expires_at=now + timedelta(days=OPEN_DAYS), **place,
            )
        )  # fmt: skip
        uow.record(by, "account:invite", row, at=now, role=told.role.value)
        uow.commit()
        return Invited(row.id or 0, token, row.expires_at)


def _place(uow: UnitOfWork, told: InvitationInput, role: Role, by: Actor) -> tuple[dict[str, Any], list[FieldProblem]]:
    """Where the account will belong, within reach of who invites; else what is wrong."""
    if role in DONOR_ROLES:
        donor = uow.session.exec(select(Donor).where(Donor.code == told.code.strip())).first()
        return _belongs(uow, "donor_id", donor, by)
    if role is Role.WORKER:
        family = uow.session.exec(select(Household).where(Household.case_code == told.code.strip())).first()
        return _belongs(uow, "household_id", family, by)
    if told.unit_id is None:
        return {}, [FieldProblem("unit_id", "choose_unit")]
    unit = uow.get(Unit, told.unit_id)
    require(by, Action.SEE_ACCOUNTS, Reach(unit_path=unit.path))
    return {"unit_id": told.unit_id}, [] if unit.is_active else [FieldProblem("unit_id", "unit_is_closed")]


def _belongs(
    uow: UnitOfWork, name: str, owner: Donor | Household | None, by: Actor
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """What lies elsewhere is unknown, exactly as what does not exist."""
    try:
        if owner is not None and owner.id is not None:
            require(by, Action.SEE_ACCOUNTS, Reach(unit_path=uow.get(Unit, owner.unit_id).path))
            return {name: owner.id}, []
    except NotFound:
        pass
    return {}, [FieldProblem("code", "unknown_place_code")]


def cancel_invitation(invitation_id: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """Take an open invitation back. Raises NotFound (absent, elsewhere or no longer open) or NotPermitted."""
    with uow:
        row = uow.get(Invitation, invitation_id, lock=True)
        require(by, Action.SEE_ACCOUNTS, Reach(unit_path=_path(uow, row)))
        if not is_open(row, now):
            raise NotFound()
        row.cancelled_at = now
        uow.record(by, "account:cancel_invitation", row, at=now)
        uow.commit()


def accept_invitation(
    token: str, username: str, password: str, *, settings: Settings, uow: UnitOfWork, now: datetime
) -> signing_in.SignInCard:
    """Make the account and sign in. Raises NotFound for a link that does not or no longer work, or InvalidFields."""
    username = username.strip().lower()
    problems = accounts.name_problems(username, password, settings.password_profile)
    secret = signing_in.hashed(password) if not problems else ""
    with uow:
        row = find_open(uow, token, now)
        if problems:
            raise InvalidFields(problems)
        account = accounts.add_account(
            uow, username=username, role=row.role, password_hash=secret, display_name=row.display_name,
            unit_id=row.unit_id, donor_id=row.donor_id, household_id=row.household_id, person_index=row.person_index,
            locale="", now=now,
        )  # fmt: skip
        row.used_at, row.account_id = now, account.id
        uow.record(None, "account:create", account, at=now, role=row.role.value)
        card = signing_in.open_sign_in(account, settings, uow, now)
        uow.commit()
        return card


def find_open(uow: UnitOfWork, token: str, now: datetime) -> Invitation:
    query = select(Invitation).where(Invitation.token_hash == signing_in.token_hash(token)).with_for_update()
    row = uow.session.exec(query).first()
    if row is None or not is_open(row, now):
        raise NotFound("no_such_invitation")
    return row


def is_open(row: Invitation, now: datetime) -> bool:
    return row.used_at is None and row.cancelled_at is None and row.expires_at > now


def _path(uow: UnitOfWork, row: Invitation) -> str | None:
    unit_id = row.unit_id
    if row.donor_id is not None:
        unit_id = uow.get(Donor, row.donor_id).unit_id
    elif row.household_id is not None:
        unit_id = uow.get(Household, row.household_id).unit_id
    return uow.get(Unit, unit_id).path if unit_id is not None else None
