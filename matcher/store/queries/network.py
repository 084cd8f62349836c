"""Reading the union network."""

from sqlmodel import Session, col, select

from matcher.store.tables import Unit


def find_unit(session: Session, code: str = "") -> Unit | None:
    """The union with this code, or the topmost one; None when there is none."""
    wanted = Unit.code == code if code else col(Unit.parent_id).is_(None)
    return session.exec(select(Unit).where(wanted).order_by(col(Unit.id))).first()
