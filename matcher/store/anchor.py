"""The anchor: the head of the chain once more, outside the database, the data directory and the backup.

A chain alone cannot tell that its end was cut off or that an old copy was put back: what is left is a chain as well.
So each commit that adds to the trail writes the new head into a small sealed file, one a chain. It is made with the
first entry, goes only forward and only along its own chain. When it is gone, or names an entry that is not there, it
is left alone and bears witness, until somebody answers for it (`nuanliu audit accept`).

The file is overwritten in place, less than one block, and not forced to the disk each time: after a power cut it may
name an earlier entry of the same chain, which is true as well.
"""

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from matcher.store.chain import Added, Head, Sealer
from matcher.store.crypto import keyring

log = logging.getLogger("nuanliu.audit")
SIZE = 512
"""Bytes of an anchor, always the same."""
_complaints: set[tuple[Path, str]] = set()


class _Current:
    """The folder of this process, as with the keyring; None: heads are kept nowhere else."""

    folder: Path | None = None


def use_folder(folder: Path | None) -> None:
    _Current.folder = folder


def folder() -> Path | None:
    return _Current.folder


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the file says. `is_ours` is false when its seal is wrong or it cannot be read."""

    last_id: int = 0
    last_seal: str = ""
    at: str = ""
    is_ours: bool = False


def path_of(chain: str, where: Path) -> Path:
    return where / f"{chain}.json"


def read(chain: str, where: Path | None, sealer: Sealer) -> Anchor | None:
    """The anchor of a chain; None when there is none."""
    try:
        if where is None:
            return None
        with _held(path_of(chain, where), os.O_RDONLY, fcntl.LOCK_SH) as handle:
            return _understood(_content(handle), chain, sealer)
    except FileNotFoundError:
        return None
    except OSError:
        return Anchor()


def advance(added: Added, seal_of: Callable[[int], str | None], *, at: datetime) -> bool:
    """Move the anchor to a new head after its commit. `seal_of` looks an entry's seal up in the database.

    False when the anchor could not be moved, which is logged once; the act itself is done.
    """
    where = folder()
    if where is None:
        return False
    sealer, chain = Sealer(keyring()), added.after.chain
    begins = added.before.last_id == 0
    try:
        if begins:
            where.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _held(path_of(chain, where), os.O_RDWR | (os.O_CREAT if begins else 0), fcntl.LOCK_EX) as handle:
            content = _content(handle)
            known = _understood(content, chain, sealer)
            if known.is_ours and known.last_id >= added.after.last_id:
                return True
            if not (begins and not content) and not _continues(known, added.before, seal_of):
                return _complain(where, f"does not continue from its anchor at entry {known.last_id}")
            _put(handle, added.after, sealer, at)
    except OSError as error:
        return _complain(where, f"could not be anchored: {error.strerror}")
    return True


def replace(head: Head, *, at: datetime) -> None:
    """Begin anew at this head, whatever the anchor said; only after somebody answered for it in the trail."""
    where = folder()
    if where is None:
        return
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _held(path_of(head.chain, where), os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX) as handle:
        _put(handle, head, Sealer(keyring()), at)


def _continues(known: Anchor, before: Head, seal_of: Callable[[int], str | None]) -> bool:
    if not known.is_ours:
        return False
    if (known.last_id, known.last_seal) == (before.last_id, before.last_seal):
        return True
    return seal_of(known.last_id) == known.last_seal


def _complain(where: Path, problem: str) -> bool:
    if (where, problem) not in _complaints:
        _complaints.add((where, problem))
        log.error("the trail %s (%s); nuanliu audit verify tells more", problem, where)
    return False


def _understood(content: bytes, chain: str, sealer: Sealer) -> Anchor:
    try:
        body = json.loads(content)
        said = (int(body["last_id"]), str(body["last_seal"]), str(body["at"]))
        ours = sealer.seal_text(body["key_id"], _said(chain, *said)) == body["seal"]
    except (ValueError, KeyError, TypeError):
        return Anchor()
    return Anchor(*said, is_ours=ours)


def _said(chain: str, last_id: int, last_seal: str, at: str) -> list[str | int]:
    return ["anchor", chain, last_id, last_seal, at]


def _content(handle: int) -> bytes:
    return os.pread(handle, 2 * SIZE, 0)


def _put(handle: int, head: Head, sealer: Sealer, at: datetime) -> None:
    key_id, moment = sealer.ring.current, at.isoformat(timespec="seconds")
    seal = sealer.seal_text(key_id, _said(head.chain, head.last_id, head.last_seal, moment))
    body = {"chain": head.chain, "last_id": head.last_id, "last_seal": head.last_seal, "at": moment}
    text = json.dumps({**body, "key_id": key_id, "seal": seal}).ljust(SIZE - 1) + "\n"
    os.pwrite(handle, text.encode(), 0)
    os.ftruncate(handle, SIZE)


@contextmanager
def _held(path: Path, flags: int, lock: int) -> Iterator[int]:
    """The open file, held against other threads and processes of this machine."""
    handle = os.open(path, flags, 0o600)
    try:
        fcntl.flock(handle, lock)
        yield handle
    finally:
        os.close(handle)
