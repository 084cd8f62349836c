"""Signing in and out, in one step or two; passwords as they are stored, and locks (SEC5)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import col, select, update

from matcher.domain.access import Actor
from matcher.domain.passwords import LONGEST_PASSWORD
from matcher.domain.terms import Role
from matcher.errors import NotFound
from matcher.settings import Settings
from matcher.store.tables import Account, SignIn
from matcher.store.unit_of_work import UnitOfWork

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class SignInCard:
    """An open sign-in: the token goes into the browser's cookie and is stored nowhere else."""

    token: str
    account_id: int
    role: Role
    locale: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a sign-in failed, told in the same words whether or not the account exists."""

    locked: bool = False


@dataclass(frozen=True, slots=True)
class Half:
    """The password was right; the code of the second step is still to come. Void once the password changes."""

    account_id: int
    password_print: str


def half_of(account: Account) -> Half:
    return Half(account.id or 0, token_hash(account.password_hash)[:32])


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def hashed(password: str) -> str:
    """Slow on purpose: before a transaction, never inside one."""
    return _hasher.hash(password)


def verified(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password[: LONGEST_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False


@cache
def _dummy_hash() -> str:
    """What an unknown name is checked against, so that it takes as long as a known one."""
    return _hasher.hash(secrets.token_hex(16))


def sign_in(
    username: str, password: str, *, settings: Settings, uow: UnitOfWork, now: datetime
) -> SignInCard | Half | Refusal:
    """Open a sign-in, ask for the second step, or say no. Unknown and known names get the same answer in the same time.

    After `sign_in_tries` wrong passwords this account rests for `sign_in_lock_minutes`; nobody else's does.
    The password is checked outside the writing transaction, because hashing is slow on purpose.
    """
    with uow.database.read() as store:
        seen = store.exec(select(Account).where(Account.username == username.strip().lower())).first()
    right = verified(seen.password_hash if seen else _dummy_hash(), password)
    if seen is None:
        return Refusal(locked=_phantom_locked(username, settings, now))
    with uow:
        account = uow.get(Account, seen.id, lock=True)
        if account.locked_until is not None and account.locked_until > now:
            return Refusal(locked=True)
        if not account.is_active or not right or account.password_hash != seen.password_hash:
            locked = count_wrong(account, settings, uow, now)
            uow.commit()
            return Refusal(locked=locked)
        if account.totp_since is not None:
            return half_of(account)
        card = open_sign_in(account, settings, uow, now)
        uow.commit()
    return card


def count_wrong(account: Account, settings: Settings, uow: UnitOfWork, now: datetime) -> bool:
    if account.locked_until is not None:  # an old lock is over: count from the start
        account.locked_until, account.failed_tries = None, 0
    account.failed_tries += 1
    if account.failed_tries < settings.sign_in_tries:
        return False
    account.locked_until = now + timedelta(minutes=settings.sign_in_lock_minutes)
    uow.record(None, "account:lock", account, at=now)
    return True


@dataclass(slots=True)
class _Phantom:
    tries: int = 0
    locked_until: datetime | None = None


_phantoms: dict[str, _Phantom] = {}
MOST_PHANTOMS = 10_000


def _phantom_locked(username: str, settings: Settings, now: datetime) -> bool:
    """Names that do not exist lock by the same steps as names that do, so that a lock tells nothing.

    Kept in memory as fingerprints; when there are too many of them, all are forgotten.
    """
    if len(_phantoms) > MOST_PHANTOMS:
        _phantoms.clear()
    phantom = _phantoms.setdefault(token_hash(username.strip().lower()), _Phantom())
    if phantom.locked_until is not None:
        if phantom.locked_until > now:
            return True
        phantom.tries, phantom.locked_until = 0, None
    phantom.tries += 1
    if phantom.tries < settings.sign_in_tries:
        return False
    phantom.locked_until = now + timedelta(minutes=settings.sign_in_lock_minutes)
    return True


def open_sign_in(account: Account, settings: Settings, uow: UnitOfWork, now: datetime) -> SignInCard:
    assert account.id is not None
    token = secrets.token_urlsafe(32)
    uow.add(
        SignIn(
            token_hash=token_hash(token),
            account_id=account.id,
            started_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=settings.session_hours),
        )
    )
    account.failed_tries, account.locked_until, account.last_sign_in_at = 0, None, now
    record_own(uow, account, "account:sign_in", now)
    return SignInCard(token, account.id, account.role, account.locale)


def record_own(uow: UnitOfWork, account: Account, action: str, now: datetime) -> None:
    """Write down what somebody did with their own account before a session stood."""
    assert account.id is not None
    by = Actor(account_id=account.id, role=account.role, unit_id=account.unit_id)
    uow.record(by, action, account, at=now)


def name_device(token: str, device: str, *, uow: UnitOfWork) -> None:
    """Which browser this sign-in is, for its owner's list; `device` is two words, nothing finer."""
    with uow:
        row = uow.session.get(SignIn, token_hash(token))
        if row is not None:
            row.device = device[:40]
            uow.commit()


def keep_sign_in(key: str, *, uow: UnitOfWork, now: datetime) -> None:
    """Note that a signed-in browser is still there. `key` is the token's fingerprint."""
    with uow:
        uow.session.exec(
            update(SignIn).where(col(SignIn.token_hash) == key, col(SignIn.ended_at).is_(None)).values(seen_at=now)
        )
        uow.commit()


def end_sign_in(key: str, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """End one of one's own sign-ins, here or on another machine. `key` is its fingerprint or the first 16 of it.

    Raises NotFound for anything that is not one's own.
    """
    if len(key) < 16:
        raise NotFound()
    with uow:
        mine = select(SignIn).where(
            SignIn.account_id == by.account_id, col(SignIn.token_hash).startswith(key, autoescape=True)
        )
        row = uow.session.exec(mine).first()
        if row is None:
            raise NotFound()
        row.ended_at = row.ended_at or now
        account = uow.get(Account, by.account_id)
        uow.record(by, "account:end_sign_in", account, at=now)
        uow.commit()


def end_all(account_id: int, uow: UnitOfWork, now: datetime) -> int:
    """End every open sign-in of an account; how many there were."""
    done = uow.session.exec(
        update(SignIn).where(col(SignIn.account_id) == account_id, col(SignIn.ended_at).is_(None)).values(ended_at=now)
    )
    return done.rowcount
