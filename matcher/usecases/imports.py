"""Tables in and out: an upload is looked at first, then written row by row or not; exports are written down.

One file is one transaction. A row is written wholly or not at all, good rows go on. Who owns the numbering (a unit
or a donor) and the id in the file make a row what it is: the same file twice writes nothing twice.
"""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col, update

from matcher.clock import business_date
from matcher.domain.access import DONOR_ROLES, Action, Actor, may
from matcher.domain.regions import Places
from matcher.domain.screening import screen
from matcher.domain.terms import DonorType, ImportKind, ImportStatus, Role
from matcher.errors import InvalidFields, NotFound, NotPermitted, RefusedInput
from matcher.files.limited import as_plain, from_plain, read_limited
from matcher.files.problems import RowProblem
from matcher.files.table import Table
from matcher.store.crypto import keyring
from matcher.store.queries.imports import World, donors_of, known_rows, world_of
from matcher.store.tables import ImportBatch
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.household_input import HouseholdInput
from matcher.usecases.households import register_household
from matcher.usecases.import_bulk import insert_families, insert_needs
from matcher.usecases.import_rows import COLUMN_OF, Prepared, Rows, Title, fields_of, read_rows
from matcher.usecases.inner import InnerUnitOfWork
from matcher.usecases.need_input import NeedInput, amount_of
from matcher.usecases.needs import register_need
from matcher.usecases.offer_input import OfferInput
from matcher.usecases.offers import register_offer

KEPT = timedelta(hours=1)
IMPORTED = SQLModel.metadata.tables["imported_row"]
ACTIONS = {
    ImportKind.FAMILIES: Action.EDIT_NEEDS,
    ImportKind.NEEDS: Action.EDIT_NEEDS,
    ImportKind.OFFERS: Action.EDIT_OFFERS,
}
OBJECTS = {ImportKind.FAMILIES: "household", ImportKind.NEEDS: "need", ImportKind.OFFERS: "offer"}


@dataclass(frozen=True, slots=True)
class Reference:
    """What reading a file needs from outside the database."""

    places: Places
    title_of: Title
    areas: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What a file holds, before or after it was written. `good` rows would be or were written."""

    kind: ImportKind
    batch_id: int | None
    status: ImportStatus
    rows: int
    good: int
    known: int
    refused: int
    examples: int
    problems: tuple[RowProblem, ...] = ()
    warnings: tuple[RowProblem, ...] = ()
    shown: tuple[tuple[int, str, str], ...] = ()  # (row, id, first words) of good rows
    expires_at: datetime | None = None


@dataclass(slots=True)
class _Judged:
    """Rows after the database was asked."""

    rows: Rows
    fresh: list[Prepared] = field(default_factory=list)
    known: list[Prepared] = field(default_factory=list)
    world: World = field(default_factory=World)


def preview_import(
    kind: ImportKind, data: bytes, name: str, *, reference: Reference, by: Actor, uow: UnitOfWork, now: datetime
) -> Look:
    """Read an upload and say what would be written; the file is kept, encrypted, for an hour.

    Raises RefusedInput (the file as a whole), NotPermitted.
    """
    _allowed(kind, by)
    table = read_limited(data, name, fields_of(kind, reference.places))
    erase_expired_uploads(uow=uow, now=now)
    with uow:
        judged = _judge(kind, table, reference, by, uow, business_date(now))
        batch = ImportBatch(
            kind=kind,
            account_id=by.account_id,
            unit_id=by.unit_id,
            donor_id=by.donor_id,
            format="xlsx" if data.startswith(b"PK") else "csv",
            fingerprint=keyring().index(base64.b64encode(data).decode(), "import_batch.content"),
            content=_packed(table),
            counts=_counts(judged),
            created_at=now,
            expires_at=now + KEPT,
        )
        uow.add(batch)
        uow.record(by, "import:preview", batch, at=now, kind=kind.value, **_counts(judged))
        uow.commit()
    return _look(kind, batch, judged)


def show_import(batch_id: int, *, reference: Reference, by: Actor, uow: UnitOfWork, now: datetime) -> Look:
    """A preview again, or what came of it. Raises NotFound (also for other people's), RefusedInput("preview_gone")."""
    with uow:
        batch = _own(uow, batch_id, by)
        if batch.status is ImportStatus.DONE:
            return _written(batch)
        judged = _judge(batch.kind, _unpacked(batch, now), reference, by, uow, business_date(now))
        return _look(batch.kind, batch, judged)


def confirm_import(batch_id: int, *, reference: Reference, by: Actor, uow: UnitOfWork, now: datetime) -> Look:
    """Write the good rows of a preview, all in one transaction. A second press finds it done.

    Raises NotFound, RefusedInput("preview_gone"), NotPermitted.
    """
    with uow:
        batch = _own(uow, batch_id, by, lock=True)
        _allowed(batch.kind, by)
        if batch.status is ImportStatus.DONE:
            return _written(batch)
        table = _unpacked(batch, now)
        judged = _judge(batch.kind, table, reference, by, uow, business_date(now))
        _write(batch.kind, judged, reference, by, uow, now, batch_id=batch_id)
        batch.status, batch.written_at, batch.counts = ImportStatus.DONE, now, _counts(judged)
        batch.content = _packed_problems(judged.rows.problems)
        uow.record(by, f"{OBJECTS[batch.kind]}:import", batch, at=now, **_counts(judged))
        uow.commit()
        return _written(batch)


def drop_import(batch_id: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> ImportKind:
    """Throw a preview away; its content is erased at once. Raises NotFound."""
    with uow:
        batch = _own(uow, batch_id, by, lock=True)
        if batch.status is ImportStatus.PREVIEW:
            batch.status, batch.content = ImportStatus.DROPPED, None
            uow.record(by, "import:drop", batch, at=now, kind=batch.kind.value)
        uow.commit()
        return batch.kind


def import_table(
    kind: ImportKind,
    table: Table,
    *,
    dry_run: bool,
    reference: Reference,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> Look:
    """A table read elsewhere (the command line): judged, and written unless it is a dry run. Raises RefusedInput."""
    _allowed(kind, by)
    with uow:
        judged = _judge(kind, table, reference, by, uow, business_date(now))
        status = ImportStatus.PREVIEW
        if not dry_run:
            _write(kind, judged, reference, by, uow, now, batch_id=None)
            uow.note(by, f"{OBJECTS[kind]}:import", OBJECTS[kind], None, at=now, **_counts(judged))
            uow.commit()
            status = ImportStatus.DONE
    return _look(kind, None, judged, status)


def erase_expired_uploads(*, uow: UnitOfWork, now: datetime) -> None:
    """Erase what was uploaded more than an hour ago, written or not. The timetable may call this too."""
    with uow:
        expired = update(ImportBatch).where(col(ImportBatch.expires_at) < now, col(ImportBatch.content).is_not(None))
        erased = len(uow.session.execute(expired.values(content=None).returning(col(ImportBatch.id))).all())
        if erased:
            uow.note(None, "import:erase", "import_batch", None, at=now, rows=erased)
        uow.commit()


# ── judging ────────────────────────────────────────────────────────────────────────────────────────────────────


def _judge(kind: ImportKind, table: Table, reference: Reference, by: Actor, uow: UnitOfWork, today: date) -> _Judged:
    """Rows by what would become of them: fresh, already there, or refused with a reason."""
    donor_type = _donor_type(uow, by)
    rows = read_rows(
        kind, table, places=reference.places, today=today, title_of=reference.title_of, areas=reference.areas,
        donor_type=donor_type,
    )  # fmt: skip
    judged = _Judged(rows, world=world_of(uow.session, by, kind))
    known = known_rows(uow.session, kind, owner_of(by), by)
    for made in rows.prepared:
        if made.given_id in known:
            _already_there(judged, made, known[made.given_id])
        elif _has_home(judged, made, by, kind):
            judged.fresh.append(made)
    _ask_about_people(judged, kind, by)
    rows.problems.sort(key=lambda p: (p.row, p.column))
    return judged


def owner_of(by: Actor) -> str:
    """Whose numbering the ids of a file are."""
    return f"donor:{by.donor_id}" if by.role in DONOR_ROLES else f"unit:{by.unit_id}"


def _has_home(judged: _Judged, made: Prepared, by: Actor, kind: ImportKind) -> bool:
    """Whether the family, unit or donor that a row names is there."""
    rows, world = judged.rows, judged.world
    place = getattr(made.record, "division_code", None)
    if place and place not in world.divisions:
        rows.problem(made.row, made.given_id, "region", "place_unknown", place)
        return False
    if kind is ImportKind.NEEDS and made.household not in world.households:
        rows.problem(made.row, made.given_id, "household_id", "case_code_unknown", made.household)
        return False
    if kind is ImportKind.FAMILIES and made.union_unit and made.union_unit not in world.units:
        rows.problem(made.row, made.given_id, "union_unit", "unit_unknown", made.union_unit)
        return False
    if kind is ImportKind.OFFERS and by.donor_id is None and made.donor not in world.donors:
        rows.problem(made.row, made.given_id, "donor", "donor_unknown" if made.donor else "required", made.donor)
        return False
    return True


def _already_there(judged: _Judged, made: Prepared, stored: Any) -> None:
    """Nothing of it is changed; when the file says something else, that is said."""
    rows, record = judged.rows, made.record
    if isinstance(record, HouseholdInput) and not judged.world.is_same(record, stored):
        rows.problem(made.row, made.given_id, "household_id", "case_code_taken", made.given_id)
        return
    judged.known.append(made)
    if isinstance(record, NeedInput) and stored is not None:
        text, *rest = stored
        told = [record.category, *amount_of(record), record.deadline]
        if told != rest or not _says(text, screen(record.story.strip())):
            rows.warnings.append(RowProblem(made.row, made.given_id, rows.heading("need_id"), "", "known_differs"))


def _says(stored: str, told: str) -> bool:
    """Whether a stored text says the same; names that were masked in it may be anything."""
    parts = [re.escape(part) for part in stored.split("〔姓名〕")]
    return re.fullmatch("(?:〔姓名〕|.{1,6}?)".join(parts), told, re.DOTALL) is not None


def _ask_about_people(judged: _Judged, kind: ImportKind, by: Actor) -> None:
    """Families whose head is on file already, or whose code is taken, are refused before anything is written."""
    if kind is not ImportKind.FAMILIES:
        return
    fresh, judged.fresh = judged.fresh, []
    for made in fresh:
        household = made.record
        assert isinstance(household, HouseholdInput)
        found = judged.world.taken(household, by)
        if found is None:
            judged.fresh.append(made)
        else:
            name, code, params = found
            judged.rows.problem(made.row, made.given_id, name, code, **params)


def _donor_type(uow: UnitOfWork, by: Actor) -> DonorType | None:
    return donors_of(uow.session, by).get(by.donor_id) if by.donor_id is not None else None


# ── writing ────────────────────────────────────────────────────────────────────────────────────────────────────


def _write(
    kind: ImportKind,
    judged: _Judged,
    reference: Reference,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    *,
    batch_id: int | None,
) -> None:
    """Write the fresh rows: needs and families all at once, and row by row where the database refuses that."""
    try:
        with uow.session.begin_nested():
            object_ids = _at_once(kind, judged, by, uow, now)
    except IntegrityError:
        object_ids = None
    if object_ids is None:
        object_ids = _one_by_one(kind, judged, reference, by, uow, now)
    uow.session.flush()
    owner = {"kind": kind, "owner": owner_of(by), "batch_id": batch_id}
    links = [
        {**owner, "given_id": made.given_id, "object_id": object_id}
        for made, object_id in zip(judged.fresh, object_ids, strict=True)
    ]
    if links:
        uow.session.execute(insert(IMPORTED), links)


def _at_once(kind: ImportKind, judged: _Judged, by: Actor, uow: UnitOfWork, now: datetime) -> list[int] | None:
    """Ids of the written rows; None for kinds that are always written one by one."""
    if kind is ImportKind.NEEDS:
        return insert_needs(judged.fresh, judged.world, by=by, uow=uow, now=now)
    if kind is ImportKind.FAMILIES:
        return insert_families(judged.fresh, judged.world, by=by, uow=uow, now=now)
    return None


def _one_by_one(
    kind: ImportKind, judged: _Judged, reference: Reference, by: Actor, uow: UnitOfWork, now: datetime
) -> list[int]:
    """Write through the same use cases as the forms; a row they refuse joins the problems."""
    written, object_ids = [], []
    for made in judged.fresh:
        try:
            object_id = _register(kind, made, judged.world, reference, by, uow, now)
        except InvalidFields as refused:
            for problem in refused.problems:
                name = COLUMN_OF.get(problem.field, problem.field)
                judged.rows.problem(made.row, made.given_id, name, problem.code, **problem.params)
            continue
        except (NotFound, NotPermitted) as refused:
            judged.rows.problem(made.row, made.given_id, judged.rows.fields[0].name, refused.code)
            continue
        written.append(made)
        object_ids.append(object_id)
    judged.fresh = written
    return object_ids


def _register(
    kind: ImportKind,
    made: Prepared,
    world: World,
    reference: Reference,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> int:
    inner = InnerUnitOfWork(uow)
    match made.record:
        case NeedInput() as need:
            household_id = world.households[made.household].id
            return register_need(household_id, need, by=by, uow=inner, now=now, created_on=made.created_on).id
        case HouseholdInput() as household:
            unit_id = world.units[made.union_unit] if made.union_unit else None
            return register_household(
                household, unit_id=unit_id, by=by, uow=inner, now=now, areas=reference.areas,
                looks_after=by.role is Role.CONTACT,
            ).id  # fmt: skip
        case OfferInput() as offer:
            donor_id = by.donor_id if by.donor_id is not None else world.donors[made.donor]
            return register_offer(offer, donor_id=donor_id, by=by, uow=inner, now=now).id


def _allowed(kind: ImportKind, by: Actor) -> None:
    if not may(by, ACTIONS[kind]):
        raise NotPermitted()


# ── keeping ────────────────────────────────────────────────────────────────────────────────────────────────────


def _own(uow: UnitOfWork, batch_id: int, by: Actor, *, lock: bool = False) -> ImportBatch:
    batch = uow.get(ImportBatch, batch_id, lock=lock)
    if batch.account_id != by.account_id or batch.status is ImportStatus.DROPPED:
        raise NotFound()
    return batch


def _packed(table: Table) -> str:
    return json.dumps(as_plain(table), ensure_ascii=False)


def _packed_problems(problems: list[RowProblem]) -> str:
    return json.dumps([asdict(problem) for problem in problems], ensure_ascii=False)


def _unpacked(batch: ImportBatch, now: datetime) -> Table:
    if batch.content is None or batch.expires_at < now:
        raise RefusedInput("preview_gone")
    return from_plain("", json.loads(batch.content))


def _counts(judged: _Judged) -> dict[str, int]:
    rows = judged.rows
    return {
        "rows": len(rows.table.rows),
        "good": len(judged.fresh),
        "known": len(judged.known),
        "refused": len({problem.row for problem in rows.problems}),
        "examples": rows.examples,
    }


def _look(
    kind: ImportKind, batch: ImportBatch | None, judged: _Judged, status: ImportStatus = ImportStatus.PREVIEW
) -> Look:
    return Look(
        kind=kind,
        batch_id=batch.id if batch else None,
        status=status,
        **_counts(judged),
        problems=tuple(judged.rows.problems),
        warnings=tuple(judged.rows.warnings),
        shown=tuple(_first_words(judged.fresh)),
        expires_at=batch.expires_at if batch else None,
    )


def _first_words(fresh: list[Prepared], most: int = 100) -> Iterator[tuple[int, str, str]]:
    for made in fresh[:most]:
        match made.record:
            case NeedInput(story=words) | OfferInput(text=words):
                yield made.row, made.given_id, screen(words)[:60]
            case HouseholdInput(head_name=name):
                yield made.row, made.given_id, f"{name[:1]}**"


def _written(batch: ImportBatch) -> Look:
    problems = [RowProblem(**problem) for problem in json.loads(batch.content)] if batch.content else []
    return Look(
        kind=batch.kind,
        batch_id=batch.id,
        status=batch.status,
        **batch.counts,
        problems=tuple(problems),
        expires_at=batch.expires_at,
    )
