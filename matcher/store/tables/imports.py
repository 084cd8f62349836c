"""Files that were uploaded and looked at before being written."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from matcher.domain.terms import ImportKind, ImportStatus
from matcher.store.columns import Code, Sealed, one_of
from matcher.store.tables.base import json_field


class ImportBatch(SQLModel, table=True):
    """One uploaded table between preview and confirmation. Its content is encrypted and erased after an hour,
    or when it was written; what stays is who did it, the counts, and a keyed fingerprint of the content."""

    __tablename__ = "import_batch"
    __table_args__ = (one_of("kind", ImportKind), one_of("status", ImportStatus))

    id: int | None = Field(default=None, primary_key=True)
    kind: ImportKind = Field(sa_type=Code(ImportKind))
    status: ImportStatus = Field(default=ImportStatus.PREVIEW, sa_type=Code(ImportStatus), index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    donor_id: int | None = Field(default=None, foreign_key="donor.id")
    format: str = Field(max_length=8)  # csv or xlsx
    fingerprint: str = Field(max_length=90, index=True)
    content: str | None = Field(default=None, sa_type=Sealed("import_batch.content"))  # base64
    counts: dict[str, Any] = json_field(dict)
    created_at: datetime
    expires_at: datetime = Field(index=True)
    written_at: datetime | None = None


class ImportedRow(SQLModel, table=True):
    """Which row of whose file became which object, so that the same file twice writes nothing twice."""

    __tablename__ = "imported_row"
    __table_args__ = (UniqueConstraint("kind", "owner", "given_id"), one_of("kind", ImportKind))

    id: int | None = Field(default=None, primary_key=True)
    kind: ImportKind = Field(sa_type=Code(ImportKind))
    owner: str = Field(max_length=24)  # "unit:4" or "donor:7": whose numbering it is
    given_id: str = Field(max_length=64)  # need_id, offer_id or case code as written in the file
    object_id: int
    batch_id: int | None = Field(default=None, foreign_key="import_batch.id", index=True)
