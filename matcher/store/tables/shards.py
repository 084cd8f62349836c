"""Shards of a match run: problems of their own, with their answers until the run is written."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class Shard(SQLModel, table=True):
    """One shard: arrays of numbers, no names and no texts. Its job says who is at it."""

    __tablename__ = "shard"
    __table_args__ = (UniqueConstraint("run_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="match_run.id")
    number: int
    job_id: int = Field(foreign_key="job.id")
    fingerprint: str = Field(max_length=64)  # SHA-256 of the problem
    problem: bytes
    answer: bytes | None = None
