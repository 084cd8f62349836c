"""What an import asks the database: who and what is there already, in a few statements for a whole file."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from matcher.domain.access import DONOR_ROLES, Actor
from matcher.domain.identity import id_key
from matcher.domain.terms import DonorType, FileStatus, ImportKind
from matcher.store.crypto import keyring
from matcher.store.facts import DONOR, HOUSEHOLD, NEED, OFFER, UNIT
from matcher.store.queries.reach import of_cases, of_units
from matcher.store.tables import Division, ImportedRow

ID_PURPOSE = "household.id_card"


@dataclass(frozen=True, slots=True)
class Home:
    """What a need takes over from its household."""

    id: int
    unit_id: int
    division_code: str
    file_status: FileStatus


@dataclass(slots=True)
class World:
    """What the rows of a file may name. `people` and `codes` reach over the whole network, and say of others
    only that they are there."""

    households: dict[str, Home] = field(default_factory=dict)  # by case code, in reach
    divisions: frozenset[str] = frozenset()
    units: dict[str, int] = field(default_factory=dict)  # code, name or short name → id, in reach
    donors: dict[str, int] = field(default_factory=dict)  # code or name → id, in reach
    people: dict[str, str] = field(default_factory=dict)  # fingerprint of the number → case code
    codes: frozenset[str] = frozenset()  # case codes of the whole network

    @staticmethod
    def is_same(household: Any, fingerprint: str | None) -> bool:
        """Whether a family under this case code can be the one that is told: no numbers contradict."""
        if not household.id_card.strip() or fingerprint is None:
            return True
        return fingerprint in keyring().indexes(id_key(household.id_card), ID_PURPOSE)

    def taken(self, household: Any, by: Actor) -> tuple[str, str, dict[str, str]] | None:
        """Why this family cannot be registered: (column, problem, params); None when nothing stands against it."""
        if household.id_card.strip():
            for fingerprint in keyring().indexes(id_key(household.id_card), ID_PURPOSE):
                if fingerprint in self.people:
                    code = self.people[fingerprint]
                    if code in self.households:
                        return "id_card", "id_on_file_here", {"case_code": code}
                    return "id_card", "id_on_file_elsewhere", {}
        if household.case_code and household.case_code in self.codes:
            return "household_id", "case_code_taken", {}
        return None


def world_of(session: Session, by: Actor, kind: ImportKind) -> World:
    """What a file of this kind may name."""
    world = World()
    if kind is ImportKind.OFFERS:
        if by.role not in DONOR_ROLES:
            rows = session.execute(
                select(DONOR.c.id, DONOR.c.code, DONOR.c.name)
                .join(UNIT, UNIT.c.id == DONOR.c.unit_id)
                .where(of_units(by))
            )
            for donor_id, code, name in rows:
                world.donors |= {code: donor_id, name: donor_id}
        return world
    joined = HOUSEHOLD.join(UNIT, UNIT.c.id == HOUSEHOLD.c.unit_id)
    h = HOUSEHOLD.c
    mine = select(h.case_code, h.id, h.unit_id, h.division_code, h.file_status).select_from(joined)
    world.households = {code: Home(*rest) for code, *rest in session.execute(mine.where(of_cases(by)))}
    world.divisions = frozenset(session.execute(select(col(Division.code))).scalars())
    if kind is ImportKind.FAMILIES:
        units = session.execute(select(UNIT.c.id, UNIT.c.code, UNIT.c.name, UNIT.c.short_name).where(of_units(by)))
        for unit_id, *names in units:
            world.units |= dict.fromkeys(names, int(unit_id))
        known = session.execute(select(HOUSEHOLD.c.id_card_index, HOUSEHOLD.c.case_code)).all()
        world.people = {fingerprint: code for fingerprint, code in known if fingerprint}
        world.codes = frozenset(code for _fingerprint, code in known)
    return world


def known_rows(session: Session, kind: ImportKind, owner: str, by: Actor) -> dict[str, Any]:
    """Ids of a file that are there already: rows of earlier files of the same owner, and the house's own codes in
    reach, as exports write them. With what is stored: words and amounts of a need, fingerprint of a family's head."""
    r = ImportedRow
    earlier = select(col(r.given_id), col(r.object_id)).where(col(r.kind) == kind, col(r.owner) == owner)
    objects = {given: int(object_id) for given, object_id in session.execute(earlier)}
    if kind is ImportKind.NEEDS:
        n = NEED.c
        columns = (n.id, n.code, n.text, n.category, n.quantity, n.unit, n.deadline)
        joined = NEED.join(HOUSEHOLD, HOUSEHOLD.c.id == n.household_id).join(UNIT, UNIT.c.id == n.unit_id)
        rows = session.execute(select(*columns).select_from(joined).where(of_cases(by))).all()
        stored = {row.id: tuple(row)[2:] for row in rows}
        return {given: stored.get(object_id) for given, object_id in objects.items()} | {
            row.code: tuple(row)[2:] for row in rows
        }
    if kind is ImportKind.OFFERS:
        mine = OFFER.c.donor_id == by.donor_id if by.role in DONOR_ROLES else of_units(by)
        codes = session.execute(select(OFFER.c.code).join(UNIT, UNIT.c.id == OFFER.c.unit_id).where(mine))
        return dict.fromkeys(objects) | dict.fromkeys(code for (code,) in codes)
    joined = HOUSEHOLD.join(UNIT, UNIT.c.id == HOUSEHOLD.c.unit_id)
    families = select(HOUSEHOLD.c.case_code, HOUSEHOLD.c.id_card_index).select_from(joined).where(of_cases(by))
    return {str(row.case_code): row.id_card_index for row in session.execute(families)}


def donors_of(session: Session, by: Actor) -> dict[int, DonorType]:
    """The kind of the acting donor."""
    rows = session.execute(select(DONOR.c.id, DONOR.c.donor_type).where(DONOR.c.id == by.donor_id))
    return {int(donor_id): donor_type for donor_id, donor_type in rows}
