"""Papers of a file (证明材料): a limited set of kinds, recognised by their content, kept encrypted."""

import base64
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select

from matcher.domain import file_life as life
from matcher.domain.access import Action, Actor
from matcher.domain.file_terms import EvidenceKind, FileState
from matcher.errors import FieldProblem, InvalidFields, NotFound, WrongState
from matcher.store.tables import FileEvidence, HardshipFile
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.file_case import open_file_case, reach_of_file
from matcher.usecases.guard import require

MOST_BYTES = 8 * 1024 * 1024
MOST_PAPERS = 60
KINDS = {"pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper in the clear, for one download that is written down."""

    name: str
    media_type: str
    content: bytes


def media_type_of(content: bytes) -> str | None:
    """What a file really is, by its first and last bytes; None for everything that is not taken."""
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content[-64:]:
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in content[-32:]:
        return "image/png"
    return None


def paper_problem(name: str, content: bytes) -> FieldProblem | None:
    """Why a file cannot be kept: empty, too large, of another kind, or not what its name says."""
    ending = name.rpartition(".")[2].lower()
    if not content:
        return FieldProblem("file", "paper_empty")
    if len(content) > MOST_BYTES:
        return FieldProblem(
            "file", "paper_too_large", {"mb": -(-len(content) // 1024**2), "most": MOST_BYTES // 1024**2}
        )
    if ending not in KINDS:
        return FieldProblem("file", "paper_kind")
    found = media_type_of(content)
    if found != KINDS[ending]:
        return FieldProblem("file", "paper_lies", {"ending": ending})
    if found == "application/pdf" and any(word in content for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFile")):
        return FieldProblem("file", "paper_active")
    return None


def add_evidence(
    file_id: int,
    kind: EvidenceKind | None,
    name: str,
    content: bytes,
    *,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> int:
    """Keep a paper, encrypted. Raises InvalidFields; NotFound, NotPermitted; WrongState for a withdrawn file."""
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.EDIT_FILES)
        if case.file.state is FileState.WITHDRAWN:
            raise WrongState(state=case.file.state.value, wanted="evidence")
        if kind is None:
            raise InvalidFields([FieldProblem("kind", "choose_paper_kind")])
        if problem := paper_problem(name, content):
            raise InvalidFields([problem])
        many = select(func.count(col(FileEvidence.id))).where(FileEvidence.file_id == file_id)
        if uow.session.exec(many).one() >= MOST_PAPERS:
            raise InvalidFields([FieldProblem("file", "papers_full", {"most": MOST_PAPERS})])
        row = FileEvidence(
            file_id=file_id,
            kind=kind,
            media_type=media_type_of(content) or "",
            size=len(content),
            name=name[-120:],
            content=base64.b64encode(content).decode(),
            by_account_id=by.account_id,
            at=now,
        )
        uow.add(row)
        uow.record(by, "file:paper", case.file, at=now, evidence_id=row.id, kind=kind.value, bytes=len(content))
        uow.commit()
        return row.id or 0


def remove_evidence(file_id: int, evidence_id: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """Mark a paper as taken away, while the file is open for editing; it stays in the history."""
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.EDIT_FILES)
        row = uow.get(FileEvidence, evidence_id)
        if row.file_id != file_id:
            raise NotFound()
        if case.file.state not in life.EDITABLE or row.removed_at is not None:
            raise WrongState(state=case.file.state.value, wanted="remove")
        row.removed_at, row.removed_by = now, by.account_id
        uow.record(by, "file:paper_away", case.file, at=now, evidence_id=evidence_id)
        uow.commit()


def read_evidence(file_id: int, evidence_id: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> Paper:
    """One paper in the clear; that it was looked at is written down."""
    with uow:
        file = uow.get(HardshipFile, file_id)
        require(by, Action.REVEAL_PERSON, reach_of_file(uow, file))
        row = uow.get(FileEvidence, evidence_id)
        if row.file_id != file_id:
            raise NotFound()
        uow.record(by, "file:paper_read", file, at=now, evidence_id=evidence_id)
        uow.commit()
        return Paper(row.name, row.media_type, base64.b64decode(row.content))
