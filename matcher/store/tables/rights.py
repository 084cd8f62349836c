"""Questions and wishes of families about their own data and the decisions about them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from matcher.domain.rights import RightsKind, RightsState
from matcher.store.columns import Code, Sealed, one_of
from matcher.store.tables.base import Versioned, json_field


class RightsRequest(Versioned, table=True):
    """One request of one family; it stays when it is answered."""

    __tablename__ = "rights_request"
    __table_args__ = (
        one_of("kind", RightsKind),
        one_of("state", RightsState),
        CheckConstraint("state <> 'answered' OR answered_at IS NOT NULL", name="answer_has_time"),
    )

    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    kind: RightsKind = Field(sa_type=Code(RightsKind))
    state: RightsState = Field(default=RightsState.OPEN, sa_type=Code(RightsState), index=True)
    text: str = Field(sa_type=Sealed("rights_request.text", of="household_id"))
    donor_types: list[str] = json_field(list)  # of a withdrawn consent
    asked_by: int = Field(foreign_key="account.id")
    due_on: date = Field(index=True)
    answer: str | None = Field(default=None, sa_type=Sealed("rights_request.answer", of="household_id"))
    answered_by: int | None = Field(default=None, foreign_key="account.id")
    answered_at: datetime | None = None
