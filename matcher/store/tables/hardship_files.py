"""The hardship file (困难职工档案): what was filled in, what was done, papers, visits, objections.

Steps and filled-in sections are only added; triggers of the database refuse to delete them or to change what they
tell of (a key may be exchanged, so the sealed text itself can be written anew).
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from matcher.domain.file_terms import (
    DuplicateState,
    EvidenceKind,
    FileAct,
    FileState,
    KeyKind,
    ObjectionState,
    ReviewLevel,
    Scheme,
    Section,
)
from matcher.domain.terms import HardshipClass
from matcher.store.columns import Code, Sealed, one_of
from matcher.store.tables.base import Versioned


class HardshipFile(Versioned, table=True):
    """One file of one household, and where it stands."""

    __tablename__ = "hardship_file"
    __table_args__ = (
        one_of("state", FileState),
        one_of("scheme", Scheme),
        one_of("computed_class", HardshipClass),
        one_of("chosen_class", HardshipClass),
        CheckConstraint("national_number IS NULL OR national_on IS NOT NULL", name="national_has_date"),
    )

    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id", unique=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    state: FileState = Field(default=FileState.DRAFT, sa_type=Code(FileState), index=True)
    opened_by: int = Field(foreign_key="account.id")
    submitted_on: date | None = None
    scheme: Scheme | None = Field(default=None, sa_type=Code(Scheme))
    computed_class: HardshipClass | None = Field(default=None, sa_type=Code(HardshipClass))
    chosen_class: HardshipClass | None = Field(default=None, sa_type=Code(HardshipClass))
    calculation: str | None = Field(
        default=None, sa_type=Sealed("hardship_file.calculation", of="household_id")
    )  # JSON, as sent in
    is_local: bool = False  # only a local rule is met: never 全国级
    notice_token: str | None = Field(default=None, max_length=32, unique=True)
    notice_from: date | None = None
    notice_until: date | None = Field(default=None, index=True)  # the last day, included
    approved_on: date | None = None
    review_due_on: date | None = Field(default=None, index=True)
    left_on: date | None = None
    watch_until: date | None = Field(default=None, index=True)
    national_number: str | None = Field(default=None, max_length=40)
    national_on: date | None = None
    transfer_to_unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)


class FileSection(SQLModel, table=True):
    """One saved revision of one step of the form; the latest one counts, earlier ones stay."""

    __tablename__ = "file_section"
    __table_args__ = (UniqueConstraint("file_id", "section", "revision"), one_of("section", Section))

    id: int | None = Field(default=None, primary_key=True)
    file_id: int = Field(foreign_key="hardship_file.id", index=True)
    section: Section = Field(sa_type=Code(Section))
    revision: int
    content: str = Field(sa_type=Sealed("file_section.content", of="file_id"))  # JSON: field name → what was written
    by_account_id: int = Field(foreign_key="account.id")
    at: datetime


class FileStep(SQLModel, table=True):
    """One act on a file. Only added."""

    __tablename__ = "file_step"
    __table_args__ = (
        one_of("act", FileAct),
        one_of("from_state", FileState),
        one_of("to_state", FileState),
        one_of("level", ReviewLevel),
    )

    id: int | None = Field(default=None, primary_key=True)
    file_id: int = Field(foreign_key="hardship_file.id", index=True)
    act: FileAct = Field(sa_type=Code(FileAct))
    from_state: FileState = Field(sa_type=Code(FileState))
    to_state: FileState = Field(sa_type=Code(FileState))
    level: ReviewLevel | None = Field(default=None, sa_type=Code(ReviewLevel))
    by_account_id: int | None = Field(default=None, foreign_key="account.id", index=True)  # None: from the public
    unit_id: int | None = None
    at: datetime
    reason: str | None = Field(default=None, max_length=32)
    note: str | None = Field(default=None, sa_type=Sealed("file_step.note", of="file_id"))


class PersonKey(SQLModel, table=True):
    """A number in a file, sealed, with its keyed fingerprint: equal numbers are found, and nothing else is told."""

    __tablename__ = "person_key"
    __table_args__ = (one_of("kind", KeyKind),)

    id: int | None = Field(default=None, primary_key=True)
    file_id: int = Field(foreign_key="hardship_file.id", index=True)
    kind: KeyKind = Field(sa_type=Code(KeyKind))
    is_head: bool = True
    number: str = Field(sa_type=Sealed("person_key.number", of="file_id"))
    number_index: str = Field(max_length=90, index=True)


class FileEvidence(SQLModel, table=True):
    """A paper that was handed in, encrypted. One that was taken away stays, marked."""

    __tablename__ = "file_evidence"
    __table_args__ = (one_of("kind", EvidenceKind), CheckConstraint("size > 0", name="size_positive"))

    id: int | None = Field(default=None, primary_key=True)
    file_id: int = Field(foreign_key="hardship_file.id", index=True)
    kind: EvidenceKind = Field(sa_type=Code(EvidenceKind))
    media_type: str = Field(max_length=40)
    size: int
    name: str = Field(sa_type=Sealed("file_evidence.name", of="file_id"))
    content: str = Field(sa_type=Sealed("file_evidence.content", of="file_id"))  # base64
    by_account_id: int = Field(foreign_key="account.id")
    at: datetime
    removed_at: datetime | None = None
    removed_by: int | None = Field(default=None, foreign_key="account.id")


class FileVisit(SQLModel, table=True):
    """A visit at home by two people; it counts when the second one has signed it too."""

    __tablename__ = "file_visit"

    id: int | None = Field(default=None, primary_key=True)
    file_id: int = Field(foreign_key="hardship_file.id", index=True)
    visited_on: date
    findings: str = Field(sa_type=Sealed("file_visit.findings", of="file_id"))  # JSON: field name → what was written
    first_account_id: int = Field(foreign_key="account.id")
    second_account_id: int | None = Field(default=None, foreign_key="account.id")
    at: datetime
    signed_at: datetime | None = None


class FileObjection(SQLModel, table=True):
    """What somebody said against a file while it was shown in public."""

    __tablename__ = "file_objection"
    __table_args__ = (one_of("state", ObjectionState),)

    id: int | None = Field(default=None, primary_key=True)
    file_id: int = Field(foreign_key="hardship_file.id", index=True)
    told_at: datetime
    text: str = Field(sa_type=Sealed("file_objection.text", of="file_id"))
    contact: str | None = Field(default=None, sa_type=Sealed("file_objection.contact", of="file_id"))
    state: ObjectionState = Field(default=ObjectionState.OPEN, sa_type=Code(ObjectionState), index=True)
    answer: str | None = Field(default=None, sa_type=Sealed("file_objection.answer", of="file_id"))
    answered_by: int | None = Field(default=None, foreign_key="account.id")
    answered_at: datetime | None = None


class DuplicateCase(SQLModel, table=True):
    """A number that this file shares with another household, until somebody above both has decided."""

    __tablename__ = "duplicate_case"
    __table_args__ = (
        UniqueConstraint("file_id", "other_household_id", "kind"),
        one_of("kind", KeyKind),
        one_of("state", DuplicateState),
        one_of("before_state", FileState),
    )

    id: int | None = Field(default=None, primary_key=True)
    file_id: int = Field(foreign_key="hardship_file.id", index=True)
    other_household_id: int = Field(foreign_key="household.id", index=True)
    kind: KeyKind = Field(sa_type=Code(KeyKind))
    state: DuplicateState = Field(default=DuplicateState.OPEN, sa_type=Code(DuplicateState), index=True)
    found_at: datetime
    decided_by: int | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = None
    note: str | None = Field(default=None, sa_type=Sealed("duplicate_case.note", of="file_id"))
    before_state: FileState | None = Field(default=None, sa_type=Code(FileState))  # what an undo goes back to
