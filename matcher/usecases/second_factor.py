"""The second step of signing in: a code of six digits from an app (TOTP, RFC 6238), beside the password.

The secret is sealed like every other secret. A code counts once, and for half a minute before and after its time, since
clocks of telephones differ. Somebody who lost the telephone signs in with one of eight recovery codes, each once, or
asks the security administrator; that ends the second step and every sign-in of the account.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp

from matcher.domain.access import Actor
from matcher.domain.passwords import wants_second_step
from matcher.errors import FieldProblem, InvalidFields, NotPermitted, WrongState
from matcher.settings import Settings
from matcher.store.tables import Account
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.accounts import account_in_reach
from matcher.usecases.signing_in import (
    Half,
    Refusal,
    SignInCard,
    count_wrong,
    end_all,
    half_of,
    open_sign_in,
    record_own,
)

ISSUER = "暖流 Nuanliu"
STEP = 30  # seconds
AROUND = (0, -1, 1)  # steps whose code counts
RECOVERY_CODES = 8
RECOVERY_BYTES = 10  # 80 random bits, so that a plain fingerprint is enough


@dataclass(frozen=True, slots=True)
class Beginning:
    """What an app needs: the secret in base32, and the same as an address for a QR code."""

    secret: str
    uri: str


def finish(half: Half, code: str, *, settings: Settings, uow: UnitOfWork, now: datetime) -> SignInCard | Refusal:
    """Open the sign-in whose password was right, with a right code; a wrong one counts like a wrong password."""
    with uow:
        account = uow.session.get(Account, half.account_id, with_for_update=True)
        if account is None or half_of(account) != half or not account.is_active:
            return Refusal()
        if account.locked_until is not None and account.locked_until > now:
            return Refusal(locked=True)
        right = account.totp_since is None or accepts(account, code, now) or _uses_recovery(account, code, uow, now)
        if right:
            result: SignInCard | Refusal = open_sign_in(account, settings, uow, now)
        else:
            result = Refusal(count_wrong(account, settings, uow, now))
        uow.commit()
        return result


def begin(*, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """Make a secret for one's own account; it counts from the first right code on. Raises WrongState when one does."""
    with uow:
        account = uow.get(Account, by.account_id, lock=True)
        if account.totp_since is not None:
            raise WrongState(state="on", wanted="begin")
        account.totp_secret, account.totp_last_step = pyotp.random_base32(), None
        uow.touch(account, seen_version=None, at=now)
        uow.record(by, "account:second_step_begin", account, at=now)
        uow.commit()


def beginning(*, by: Actor, uow: UnitOfWork) -> Beginning | None:
    """The secret that waits for its first code; None when there is none, or when it counts already: shown no more."""
    with uow.database.read() as store:
        account = store.get_one(Account, by.account_id)
        if account.totp_secret is None or account.totp_since is not None:
            return None
        uri = pyotp.TOTP(account.totp_secret).provisioning_uri(name=account.username, issuer_name=ISSUER)
        return Beginning(account.totp_secret, uri)


def confirm(code: str, *, by: Actor, settings: Settings, uow: UnitOfWork, now: datetime) -> SignInCard:
    """Switch the second step on with its first right code; all sign-ins end, and a fresh one opens for this browser.

    Raises InvalidFields beside `code`, WrongState when nothing was begun or it is on already.
    """
    with uow:
        account = uow.get(Account, by.account_id, lock=True)
        if account.totp_secret is None or account.totp_since is not None:
            raise WrongState(state="off" if account.totp_secret is None else "on", wanted="confirm")
        if not accepts(account, code, now):
            raise InvalidFields([FieldProblem("code", "code_wrong")])
        account.totp_since = now
        end_all(by.account_id, uow, now)
        uow.touch(account, seen_version=None, at=now)
        uow.record(by, "account:second_step_on", account, at=now)
        card = open_sign_in(account, settings, uow, now)
        uow.commit()
        return card


def switch_off(code: str, *, by: Actor, settings: Settings, uow: UnitOfWork, now: datetime) -> None:
    """Give up one's own second step, with a right code. Raises NotPermitted where the installation wants one,
    InvalidFields beside `code`, WrongState when it is off."""
    if wants_second_step(by.role, settings.second_factor):
        raise NotPermitted()
    with uow:
        account = uow.get(Account, by.account_id, lock=True)
        if account.totp_since is None:
            raise WrongState(state="off", wanted="off")
        if not accepts(account, code, now):
            raise InvalidFields([FieldProblem("code", "code_wrong")])
        _forget(account, by, uow, now)
        uow.commit()


def take_away(username: str, *, by: Actor | None, uow: UnitOfWork, now: datetime) -> None:
    """End the second step of somebody who lost it, and all their sign-ins. `by` is None on the command line.

    Raises NotFound or NotPermitted; WrongState when there is none; nobody takes away their own.
    """
    with uow:
        account = account_in_reach(username, by, uow)
        if by is not None and account.id == by.account_id:
            raise NotPermitted()
        if account.totp_secret is None:
            raise WrongState(state="off", wanted="off")
        end_all(account.id or 0, uow, now)
        _forget(account, by, uow, now)
        uow.commit()


def make_recovery_codes(code: str, *, by: Actor, uow: UnitOfWork, now: datetime) -> tuple[str, ...]:
    """Eight new recovery codes for one's own account, told once; the ones before count no more.

    The first ones need no code, since one was just given. Raises InvalidFields beside `code`, WrongState when the
    second step is off.
    """
    with uow:
        account = uow.get(Account, by.account_id, lock=True)
        if account.totp_since is None:
            raise WrongState(state="off", wanted="codes")
        fresh = account.totp_since == now and not account.recovery_codes
        if not fresh and not accepts(account, code, now):
            raise InvalidFields([FieldProblem("recovery_code", "code_wrong")])
        told = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
        account.recovery_codes = [_print_of(one) for one in told]
        uow.touch(account, seen_version=None, at=now)
        uow.record(by, "account:recovery_codes", account, at=now)
        uow.commit()
        return told


def recovery_codes_left(*, by: Actor, uow: UnitOfWork) -> int:
    """How many of one's recovery codes were not used yet."""
    with uow.database.read() as store:
        return len(store.get_one(Account, by.account_id).recovery_codes)


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode()
    return "-".join(text[n : n + 4] for n in range(0, len(text), 4))


def _print_of(code: str) -> str:
    return hashlib.sha256("".join(c for c in code.upper() if c.isalnum()).encode()).hexdigest()


def _uses_recovery(account: Account, code: str, uow: UnitOfWork, now: datetime) -> bool:
    """Whether this is one of the recovery codes left; a right one is used by that, and that it was is written down."""
    told = _print_of(code)
    if told not in account.recovery_codes:
        return False
    account.recovery_codes = [one for one in account.recovery_codes if one != told]
    record_own(uow, account, "account:recovery_code_used", now)
    return True


def accepts(account: Account, code: str, now: datetime) -> bool:
    """Whether the code is right and was not used before; a right one is used by that."""
    told = "".join(code.split())
    if account.totp_secret is None or not (told.isascii() and told.isdigit()):
        return False
    totp, step = pyotp.TOTP(account.totp_secret), int(now.timestamp()) // STEP
    for counter in (step + around for around in AROUND):
        if pyotp.utils.strings_equal(totp.generate_otp(counter), told):
            if account.totp_last_step is not None and counter <= account.totp_last_step:
                return False
            account.totp_last_step = counter
            return True
    return False


def _forget(account: Account, by: Actor | None, uow: UnitOfWork, now: datetime) -> None:
    account.totp_secret, account.totp_since, account.totp_last_step = None, None, None
    account.recovery_codes = []
    uow.touch(account, seen_version=None, at=now)
    uow.record(by, "account:second_step_off", account, at=now)
