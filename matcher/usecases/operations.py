"""Looking after an installation: back up, restore, change keys, and check that the books agree
with the rows."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from matcher.clock import now as this_moment
from matcher.errors import SetupProblem
from matcher.settings import Settings
from matcher.store import backup as store_backup
from matcher.store import migrate, rekey
from matcher.store.backup import Manifest
from matcher.store.crypto import Keyring
from matcher.store.queries.jobs import Difference, count_checked, differences
from matcher.store.session import Database
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.retention import erase_again


def backup(file: Path, *, settings: Settings, now: datetime | None = None) -> Manifest:
    """Write everything in the database into one file, while it is in use, and check the file.

    The encryption keys are not in it: `Manifest.key_ids` names those that must be kept elsewhere. Raises
    SetupProblem.
    """
    database = Database(settings.effective_database_url)
    try:
        return store_backup.write_backup(database, file, key_ids=_key_ids(settings), now=now or this_moment())
    finally:
        database.dispose()


def restore(file: Path, *, settings: Settings, force: bool = False) -> Manifest:
    """Put a backup into the database of the settings and check every row. A database that holds anything is only
    overwritten with `force`. Families that were erased since are erased again. Raises SetupProblem; then nothing was
    changed, unless its code is `restore_differs`.
    """
    missing = [key_id for key_id in store_backup.read_manifest(file).key_ids if key_id not in _key_ids(settings)]
    if missing:
        raise SetupProblem("unknown_encryption_key", key_id=missing[0])
    database = Database(settings.effective_database_url)
    try:
        manifest = store_backup.read_back(database, file, force=force)
        if migrate.current(database) == migrate.head():
            erase_again(uow=UnitOfWork(database), now=this_moment())
        return manifest
    finally:
        database.dispose()


def rotate_keys(
    *, settings: Settings, now: datetime, tell: Callable[[str, int], None] = lambda table, rows: None
) -> dict[str, int]:
    """Seal everything under the first of NUANLIU_ENCRYPTION_KEYS while pages and tasks go on; rows changed by table.

    Those must have both keys already. May be stopped and called again. Raises SetupProblem for a value whose key is not
    among them.
    """
    database = Database(settings.effective_database_url)
    ring = Keyring.parse(settings.encryption_keys.get_secret_value())
    try:
        changed = rekey.rotate(database, ring, tell=tell)
        with UnitOfWork(database) as uow:
            uow.note(None, "keys:rotate", "installation", 1, at=now, key_id=ring.current, rows=sum(changed.values()))
            uow.commit()
        return changed
    finally:
        database.dispose()


def key_uses(*, settings: Settings) -> list[rekey.Use]:
    """Which keys what is stored still needs, by table."""
    database = Database(settings.effective_database_url)
    try:
        return rekey.uses(database)
    finally:
        database.dispose()


@dataclass(frozen=True, slots=True)
class Books:
    """The result of a check: rows looked at and every figure that does not agree."""

    checked: dict[str, int]
    differences: tuple[Difference, ...]

    @property
    def agree(self) -> bool:
        return not self.differences

    def as_json(self) -> dict[str, Any]:
        return {"agree": self.agree, "checked": self.checked, "differences": [asdict(d) for d in self.differences]}


def reconcile(*, database: Database, now: datetime) -> Books:
    """Work out every sum again: stock and promises from proposals, rows of the 发放签领表, leases of jobs.

    Looks only, changes nothing.
    """
    with database.read() as session:
        return Books(count_checked(session), tuple(differences(session, now)))


def _key_ids(settings: Settings) -> tuple[str, ...]:
    keys = settings.encryption_keys.get_secret_value()
    return tuple(Keyring.parse(keys).keys) if keys else ()
