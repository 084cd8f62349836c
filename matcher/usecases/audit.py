"""Is the trail whole? Looked at by anybody at the machine, and by auditors on their page, which leaves an entry."""

from datetime import datetime

from matcher.domain.access import Action, Actor, may
from matcher.domain.terms import BreakReason, TrailFault
from matcher.errors import NotPermitted, RefusedInput
from matcher.settings import Settings
from matcher.store import anchor, chain
from matcher.store.crypto import Keyring
from matcher.store.queries.trail import ACCEPTED, CHECKED
from matcher.store.session import Database
from matcher.store.trail_check import Finding, check
from matcher.store.unit_of_work import UnitOfWork

OF = "audit_head"
BREAKS = frozenset({TrailFault.OLD_COPY, TrailFault.ANCHOR_MISSING, TrailFault.ANCHOR_FORGED})
"""What somebody can answer for: entries or their anchor are gone, but those that are there all fit."""


def ring_of(settings: Settings) -> Keyring:
    """All keys an entry may have been sealed under: those in use, and those kept only for this. Raises SetupProblem."""
    keys = Keyring.parse(settings.encryption_keys.get_secret_value()).keys
    retired = settings.audit_keys.get_secret_value()
    return Keyring({**(Keyring.parse(retired).keys if retired.strip() else {}), **keys})


def check_trail(*, database: Database, ring: Keyring) -> Finding:
    """Walk the whole chain: one HMAC an entry. Looks only, writes nothing."""
    return check(database, ring)


def check_as_auditor(*, by: Actor, ring: Keyring, uow: UnitOfWork, now: datetime) -> Finding:
    """The same from the auditors' page; that it was checked, and the result, become an entry. Raises NotPermitted."""
    if not may(by, Action.SEE_AUDIT):
        raise NotPermitted()
    found = check(uow.database, ring)
    with uow:
        uow.note(by, CHECKED, OF, 1, at=now, **figures(found))
        uow.commit()
    return found


def figures(found: Finding) -> dict[str, str | int]:
    """A finding as codes and numbers, as an entry keeps it."""
    said: dict[str, str | int] = {"entries": found.entries, "last": found.last_id, "anchored": found.anchored}
    if found.fault is not None:
        said |= {"fault": found.fault.value, "entry": found.entry, "until": found.until}
        if found.key_id.isalnum() and found.key_id.isascii() and len(found.key_id) <= 16:
            said["key_id"] = found.key_id
    return said


def answer_for_break(
    reason: BreakReason, *, by: Actor | None, ring: Keyring, uow: UnitOfWork, now: datetime
) -> Finding:
    """Say why entries or their anchor are gone; the chain goes on from what is there, with that said in it.

    Returns what was found before. Raises RefusedInput when nothing is broken, or when entries that are there do not
    fit: for that nobody can answer.
    """
    found = check(uow.database, ring)
    if found.fault not in BREAKS:
        raise RefusedInput("trail_not_broken" if found.is_whole else "trail_damaged", entry=found.entry)
    with uow:
        said = {
            name: value for name, value in figures(found).items() if name in ("fault", "entry", "until", "anchored")
        }
        uow.note(by, ACCEPTED, OF, 1, at=now, because=reason.value, **said)
        uow.commit()
    head = check(uow.database, ring)
    anchor.replace(chain.Head(head.chain, head.last_id, head.last_seal), at=now)
    return found
