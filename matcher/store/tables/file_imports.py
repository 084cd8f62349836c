"""Tables of hardship files that were uploaded: read and written by a worker, in parts."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from matcher.domain.file_terms import FileImportState
from matcher.store.columns import Code, Sealed, one_of
from matcher.store.tables.base import json_field


class FileImport(SQLModel, table=True):
    """One uploaded table of files. Its content is sealed and erased after a day; who, when and the counts stay."""

    __tablename__ = "file_import"
    __table_args__ = (one_of("state", FileImportState),)

    id: int | None = Field(default=None, primary_key=True)
    state: FileImportState = Field(default=FileImportState.CHECKING, sa_type=Code(FileImportState), index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    job_id: int | None = Field(default=None, foreign_key="job.id")
    ending: str = Field(max_length=8)  # csv or xlsx
    content: str | None = Field(default=None, sa_type=Sealed("file_import.content"))  # base64 of the packed upload
    verdict: str | None = Field(default=None, sa_type=Sealed("file_import.verdict"))  # base64 of packed JSON
    counts: dict[str, Any] = json_field(dict)
    created_at: datetime
    expires_at: datetime = Field(index=True)
    written_at: datetime | None = None


class ImportedFile(SQLModel, table=True):
    """Which row of whose table became which file, so that the same table twice writes nothing twice. The fingerprint
    tells whether a later row says the same."""

    __tablename__ = "imported_file"
    __table_args__ = (UniqueConstraint("unit_id", "given_id"),)

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")  # whose numbering it is
    given_id: str = Field(max_length=24)
    file_id: int = Field(foreign_key="hardship_file.id", index=True)
    import_id: int = Field(foreign_key="file_import.id", index=True)
    fingerprint: str = Field(max_length=90)


class ImportHeading(SQLModel, table=True):
    """What somebody of a unit said a heading means; a blank column is left out on purpose."""

    __tablename__ = "import_heading"
    __table_args__ = (UniqueConstraint("unit_id", "heading"),)

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    heading: str = Field(max_length=80)  # as it is compared, without blanks and case
    column: str = Field(max_length=40)
    by_account_id: int = Field(foreign_key="account.id")
    at: datetime
