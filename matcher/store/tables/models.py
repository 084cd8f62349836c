"""What was learned from decisions, and which of it match runs went by since when."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from matcher.domain.terms import ModelSwitch, ModelVerdict
from matcher.store.columns import Code, one_of
from matcher.store.tables.base import json_field


class ModelVersion(SQLModel, table=True):
    """Weights learned one night, how they did against those in use, and why they were taken or not. Never changed.

    The memory is not kept here: it is made again from the decisions up to `known_until`, so no text is stored twice.
    """

    __tablename__ = "model_version"
    __table_args__ = (one_of("verdict", ModelVerdict),)

    id: int | None = Field(default=None, primary_key=True)
    weights: dict[str, float] = json_field(dict)  # signal → weight
    bias: float
    has_memory: bool
    known_until: datetime  # decisions before this moment taught it
    trained: int  # decisions that taught it
    tested: int  # decisions of the month after, by which it was judged
    newest_step_id: int  # newest decision that was looked at
    aside: dict[str, int] = json_field(dict)  # decisions that taught nothing, by why
    compared_with: str = Field(max_length=32)  # the model in use that night
    figures: dict[str, Any] = json_field(dict)  # old and new, gain with interval, districts, drift
    verdict: ModelVerdict = Field(sa_type=Code(ModelVerdict))
    lexicon_version: str = Field(max_length=64)
    job_id: int | None = Field(default=None, foreign_key="job.id")
    created_at: datetime


class ModelUse(SQLModel, table=True):
    """From `at` on match runs went by this model; None is the hand weights. The newest row is in force."""

    __tablename__ = "model_use"
    __table_args__ = (one_of("why", ModelSwitch),)

    id: int | None = Field(default=None, primary_key=True)
    model_id: int | None = Field(default=None, foreign_key="model_version.id", index=True)
    before_id: int | None = Field(default=None, foreign_key="model_version.id")
    why: ModelSwitch = Field(sa_type=Code(ModelSwitch))
    by_account_id: int | None = Field(default=None, foreign_key="account.id")  # None: the timetable
    at: datetime
