"""Hardship files from a table: uploaded, checked by a worker, looked at, then written by a worker, part by part.

    CHECKING ──► CHECKED ──confirm──► WRITING ──► DONE
        └──► REFUSED   └──drop──► DROPPED

Each part is one transaction, judged anew in it, and every written row is remembered by its own id. A worker that dies
is followed by another one that finds the first one's rows known; the same table again writes nothing.
"""

import base64
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, delete, func, select, update

from matcher.clock import business_date
from matcher.domain.access import Action, Actor, Reach, may
from matcher.domain.file_terms import FileImportState
from matcher.domain.terms import JobKind
from matcher.errors import FieldProblem, InvalidFields, NotFound, NotPermitted, RefusedInput, WrongState
from matcher.files.limited import read_limited
from matcher.files.problems import RowProblem
from matcher.files.reading import header_key
from matcher.files.table import Table
from matcher.store.queries.file_imports import headings_of, open_world
from matcher.store.queries.needs import lock_registration
from matcher.store.tables import Account, FileImport, ImportedFile, ImportHeading, Job, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.file_columns import COLUMNS, file_fields, named_headings
from matcher.usecases.file_import_rows import (
    FileReference,
    Judge,
    Judged,
    given_twice,
    masked,
    parts_of,
    without_examples,
)
from matcher.usecases.file_import_write import Writer
from matcher.usecases.jobs import LIVE, Lease, ask_to_stop, finish_in, queue_job

KEPT = timedelta(days=1)
PART = 500
"""Rows in one transaction."""
MAX_ROWS, MAX_BYTES = 200_000, 100 * 2**20
SECONDS, MEMORY_MB = 300, 4096
SHOWN = 100
KEPT_PROBLEMS = 50_000
"""So many problems are kept word by word; all are counted."""
Progress = Callable[[str, float], None]
ALLOWED = (Action.EDIT_FILES, Action.TAKE_OVER_FILES)
BUSY = (FileImportState.CHECKING, FileImportState.WRITING)


@dataclass(frozen=True, slots=True)
class FilesLook:
    """An uploaded table as its owner sees it. Counts are rows."""

    id: int
    state: FileImportState
    rows: int = 0
    good: int = 0
    known: int = 0
    refused: int = 0
    cells: int = 0  # wrong cells, all of them
    problems: tuple[RowProblem, ...] = ()
    warnings: tuple[RowProblem, ...] = ()
    shown: tuple[tuple[int, str, str], ...] = ()
    unknown: tuple[str, ...] = ()  # headings that nobody knows
    refusal: tuple[str, dict[str, Any]] | None = None
    stage: str = ""
    share: float = 0.0
    is_working: bool = False
    error: str | None = None  # why its job ended early; what was written by then stays
    expires_at: datetime | None = None


def receive_files(data: bytes, name: str, *, by: Actor, uow: UnitOfWork, now: datetime) -> tuple[int, int]:
    """Keep an upload and queue its check; (import id, job id). Raises NotPermitted, RefusedInput("file_too_big")."""
    if len(data) > MAX_BYTES:
        raise RefusedInput("file_too_big", name=name, limit_mb=MAX_BYTES // 2**20)
    if not data:
        raise RefusedInput("file_empty", name=name)
    with uow:
        unit = uow.get(Unit, by.unit_id or 0)
        if not any(may(by, action, Reach(unit_path=unit.path)) for action in ALLOWED):
            raise NotPermitted()
        row = uow.add(
            FileImport(
                account_id=by.account_id,
                unit_id=unit.id or 0,
                ending="xlsx" if data.startswith((b"PK", b"\xd0\xcf")) else "csv",
                content=_packed(data),
                created_at=now,
                expires_at=now + KEPT,
            )
        )
        job_id = _queue(row, by, uow, now)
        uow.record(by, "file_import:receive", row, at=now, size=len(data))
        uow.commit()
        return row.id or 0, job_id


def confirm_files(import_id: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> int | None:
    """Have the good rows written, or go on where a worker stopped; the job, or None when one is at it already.

    Raises NotFound, WrongState, RefusedInput("preview_gone").
    """
    with uow:
        row, job = _own(uow, import_id, by, lock=True)
        if row.state is FileImportState.DONE or (row.state is FileImportState.WRITING and _is_live(job)):
            return None
        if row.state not in (FileImportState.CHECKED, FileImportState.WRITING):
            raise WrongState(state=row.state.value, wanted="confirm")
        if row.content is None:
            raise RefusedInput("preview_gone")
        row.state = FileImportState.WRITING
        job_id = _queue(row, by, uow, now)
        uow.record(by, "file_import:confirm", row, at=now)
        uow.commit()
        return job_id


def check_again(import_id: int, columns: Mapping[str, str], *, by: Actor, uow: UnitOfWork, now: datetime) -> int:
    """Remember for this unit what headings mean (heading → column, "" to leave it out) and check the table again.

    Raises InvalidFields for a column that there is not, NotFound, WrongState, RefusedInput("preview_gone").
    """
    with uow:
        row, _job = _own(uow, import_id, by, lock=True)
        if row.state not in (FileImportState.CHECKED, FileImportState.REFUSED):
            raise WrongState(state=row.state.value, wanted="check")
        wrong = [FieldProblem("column", "choose_column") for name in columns.values() if name and name not in COLUMNS]
        if wrong:
            raise InvalidFields(wrong)
        if row.content is None:
            raise RefusedInput("preview_gone")
        for heading, column in columns.items():
            key = header_key(heading)[:80]
            same = (col(ImportHeading.unit_id) == row.unit_id, col(ImportHeading.heading) == key)
            uow.session.exec(delete(ImportHeading).where(*same))
            uow.add(ImportHeading(unit_id=row.unit_id, heading=key, column=column, by_account_id=by.account_id, at=now))
        row.state, row.verdict, row.counts = FileImportState.CHECKING, None, {}
        job_id = _queue(row, by, uow, now)
        uow.record(by, "file_import:columns", row, at=now, columns=len(columns))
        uow.commit()
        return job_id


def drop_files(import_id: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> FileImportState:
    """Throw an upload away, or stop the writing: what was written stays, the rest waits for another word."""
    with uow:
        row, job = _own(uow, import_id, by, lock=True)
        if job is not None and _is_live(job):
            ask_to_stop(job, uow=uow, now=now)
        if row.state is not FileImportState.WRITING and row.state is not FileImportState.DONE:
            row.state, row.content, row.verdict = FileImportState.DROPPED, None, None
        uow.record(by, "file_import:drop", row, at=now, state=row.state.value)
        uow.commit()
        return row.state


def show_files(import_id: int, *, by: Actor, uow: UnitOfWork) -> FilesLook:
    """How far an upload is, and what was found. Raises NotFound, also for other people's."""
    with uow:
        row, job = _own(uow, import_id, by)
        told = _told(row.verdict) if row.verdict else {}
        ended = job.status if job is not None and not _is_live(job) and row.state in BUSY else None
        return FilesLook(
            id=import_id,
            state=row.state,
            **row.counts,
            problems=tuple(RowProblem(**one) for one in told.get("problems", ())),
            warnings=tuple(RowProblem(**one) for one in told.get("warnings", ())),
            shown=tuple(tuple(one) for one in told.get("shown", ())),
            unknown=tuple(told.get("unknown", ())),
            refusal=(told["refused"], told["params"]) if "refused" in told else None,
            stage=job.stage if job else "",
            share=job.share if job else 0.0,
            is_working=row.state in BUSY and _is_live(job),
            error=(job.error_code or ended.value) if job is not None and ended is not None else None,
            expires_at=row.expires_at,
        )


def erase_expired_tables(*, uow: UnitOfWork, now: datetime) -> int:
    """Erase what was uploaded more than a day ago, written or not; how many. The timetable calls this."""
    with uow:
        old = update(FileImport).where(
            col(FileImport.expires_at) < now,
            col(FileImport.content).is_not(None) | col(FileImport.verdict).is_not(None),
            col(FileImport.state) != FileImportState.WRITING,
        )
        erased = len(uow.session.execute(old.values(content=None, verdict=None).returning(col(FileImport.id))).all())
        if erased:
            uow.note(None, "file_import:erase", "file_import", None, at=now, rows=erased)
        uow.commit()
    return erased


# ── the worker's side ──────────────────────────────────────────────────────────────────────────────────────────


def work_on_files(
    import_id: int,
    *,
    lease: Lease,
    by: Actor,
    reference: FileReference,
    uow: UnitOfWork,
    clock: Callable[[], datetime],
    progress: Progress,
) -> None:
    """Check an upload, or write its good rows. Raises LeaseLost or Cancelled between two parts."""
    progress("read", 0.0)
    with uow:
        row = uow.get(FileImport, import_id)
        state, content, ending, named = row.state, row.content, row.ending, headings_of(uow.session, row.unit_id)
    if state not in BUSY or content is None:
        with uow:
            finish_in(lease, uow=uow, now=clock())
            uow.commit()
        return
    fields = file_fields(reference.places)
    told = {f.name: [heading for heading, column in named.items() if column == f.name] for f in fields}
    wanted = [replace(f, aliases=(*f.aliases, *told[f.name])) for f in fields if f.required]
    try:
        table = read_limited(
            _unpacked(content), f"files.{ending}", wanted, max_rows=MAX_ROWS, max_bytes=MAX_BYTES, seconds=SECONDS,
            memory_mb=MEMORY_MB,
        )  # fmt: skip
        kept, unknown = named_headings(table.header, fields, named)
        table.rows = without_examples(table, kept)
        twice = given_twice(table, kept)
    except RefusedInput as refused:
        _refuse(import_id, refused, lease=lease, by=by, uow=uow, now=clock())
        return
    with uow:
        world = open_world(uow.session, by)
    judge = Judge(by, kept, reference, business_date(clock()), world, twice)
    work = _Work(import_id, lease, by, table, judge, list(unknown), uow, clock, progress)
    work.check() if state is FileImportState.CHECKING else work.write(Writer(import_id, by, reference.rules))


@dataclass(slots=True)
class _Work:
    """One table on its way through its parts, and what was found so far."""

    import_id: int
    lease: Lease
    by: Actor
    table: Table
    judge: Judge
    unknown: list[str]
    uow: UnitOfWork
    clock: Callable[[], datetime]
    progress: Progress
    good: int = 0
    known: int = 0
    refused: int = 0
    cells: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    warnings: list[RowProblem] = field(default_factory=list)
    shown: list[tuple[int, str, str]] = field(default_factory=list)

    def check(self) -> None:
        """Say of every row what would become of it; nothing is written but that."""
        for part in self._parts("judge"):
            with self.uow:
                self._add(self.judge.part(self.uow.session, part))
        self._end(FileImportState.CHECKED)

    def write(self, writer: Writer) -> None:
        """Write the good rows, each part judged and written under the lock on registering."""
        for part in self._parts("write"):
            with self.uow:
                lock_registration(self.uow.session)
                judged = self.judge.part(self.uow.session, part)
                writer.write(judged.ready, uow=self.uow, now=self.clock())
                self.uow.commit()
            self._add(judged)
        self._end(FileImportState.DONE)

    def _parts(self, stage: str) -> Iterator[Table]:
        for number, part in enumerate(parts_of(self.table, PART)):
            self.progress(stage, 0.1 + 0.9 * number * PART / len(self.table.rows))
            yield part

    def _add(self, judged: Judged) -> None:
        self.good += len(judged.ready)
        self.known += judged.known
        self.refused += judged.refused
        self.cells += len(judged.problems)
        self.problems += judged.problems[: KEPT_PROBLEMS - len(self.problems)]
        self.warnings += judged.warnings[: SHOWN - len(self.warnings)]
        self.shown += [masked(ready) for ready in judged.ready[: SHOWN - len(self.shown)]]

    def _end(self, state: FileImportState) -> None:
        now = self.clock()
        with self.uow:
            row = self.uow.get(FileImport, self.import_id, lock=True)
            if state is FileImportState.DONE:  # what a worker before this one wrote was known to this one
                mine = select(func.count()).where(col(ImportedFile.import_id) == self.import_id)
                written = int(self.uow.session.exec(mine).one())
                self.known, self.good = self.known - (written - self.good), written
                row.content, row.written_at = None, now
            row.state, row.verdict = state, _packed_json(self._said())
            row.counts = {
                "rows": len(self.table.rows), "good": self.good, "known": self.known, "refused": self.refused,
                "cells": self.cells,
            }  # fmt: skip
            finish_in(self.lease, uow=self.uow, now=now)
            self.uow.record(self.by, f"file_import:{state.value}", row, at=now, **row.counts)
            self.uow.commit()

    def _said(self) -> dict[str, Any]:
        return {
            "problems": [asdict(problem) for problem in self.problems],
            "warnings": [asdict(warning) for warning in self.warnings],
            "shown": self.shown,
            "unknown": self.unknown,
        }


def _refuse(import_id: int, refused: RefusedInput, *, lease: Lease, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """The table as a whole cannot be used; the headings it has are kept, so that somebody can say what they mean."""
    with uow:
        row = uow.get(FileImport, import_id, lock=True)
        found = refused.params.get("found", []) if refused.code == "columns_missing" else []
        row.state = FileImportState.REFUSED
        row.verdict = _packed_json({"refused": refused.code, "params": refused.params, "unknown": found})
        if not found:
            row.content = None
        finish_in(lease, uow=uow, now=now)
        uow.record(by, "file_import:refused", row, at=now, reason=refused.code)
        uow.commit()


def actor_of_import(import_id: int, *, uow: UnitOfWork) -> Actor:
    """Whoever uploaded the table, as they stand today. Raises NotPermitted when the account was closed."""
    with uow:
        row = uow.get(FileImport, import_id)
        account, unit = uow.get(Account, row.account_id), uow.get(Unit, row.unit_id)
        if not account.is_active or account.unit_id != row.unit_id:
            raise NotPermitted()
        return Actor(account_id=row.account_id, role=account.role, unit_id=unit.id, unit_path=unit.path)


# ── keeping ────────────────────────────────────────────────────────────────────────────────────────────────────


def _own(uow: UnitOfWork, import_id: int, by: Actor, *, lock: bool = False) -> tuple[FileImport, Job | None]:
    row = uow.get(FileImport, import_id, lock=lock)
    if row.account_id != by.account_id or row.state is FileImportState.DROPPED:
        raise NotFound()
    return row, uow.session.get(Job, row.job_id) if row.job_id else None


def _queue(row: FileImport, by: Actor, uow: UnitOfWork, now: datetime) -> int:
    payload = {"import_id": row.id}
    row.job_id = queue_job(JobKind.IMPORT, unit_id=row.unit_id, by=by, payload=payload, uow=uow, now=now).id
    return row.job_id or 0


def _is_live(job: Job | None) -> bool:
    return job is not None and job.status in LIVE


def _packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 6)).decode()


def _unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))


def _packed_json(body: Mapping[str, Any]) -> str:
    return _packed(json.dumps(body, ensure_ascii=False, default=list).encode())


def _told(text: str) -> dict[str, Any]:
    return dict(json.loads(_unpacked(text)))
