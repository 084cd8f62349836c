"""Reading invitations: those still open within reach, and the one a link names."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from matcher.domain.access import Actor
from matcher.domain.terms import Role
from matcher.store.queries.network import in_reach
from matcher.store.tables import Donor, Household, Invitation, Unit


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """One open invitation; the name is masked on the page."""

    id: int
    role: Role
    name: str
    place: str
    expires_at: datetime


def list_open_invitations(session: Session, actor: Actor, *, at: datetime) -> list[InvitationLine]:
    """Those at units within reach and of donors and families those units look after, soonest end first."""
    home = func.coalesce(Invitation.unit_id, Donor.unit_id, Household.unit_id)
    query = (
        select(Invitation, Unit.name, Donor.name)
        .outerjoin(Donor, col(Donor.id) == Invitation.donor_id)
        .outerjoin(Household, col(Household.id) == Invitation.household_id)
        .join(Unit, col(Unit.id) == home)
        .where(in_reach(actor), *_open(at))
        .order_by(col(Invitation.expires_at), col(Invitation.id))
    )
    return [_line(row, donor or unit) for row, unit, donor in session.exec(query)]


def find_invitation(session: Session, token_hash: str, *, at: datetime) -> InvitationLine | None:
    """The open invitation with this fingerprint, for whoever holds the link."""
    query = (
        select(Invitation, Unit.name, Donor.name)
        .outerjoin(Donor, col(Donor.id) == Invitation.donor_id)
        .outerjoin(Unit, col(Unit.id) == Invitation.unit_id)
        .where(Invitation.token_hash == token_hash, *_open(at))
    )
    row = session.exec(query).first()
    return _line(row[0], row[2] or row[1] or "") if row else None


def _open(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Invitation.used_at).is_(None),
        col(Invitation.cancelled_at).is_(None),
        col(Invitation.expires_at) > at,
    )


def _line(row: Invitation, place: str) -> InvitationLine:
    return InvitationLine(row.id or 0, row.role, row.display_name, place, row.expires_at)
