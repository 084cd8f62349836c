"""Accounts: creating them, passwords, stopping and starting (SEC5)."""

import re
import secrets
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from matcher.clock import business_date
from matcher.domain.access import Action, Actor, Reach, may
from matcher.domain.network_terms import PasswordProfile
from matcher.domain.passwords import REMEMBERED, weakness
from matcher.domain.terms import Role
from matcher.errors import FieldProblem, InvalidFields, NotFound, NotPermitted
from matcher.settings import Settings
from matcher.store.queries.accounts import former_hashes, remember_password
from matcher.store.tables import Account, Donor, Household, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.persons import person_index, require_compatible
from matcher.usecases.signing_in import SignInCard, end_all, hashed, open_sign_in, verified

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def check_password(
    password: str, username: str, *, field: str = "password", profile: PasswordProfile = PasswordProfile.ASVS
) -> list[FieldProblem]:
    """What is wrong with a new password, beside its field; see `matcher.domain.passwords`."""
    found = weakness(password, username, profile)
    return [FieldProblem(field, found[0], found[1])] if found else []


def fresh_password() -> str:
    """A random password of three groups of four: about 59 bits, easy to read out over a telephone."""
    return "-".join("".join(secrets.choice(LETTERS) for _i in range(4)) for _j in range(3))


def create_account(
    *,
    username: str,
    role: Role,
    password: str,
    unit_id: int | None = None,
    donor_id: int | None = None,
    household_id: int | None = None,
    display_name: str,
    locale: str = "",
    is_demo: bool = False,
    id_card: str = "",
    by: Actor | None,
    uow: UnitOfWork,
    now: datetime,
) -> int:
    """Create an account in one role at one unit, donor or household; returns its id.

    `by` is None only while an installation is set up. `locale` is "zh", "en", or "" for what the browser asks. With
    `id_card` the person behind it is known by an index, and roles that do not go together are refused.
    Raises NotPermitted, NotFound (a unit outside one's reach) or InvalidFields.
    """
    problems = name_problems(username, password)
    if problems:
        raise InvalidFields(problems)
    index, secret = person_index(id_card, today=business_date(now)), hashed(password)
    with uow:
        if by is not None:
            unit = uow.get(Unit, unit_id) if unit_id is not None else None
            _require(by, unit.path if unit else None)
        account = add_account(
            uow, username=username, role=role, password_hash=secret, display_name=display_name,
            unit_id=unit_id, donor_id=donor_id, household_id=household_id, locale=locale, is_demo=is_demo,
            person_index=index, now=now,
        )  # fmt: skip
        uow.record(by, "account:create", account, at=now, role=str(role))
        uow.commit()
        assert account.id is not None
        return account.id


def name_problems(username: str, password: str, profile: PasswordProfile = PasswordProfile.ASVS) -> list[FieldProblem]:
    """What is wrong with the name and password of a new account."""
    problems = [] if USERNAME.fullmatch(username) else [FieldProblem("username", "username_form")]
    return problems + check_password(password, username, profile=profile)


def add_account(uow: UnitOfWork, *, now: datetime, **fields: Any) -> Account:
    """The row of a new account, its name free and its role fit for the person. Raises InvalidFields."""
    if uow.session.exec(select(Account.id).where(Account.username == fields["username"])).first() is not None:
        raise InvalidFields([FieldProblem("username", "username_taken")])
    require_compatible(uow, fields.get("person_index"), fields["role"])
    return uow.add(Account(password_changed_at=now, created_at=now, updated_at=now, **fields))


def change_password(old: str, new: str, *, by: Actor, settings: Settings, uow: UnitOfWork, now: datetime) -> SignInCard:
    """Change one's own password: all sign-ins end, and a fresh one opens for the browser that did it.

    Raises InvalidFields with `old_password` or `new_password`.
    """
    with uow.database.read() as store:
        seen = store.get(Account, by.account_id)
        former = former_hashes(store, by.account_id)
    if seen is None:
        raise NotFound()
    profile = settings.password_profile
    problems = check_password(new, seen.username, field="new_password", profile=profile)
    if not verified(seen.password_hash, old):
        problems.append(FieldProblem("old_password", "password_wrong"))
    elif old == new:
        problems.append(FieldProblem("new_password", "password_same"))
    elif profile is PasswordProfile.DENGBAO and not problems and any(verified(used, new) for used in former):
        problems.append(FieldProblem("new_password", "password_used", {"last": REMEMBERED}))
    if problems:
        raise InvalidFields(problems)
    fresh = hashed(new)
    with uow:
        account = uow.get(Account, by.account_id, lock=True)
        _set_password(account, fresh, uow, now)
        uow.record(by, "account:change_password", account, at=now)
        card = open_sign_in(account, settings, uow, now)
        uow.commit()
    return card


def _set_password(account: Account, fresh: str, uow: UnitOfWork, now: datetime) -> None:
    assert account.id is not None
    end_all(account.id, uow, now)
    remember_password(uow.session, account.id, account.password_hash, until=now)
    account.password_hash, account.password_changed_at = fresh, now
    account.must_change_password = False
    account.failed_tries, account.locked_until = 0, None
    uow.touch(account, seen_version=None, at=now)


def reset_password(username: str, password: str, *, by: Actor | None, uow: UnitOfWork, now: datetime) -> None:
    """Give an account a new password; its sign-ins end. `by` is None on the command line of the machine itself.

    One that an administrator gave must be changed at the next sign-in.

    Raises NotFound (absent or outside one's reach), NotPermitted or InvalidFields.
    """
    problems = check_password(password, username)
    if problems:
        raise InvalidFields(problems)
    fresh = hashed(password)
    with uow:
        account = account_in_reach(username, by, uow)
        _set_password(account, fresh, uow, now)
        account.must_change_password = by is not None
        uow.record(by, "account:reset_password", account, at=now)
        uow.commit()


def set_demo_password(password: str, *, uow: UnitOfWork, now: datetime) -> int:
    """Give all demo accounts this password where it differs; returns how many changed. Raises InvalidFields."""
    problems = check_password(password, "")
    if problems:
        raise InvalidFields(problems)
    with uow:
        accounts = uow.session.exec(select(Account).where(col(Account.is_demo).is_(True))).all()
        changed = [account for account in accounts if not verified(account.password_hash, password)]
        for account in changed:
            _set_password(account, hashed(password), uow, now)
            uow.record(None, "account:reset_password", account, at=now)
        uow.commit()
    return len(changed)


def set_active(username: str, active: bool, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """Stop an account (its sign-ins end) or start it again. Nobody stops themselves.

    Raises NotFound, NotPermitted, or InvalidFields when the person has taken another role that does not go with it.
    """
    with uow:
        account = account_in_reach(username, by, uow)
        if account.id == by.account_id:
            raise NotPermitted()
        if active:
            require_compatible(uow, account.person_index, account.role, but=account.id)
        account.is_active = active
        if not active and account.id is not None:
            end_all(account.id, uow, now)
        uow.touch(account, seen_version=None, at=now)
        uow.record(by, "account:start" if active else "account:stop", account, at=now)
        uow.commit()


def end_sign_ins(username: str, *, by: Actor, uow: UnitOfWork, now: datetime) -> int:
    """End every open sign-in of somebody else's account; how many there were. Raises NotFound or NotPermitted."""
    with uow:
        account = account_in_reach(username, by, uow)
        if account.id is None or account.id == by.account_id:
            raise NotPermitted()
        ended = end_all(account.id, uow, now)
        uow.record(by, "account:end_sign_ins", account, at=now)
        uow.commit()
        return ended


def unlock(username: str, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """Let an account that was locked after wrong passwords try again at once. Raises NotFound or NotPermitted."""
    with uow:
        account = account_in_reach(username, by, uow)
        account.failed_tries, account.locked_until = 0, None
        uow.record(by, "account:unlock", account, at=now)
        uow.commit()


def choose_language(locale: str, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """Remember which language a person wants to read."""
    if locale not in {"zh", "en"}:
        raise InvalidFields([FieldProblem("locale", "unknown_choice")])
    with uow:
        account = uow.get(Account, by.account_id)
        account.locale, account.updated_at = locale, now
        uow.commit()


def account_in_reach(username: str, by: Actor | None, uow: UnitOfWork) -> Account:
    account = uow.session.exec(select(Account).where(Account.username == username.strip().lower())).first()
    if account is None:
        raise NotFound("no_such_account")
    if by is not None:
        _require(by, _place_of(account, uow))
    return account


def _place_of(account: Account, uow: UnitOfWork) -> str | None:
    unit_id = account.unit_id
    if unit_id is None and account.donor_id is not None:
        unit_id = uow.get(Donor, account.donor_id).unit_id
    elif unit_id is None and account.household_id is not None:
        unit_id = uow.get(Household, account.household_id).unit_id
    return uow.get(Unit, unit_id).path if unit_id is not None else None


def _require(by: Actor, unit_path: str | None) -> None:
    if not may(by, Action.SEE_ACCOUNTS):
        raise NotPermitted()
    if not may(by, Action.SEE_ACCOUNTS, Reach(unit_path=unit_path)):
        raise NotFound()
