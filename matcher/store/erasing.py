"""Erasing a family: its key is destroyed, and with it everything it sealed, in older copies of the database too. What
stands in the clear and could still tell who it was is blanked. Codes, amounts and days stay, and so does the trail.

The names of destroyed keys are also kept beside the anchors of the trail, outside the database and its backups, so that
a backup that is put back does not bring the families back (`erase_again`).
"""

import os
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, MetaData, Table, or_, select, update
from sqlmodel import Session, SQLModel

from matcher.store import anchor, ownership, record_keys
from matcher.store.columns import Sealed

BLANK: dict[str, dict[str, Any]] = {
    "household": {
        "id_card_index": None, "bank_card_index": None, "surname_key": "~", "township": "", "situation": "",
        "file_number": None, "consent": [], "contact_account_id": None, "is_stopped": True, "record_key": None,
    },
    "hardship_file": {"national_number": None, "national_on": None, "notice_token": None},
    "person_key": {"number_index": ""},
    "imported_file": {"fingerprint": ""},
    "need": {"title": "", "text": "", "route_from": None, "route_to": None, "age": None},
    "proposal": {"reasons": [], "against": None, "alternatives": []},
    "unmet_need": {"smallest_change": {}},
    "contact_assignment": {"note": ""},
    "plan_measure": {"title": "", "outcome": ""},
    "referral": {"note": ""},
    "referral_step": {"note": ""},
    "filing_task": {"note": ""},
    "invitation": {"display_name": b"", "person_index": None},
    "account": {
        "display_name": b"", "person_index": None, "password_hash": "!", "totp_secret": None, "recovery_codes": [],
        "is_active": False,
    },
    "sign_in": {"device": ""},
    "erasure": {"note": ""},
    "former_password": {"password_hash": "!"},
}  # fmt: skip
"""Columns in the clear, or sealed under the keyring, and what they say afterwards."""
KEPT = {
    "household": ("record_name", "case_code", "division_code", "causes", "groups"),
    "need": ("code", "division_code", "unit"),
    "file_evidence": ("media_type",),
    "file_step": ("reason",),
    "imported_file": ("given_id",),
    "proposal": ("unit", "parts", "maxima", "signals", "model"),
    "proposal_step": ("reason", "signals", "model", "policy_version"),
    "unmet_need": ("main_reason", "blocking"),
    "delivery": ("unit", "handler"),  # who of the union handed over
    "referral": ("rules",),
    "rights_request": ("donor_types",),
    "account": ("username", "locale"),
    "invitation": ("token_hash",),
    "sign_in": ("token_hash",),
    "outbox": ("kind", "dedupe", "params"),
}
"""Codes, figures and fingerprints: they say what was given where, not to whom."""
WAYS = (
    "household_id", "other_household_id", "to_household_id", "file_id", "need_id", "proposal_id", "referral_id",
    "account_id",
)  # fmt: skip
"""Columns that lead to a family, directly or over a row of its own."""
ERASED_LIST = "erased.txt"


def erase_record(session: Session, household_id: int, *, at: datetime) -> str:
    """Erase one family inside the caller's transaction; the name of the key that is gone, "" if it never had one."""
    home = ownership.household()
    name = session.connection().execute(select(home.c.record_name).where(home.c.id == household_id)).scalar()
    for table in SQLModel.metadata.sorted_tables:
        raw, values = _raw(table), _emptied(table)
        if values and (rows := mine(raw, household_id)) is not None:
            session.connection().execute(update(raw).where(rows).values(values))
    session.connection().execute(update(home).where(home.c.id == household_id).values(erased_at=at, updated_at=at))
    account = SQLModel.metadata.tables["account"]
    session.connection().execute(
        update(account).where(account.c.household_id == household_id)
        .values(username="erased-" + account.c.id.cast(account.c.username.type))
    )  # fmt: skip
    session.expire_all()
    return str(name or "")


def note_erased(names: Iterable[str]) -> None:
    """Write the names of destroyed keys beside the anchors, after the commit, and forget the keys."""
    where, lines = anchor.folder(), [name for name in names if name]
    for name in lines:
        record_keys.forget(name)
    if where is None or not lines:
        return
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(where / ERASED_LIST, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, "".join(f"{name}\n" for name in lines).encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def not_noted(session: Session) -> list[str]:
    """Names of keys that are destroyed in this database and not on the list, as after a power cut in between."""
    home = ownership.household()
    gone = select(home.c.record_name).where(home.c.erased_at.is_not(None), home.c.record_name.is_not(None))
    return sorted(set(session.connection().execute(gone).scalars()) - _noted())


def erased_before(session: Session) -> list[int]:
    """Families in this database whose key was destroyed already, as after a backup was put back."""
    names, home = sorted(_noted()), ownership.household()
    found: list[int] = []
    for start in range(0, len(names), ownership.AT_ONCE):
        some = home.c.record_name.in_(names[start : start + ownership.AT_ONCE])
        found += session.connection().execute(select(home.c.id).where(some, home.c.erased_at.is_(None))).scalars().all()
    return sorted(found)


def _noted() -> set[str]:
    where = anchor.folder()
    if where is None or not (where / ERASED_LIST).exists():
        return set()
    return set((where / ERASED_LIST).read_text("ascii").split())


def _emptied(table: Table) -> dict[str, Any]:
    """What the columns of a family's row hold afterwards, as stored."""
    values = dict(BLANK.get(table.name, {}))
    for name in ownership.owned(table.name)[1]:
        values[name] = None if table.c[name].nullable else b""
    return values


def _raw(table: Table) -> Table:
    """The table with its sealed columns as bytes."""
    columns: list[Column[Any]] = [
        Column(c.name, LargeBinary() if isinstance(c.type, Sealed) else c.type, primary_key=c.primary_key)
        for c in table.columns
    ]
    return Table(table.name, MetaData(), *columns)


def mine(table: Table, household_id: int) -> ColumnElement[bool] | None:
    """Which rows of a table belong to this family, by the shortest ways there are; None for tables without any."""
    real = SQLModel.metadata.tables[table.name]
    if table.name == "household":
        return table.c.id == household_id
    ways: list[ColumnElement[bool]] = []
    for name in WAYS:
        for key in real.c[name].foreign_keys if name in real.c else ():
            target = key.column.table
            if target.name == "household":
                ways.append(table.c[name] == household_id)
            elif (inner := mine(target, household_id)) is not None:
                ways.append(table.c[name].in_(select(target.c.id).where(inner)))
    return or_(*ways) if ways else None
