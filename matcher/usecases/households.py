"""Families: beginning a file in one go, and looking at what identifies people (R24, R58).

Name, numbers, address and illness are sealed; one person has one file, whichever unit began it.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from matcher.clock import business_date
from matcher.domain import identity
from matcher.domain.access import Action, Actor, Reach, within
from matcher.domain.screening import screen
from matcher.domain.terms import FileStatus, RevealPurpose, UnitLevel
from matcher.errors import FieldProblem, InvalidFields, NotFound
from matcher.store.crypto import keyring
from matcher.store.queries.needs import lock_registration
from matcher.store.tables import Division, Household, Need, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.contacts import begin_contact
from matcher.usecases.guard import reach_of_family, require
from matcher.usecases.household_input import HouseholdInput, household_problems, warnings

ID_PURPOSE = "household.id_card"
CARD_PURPOSE = "household.bank_card"


@dataclass(frozen=True, slots=True)
class HouseholdCard:
    """A family after an act: the case code instead of a name, and what was odd but accepted (codes)."""

    id: int
    case_code: str
    version: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """What identifies a family, for one look that is recorded."""

    case_code: str
    head_name: str
    id_card: str | None
    phone: str | None
    address: str | None


def register_household(
    household: HouseholdInput,
    *,
    unit_id: int | None = None,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    areas: frozenset[str] | None = None,
    looks_after: bool = False,
) -> HouseholdCard:
    """Begin a family's file at a unit in the actor's reach (the actor's own by default).

    The number of its head names one person in the whole network: a second file is refused, here with the case
    code it already has, elsewhere without a word about the other unit. With `looks_after` a caseworker or
    contact person looks after the family from now on. Raises InvalidFields, NotFound, NotPermitted.
    """
    today = business_date(now)
    with uow:
        unit = _unit(uow, unit_id if unit_id is not None else by.unit_id)
        require(by, Action.EDIT_NEEDS, Reach(unit_path=unit.path, contact_id=by.account_id if looks_after else None))
        lock_registration(uow.session)
        found = list(household_problems(household, today=today, areas=areas))
        found += _known_problems(uow, household, by, today)
        if found:
            raise InvalidFields(tuple({problem.field: problem for problem in reversed(found)}.values()))
        county = county_above(uow, unit)
        row = Household(
            case_code=household.case_code.strip() or next_case_code(uow, county.short_name),
            unit_id=unit.id or 0,
            created_at=now,
            updated_at=now,
            **columns_of(household, unit, county, today=today),
        )
        uow.add(row)
        uow.record(by, "household:register", row, at=now)
        if looks_after:
            begin_contact(uow, row, by, now)
        uow.commit()
        return HouseholdCard(row.id or 0, row.case_code, row.version, warnings(household, today=today, areas=areas))


def reveal_person(household_id: int, *, purpose: RevealPurpose, by: Actor, uow: UnitOfWork, now: datetime) -> Person:
    """Show name, number, phone and address once; that they were looked at, and what for, is written down.

    Raises NotFound or NotPermitted.
    """
    with uow:
        row = uow.get(Household, household_id)
        require(by, Action.REVEAL_PERSON, reach_of_family(row, _unit_for(uow, row, by)))
        uow.record(by, "household:reveal", row, at=now, purpose=purpose.value)
        uow.commit()
        return Person(row.case_code, row.head_name, row.id_card, row.phone, row.address)


def _unit_for(uow: UnitOfWork, row: Household, by: Actor) -> Unit:
    """Where a family belongs as this person sees it: at its own unit, or where one of its needs was accepted (转办)."""
    own = uow.get(Unit, row.unit_id)
    if within(by, reach_of_family(row, own)):
        return own
    mine = col(Unit.path).startswith(by.unit_path or "-", autoescape=True)
    accepted = select(Unit).join(Need, col(Need.unit_id) == Unit.id).where(Need.household_id == row.id, mine)
    return uow.session.exec(accepted).first() or own


def columns_of(household: HouseholdInput, unit: Unit, county: Unit, *, today: Any) -> dict[str, Any]:
    """The household's own columns, as stored: numbers normalised, words that others read screened."""
    id_card = identity.resident_id(household.id_card, today=today).value if household.id_card.strip() else None
    card = identity.bank_card(household.bank_card).value if household.bank_card.strip() else None
    return {
        "head_name": household.head_name.strip(),
        "id_card": id_card,
        "id_card_index": keyring().index(id_card, ID_PURPOSE) if id_card else None,
        "phone": identity.phone(household.phone).value if household.phone.strip() else None,
        "address": household.address.strip() or None,
        "diagnosis": household.diagnosis.strip() or None,
        "bank_card": card,
        "bank_card_index": keyring().index(card, CARD_PURPOSE) if card else None,
        "division_code": household.division_code or unit.division_code or county.division_code or "000000",
        "township": household.township.strip(),
        "size": household.size or 1,
        "situation": screen(household.situation.strip()),
        "hardship_class": household.hardship_class,
        "file_status": FileStatus.ACTIVE if household.on_file else FileStatus.NONE,
        "file_level": household.file_level if household.on_file else None,
        "file_number": household.file_number.strip() or None,
        "file_approved_on": household.file_approved_on if household.on_file else None,
        "causes": sorted({cause.value for cause in household.causes}, key=int),
        "groups": sorted({group.value for group in household.groups}),
        "consent": sorted({kind.value for kind in household.consent}),
        "is_member": household.is_member,
        "is_real_name": household.is_real_name,
        "is_excluded": household.is_excluded,
        "relation_months": household.relation_months,
        "payout": household.payout,
    }


def county_above(uow: UnitOfWork, unit: Unit) -> Unit:
    """The county or industry union a unit belongs to, whose short name begins its case codes; else the unit."""
    ids = [int(part) for part in unit.path.strip("/").split("/") if part]
    above = uow.session.exec(select(Unit).where(col(Unit.id).in_(ids))).all()
    chosen = [u for u in above if u.level in (UnitLevel.COUNTY, UnitLevel.INDUSTRY)]
    return max(chosen, key=lambda u: len(u.path)) if chosen else unit


def next_case_code(uow: UnitOfWork, short_name: str) -> str:
    """武陟-0418 after 武陟-0417. Numbers are not used again. Call under `lock_registration`."""
    codes = uow.session.exec(select(Household.case_code).where(col(Household.case_code).like(f"{short_name}-%"))).all()
    pattern = re.compile(rf"{re.escape(short_name)}-(\d{{1,9}})")
    numbers = [int(match[1]) for code in codes if (match := pattern.fullmatch(code))]
    return f"{short_name}-{max(numbers, default=0) + 1:04d}"


def _unit(uow: UnitOfWork, unit_id: int | None) -> Unit:
    if unit_id is None:
        raise NotFound()
    return uow.get(Unit, unit_id)


def _known_problems(uow: UnitOfWork, household: HouseholdInput, by: Actor, today: Any) -> list[FieldProblem]:
    """Problems that only the database knows: somebody who is on file, a case code or place in use or unknown."""
    problems = []
    code = household.case_code.strip()
    if code and uow.session.exec(select(Household.id).where(Household.case_code == code)).first() is not None:
        problems.append(FieldProblem("case_code", "case_code_taken"))
    if household.division_code and uow.session.get(Division, household.division_code) is None:
        problems.append(FieldProblem("division_code", "place_unknown"))
    checked = identity.resident_id(household.id_card, today=today) if household.id_card.strip() else None
    if checked and not checked.problem and (known := find_by_id_card(uow, checked.value)):
        if within(by, reach_of_family(known, uow.get(Unit, known.unit_id))):
            problems.append(FieldProblem("id_card", "id_on_file_here", {"case_code": known.case_code}))
        else:
            problems.append(FieldProblem("id_card", "id_on_file_elsewhere"))
    return problems


def find_by_id_card(uow: UnitOfWork, number: str) -> Household | None:
    """The household whose head has this normalised number, looked up under every key in use."""
    prints = keyring().indexes(number, ID_PURPOSE)
    return uow.session.exec(select(Household).where(col(Household.id_card_index).in_(prints))).first()
