"""Reading accounts and sign-ins."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, func, or_, select

from matcher.domain.access import Actor
from matcher.domain.passwords import REMEMBERED
from matcher.domain.terms import Role
from matcher.store.tables import Account, AuditEvent, Donor, FormerPassword, Household, SignIn, Unit

IDLE_SHARE = 6  # an idle sign-in ends after a sixth of its longest life
TOUCH_AFTER = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a sign-in belongs to, and where they act."""

    token_hash: str
    username: str
    actor: Actor
    locale: str
    unit_name: str  # of a donor's account: the donor's
    seen_at: datetime
    password_changed_at: datetime
    must_change_password: bool = False  # somebody else chose it
    has_second_step: bool = False

    def should_touch(self, now: datetime) -> bool:
        return now - self.seen_at > TOUCH_AFTER


def find_signed_in(store: Session, token_hash: str, *, at: datetime, session_hours: int) -> SignedIn | None:
    """The living sign-in with this fingerprint: not ended, not too old, not idle, of an active account."""
    idle_since = at - timedelta(hours=session_hours) / IDLE_SHARE
    query = (
        select(SignIn, Account, Unit, Donor.name)
        .join(Account, col(Account.id) == SignIn.account_id)
        .outerjoin(Unit, col(Unit.id) == Account.unit_id)
        .outerjoin(Donor, col(Donor.id) == Account.donor_id)
        .where(
            SignIn.token_hash == token_hash,
            col(SignIn.ended_at).is_(None),
            SignIn.expires_at > at,
            SignIn.seen_at > idle_since,
            col(Account.is_active).is_(True),
        )
    )
    row = store.exec(query).first()
    if row is None:
        return None
    sign_in, account, unit, donor_name = row
    return SignedIn(
        token_hash,
        account.username,
        actor_of(account, unit),
        account.locale,
        unit.name if unit else donor_name or "",
        sign_in.seen_at,
        account.password_changed_at,
        account.must_change_password,
        account.totp_since is not None,
    )


def former_hashes(store: Session, account_id: int) -> list[str]:
    """Hashes of the passwords used last, the newest first."""
    f = FormerPassword
    query = select(f.password_hash).where(f.account_id == account_id).order_by(col(f.id).desc()).limit(REMEMBERED)
    return list(store.exec(query))


def remember_password(store: Session, account_id: int, password_hash: str, *, until: datetime) -> None:
    """Keep the hash of a password that is no longer used, and forget those longer ago than the profile asks for."""
    f = FormerPassword
    store.add(f(account_id=account_id, password_hash=password_hash, until=until))
    store.flush()
    newest = select(f.id).where(f.account_id == account_id).order_by(col(f.id).desc()).limit(REMEMBERED)
    kept = list(store.exec(newest))
    store.execute(delete(f).where(col(f.account_id) == account_id, col(f.id).not_in(kept)))


def actor_of(account: Account, unit: Unit | None) -> Actor:
    assert account.id is not None
    return Actor(
        account_id=account.id,
        role=account.role,
        unit_id=account.unit_id,
        unit_path=unit.path if unit else None,
        donor_id=account.donor_id,
        household_id=account.household_id,
        name=account.display_name,
    )


@dataclass(frozen=True, slots=True)
class OpenSignIn:
    """One signed-in browser of an account; `key` is the beginning of its fingerprint, enough to end it."""

    key: str
    started_at: datetime
    seen_at: datetime
    is_this: bool
    device: str = ""


def list_open_sign_ins(
    store: Session, account_id: int, *, this: str, at: datetime, session_hours: int
) -> list[OpenSignIn]:
    idle_since = at - timedelta(hours=session_hours) / IDLE_SHARE
    query = (
        select(SignIn)
        .where(
            SignIn.account_id == account_id,
            col(SignIn.ended_at).is_(None),
            SignIn.expires_at > at,
            SignIn.seen_at > idle_since,
        )
        .order_by(col(SignIn.seen_at).desc())
    )
    return [
        OpenSignIn(row.token_hash[:16], row.started_at, row.seen_at, row.token_hash == this, row.device)
        for row in store.exec(query)
    ]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in the list of the security administrator: no case data, names masked on the page."""

    account_id: int
    username: str
    role: Role
    name: str
    place: str
    is_active: bool
    is_locked: bool
    locked_until: datetime | None
    last_sign_in_at: datetime | None
    has_second_step: bool
    open_sign_ins: int
    version: int


def list_accounts(
    store: Session,
    actor: Actor,
    *,
    at: datetime,
    session_hours: int = 12,
    words: str = "",
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[AccountLine], int]:
    """Accounts at units within reach and of donors those units look after, by place and name; and how many."""
    home = select(Unit.id).where(col(Unit.path).startswith(actor.unit_path or "-", autoescape=True))
    donors = select(Donor.id).where(col(Donor.unit_id).in_(home))
    families = select(Household.id).where(col(Household.unit_id).in_(home))
    conditions = [
        or_(col(Account.unit_id).in_(home), col(Account.donor_id).in_(donors), col(Account.household_id).in_(families))
    ]
    if words:
        conditions.append(col(Account.username).contains(words, autoescape=True))
    living = select(func.count()).where(
        SignIn.account_id == Account.id,
        col(SignIn.ended_at).is_(None),
        SignIn.expires_at > at,
        SignIn.seen_at > at - timedelta(hours=session_hours) / IDLE_SHARE,
    )
    total = store.exec(select(func.count()).select_from(Account).where(*conditions)).one()
    query = (
        select(Account, Unit.name, Donor.name, living.correlate(Account).scalar_subquery())
        .outerjoin(Unit, col(Unit.id) == Account.unit_id)
        .outerjoin(Donor, col(Donor.id) == Account.donor_id)
        .where(*conditions)
        .order_by(col(Unit.path).is_(None), col(Unit.path), col(Account.username))
        .limit(limit)
        .offset(offset)
    )
    lines = [
        AccountLine(
            account_id=account.id or 0,
            username=account.username,
            role=account.role,
            name=account.display_name,
            place=donor or unit or "",
            is_active=account.is_active,
            is_locked=account.locked_until is not None and account.locked_until > at,
            locked_until=account.locked_until,
            last_sign_in_at=account.last_sign_in_at,
            has_second_step=account.totp_since is not None,
            open_sign_ins=open_ones,
            version=account.version,
        )
        for account, unit, donor, open_ones in store.exec(query)
    ]
    return lines, total


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One line of the trail: ids and codes only."""

    event_id: int
    at: datetime
    action: str
    object_type: str
    object_id: int | None
    username: str | None
    unit: str | None
    details: dict[str, object]


def list_trail(
    store: Session, actor: Actor, *, object_type: str = "", limit: int = 50, offset: int = 0
) -> tuple[list[TrailLine], int]:
    """Audit events of units within reach, newest first; and how many. Those of no unit belong to the city."""
    home = select(Unit.id).where(col(Unit.path).startswith(actor.unit_path or "-", autoescape=True))
    reach: ColumnElement[bool] = col(AuditEvent.unit_id).in_(home)
    if (actor.unit_path or "").count("/") == 2:  # at the root
        reach = or_(reach, col(AuditEvent.unit_id).is_(None))
    conditions = [reach]
    if object_type:
        conditions.append(col(AuditEvent.object_type) == object_type)
    total = store.exec(select(func.count()).select_from(AuditEvent).where(*conditions)).one()
    query = (
        select(AuditEvent, Account.username, Unit.name)
        .outerjoin(Account, col(Account.id) == AuditEvent.account_id)
        .outerjoin(Unit, col(Unit.id) == AuditEvent.unit_id)
        .where(*conditions)
        .order_by(col(AuditEvent.id).desc())
        .limit(limit)
        .offset(offset)
    )
    lines = [
        TrailLine(e.id or 0, e.at, e.action, e.object_type, e.object_id, username, unit, e.details)
        for e, username, unit in store.exec(query)
    ]
    return lines, total
