"""Beginning a hardship file, filling it in step by step, and sending it in (先建档)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import col, delete, select

from matcher.clock import business_date
from matcher.domain import file_life as life
from matcher.domain.access import Action, Actor, Reach
from matcher.domain.file_rules import FileRules
from matcher.domain.file_terms import EvidenceKind, FileAct, FileState, KeyKind, Section
from matcher.domain.screening import screen
from matcher.domain.surnames import surname_key
from matcher.domain.terms import FileStatus, HardshipClass, NeedStatus
from matcher.errors import Conflict, FieldProblem, InvalidFields, WrongState
from matcher.store.crypto import keyring
from matcher.store.queries.needs import lock_registration
from matcher.store.tables import FileEvidence, FileSection, HardshipFile, Household, Need, PersonKey, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases import file_means
from matcher.usecases.duplicates import NUMBER_PURPOSE, look_for_duplicates
from matcher.usecases.family_names import names_of
from matcher.usecases.file_case import (
    FileCard,
    FileCase,
    contents,
    latest_sections,
    open_file_case,
    reach_of_file,
    take_file_step,
)
from matcher.usecases.file_fields import Values, missing, normalised, section_problems
from matcher.usecases.guard import reach_of_family, require
from matcher.usecases.households import CARD_PURPOSE, ID_PURPOSE, county_above, find_by_id_card, next_case_code

NEEDED = (EvidenceKind.APPLICATION, EvidenceKind.IDENTITY, EvidenceKind.AUTHORISATION)
"""Papers without which a file is not sent in."""
KEYED = {
    Section.PERSON: ((KeyKind.ID, True), (KeyKind.PHONE, True)),
    Section.MEMBERS: ((KeyKind.ID, False),),
    Section.BANK: ((KeyKind.CARD, True),),
}
"""The numbers that a step may tell, and whether they are the head's."""


class StaleSection(Conflict):
    """Somebody else saved this step meanwhile; `theirs` is what stands there now, nothing was written."""

    code = "stale_section"

    def __init__(self, theirs: Values, revision: int) -> None:
        super().__init__()
        self.theirs, self.revision = theirs, revision


def open_hardship_file(
    person: Mapping[str, Any],
    *,
    unit_id: int | None = None,
    household_id: int | None = None,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    areas: frozenset[str] | None = None,
) -> FileCard:
    """Begin a draft with the head's name and number, for a household that is registered (`household_id`) or a new
    one. Somebody whose number is known in the actor's reach keeps their household, and a second file is refused; a
    number known elsewhere opens a question for whoever stands above both. What the short registration (简表) says is
    filled in.

    Raises InvalidFields, NotFound, NotPermitted.
    """
    today = business_date(now)
    with uow:
        unit = uow.get(Unit, unit_id or by.unit_id or 0)
        require(by, Action.EDIT_FILES, Reach(unit_path=unit.path))
        lock_registration(uow.session)
        values = normalised(Section.PERSON, person)
        known_id = uow.get(Household, household_id).id_card if household_id else None
        problems = list(section_problems(Section.PERSON, person, today=today, areas=areas, known_id=known_id))
        problems += [FieldProblem(name, "required") for name in ("name", "id_card") if not values.get(name)]
        if problems:
            raise InvalidFields(problems)
        household = (
            _registered(uow, household_id, values, by) if household_id else _household(uow, values, unit, by, now)
        )
        file = HardshipFile(
            household_id=household.id or 0,
            unit_id=household.unit_id,
            opened_by=by.account_id,
            created_at=now,
            updated_at=now,
        )
        uow.add(file)
        case = FileCase(file, household, uow.get(Unit, household.unit_id))
        take_file_step(uow, case, FileAct.OPEN, by=by, at=now, to=FileState.DRAFT)
        known = known_of(household)
        known[Section.PERSON] |= values
        for section, told in known.items():
            if told:
                _write(uow, case, section, told, 1, by, now)
        uow.commit()
        return case.card()


def known_of(household: Household) -> dict[Section, Values]:
    """What the one-screen registration (简表) of a household says already, in the steps of the file it belongs to."""
    causes = sorted(household.causes, key=int)
    known: dict[Section, Values] = {
        Section.PERSON: {"phone": household.phone, "address": household.address, "township": household.township},
        Section.WORK: {"is_member": household.is_member, "relation_months": household.relation_months},
        Section.HEALTH: {"diagnosis": household.diagnosis},
        Section.CAUSE: {
            "main_cause": causes[0] if len(causes) == 1 else None,
            "situation": household.situation,
        },
        Section.BANK: {
            "payout": household.payout.value if household.payout else None,
            "bank_card": household.bank_card,
            "consent": list(household.consent),
        },
    }
    return {
        section: {name: value for name, value in told.items() if value not in (None, "", [])}
        for section, told in known.items()
    }


def _registered(uow: UnitOfWork, household_id: int, values: Values, by: Actor) -> Household:
    """A household that was registered before, when it has no file yet and the number does not speak against it."""
    row = uow.get(Household, household_id, lock=True)
    require(by, Action.EDIT_FILES, reach_of_family(row, uow.get(Unit, row.unit_id)))
    if row.id_card and row.id_card != values["id_card"]:
        raise InvalidFields([FieldProblem("id_card", "id_differs_from_registered")])
    _refuse_second_file(uow, row)
    return row


def _refuse_second_file(uow: UnitOfWork, household: Household) -> None:
    query = select(HardshipFile.id).where(HardshipFile.household_id == household.id)
    if uow.session.exec(query).first() is not None:
        raise InvalidFields([FieldProblem("id_card", "id_on_file_here", {"case_code": household.case_code})])


def _household(uow: UnitOfWork, values: Values, unit: Unit, by: Actor, now: datetime) -> Household:
    """The household the number belongs to, when it is in reach; else a new one."""
    known = find_by_id_card(uow, values["id_card"])
    if known is not None and by.unit_path and uow.get(Unit, known.unit_id).path.startswith(by.unit_path):
        _refuse_second_file(uow, known)
        return known
    county = county_above(uow, unit)
    row = Household(
        case_code=next_case_code(uow, county.short_name),
        unit_id=unit.id or 0,
        division_code=unit.division_code or county.division_code or "000000",
        head_name=values["name"],
        file_status=FileStatus.DRAFT,
        created_at=now,
        updated_at=now,
    )
    uow.add(row)
    uow.record(by, "household:register", row, at=now)
    return row


def save_section(
    file_id: int,
    section: Section,
    values: Mapping[str, Any],
    *,
    seen_revision: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    areas: frozenset[str] | None = None,
) -> FileCard:
    """Save one step; blanks are fine, wrong values are not. Saving what stands there already changes nothing.

    Raises InvalidFields, StaleSection, WrongState when the file is not open for editing.
    """
    today = business_date(now)
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.EDIT_FILES)
        if case.file.state not in life.EDITABLE:
            raise WrongState(state=case.file.state.value, wanted="edit")
        known_id = case.household.id_card
        problems = section_problems(section, values, today=today, areas=areas, known_id=known_id)
        if problems:
            raise InvalidFields(problems)
        told = normalised(section, values)
        before = latest_sections(uow, file_id).get(section)
        if before is not None and json.loads(before.content) == told:
            return case.card()
        if before is not None and before.revision != seen_revision:
            raise StaleSection(json.loads(before.content), before.revision)
        revision = before.revision + 1 if before else 1
        _write(uow, case, section, told, revision, by, now)
        uow.touch(case.file, seen_version=None, at=now)
        uow.record(by, "file:save", case.file, at=now, section=section.value, revision=revision)
        uow.commit()
        return case.card()


def _write(
    uow: UnitOfWork, case: FileCase, section: Section, values: Values, revision: int, by: Actor, now: datetime
) -> None:
    uow.add(
        FileSection(
            file_id=case.file.id or 0,
            section=section,
            revision=revision,
            content=json.dumps(values, ensure_ascii=False, sort_keys=True),
            by_account_id=by.account_id,
            at=now,
        )
    )
    if section in KEYED:
        _keep_keys(uow, case, section, values, now)
    if section in (Section.PERSON, Section.BANK):
        keep_head(case.household, section, values, now)
    if section in (Section.PERSON, Section.MEMBERS):
        _mask_names(uow, case.household, now)


def _mask_names(uow: UnitOfWork, household: Household, now: datetime) -> None:
    """Names that the file has just told are masked in what the family's open needs say to others."""
    uow.session.flush()
    names = names_of(uow, household)
    for need in uow.session.exec(
        select(Need).where(Need.household_id == household.id, Need.status == NeedStatus.OPEN).order_by(col(Need.id))
    ):
        title, text = screen(need.title, names), screen(need.text, names)
        if (title, text) != (need.title, need.text):
            need.title, need.text = title[:40], text
            uow.touch(need, seen_version=None, at=now)


def _keep_keys(uow: UnitOfWork, case: FileCase, section: Section, values: Values, now: datetime) -> None:
    """Fingerprints of the numbers in a step, in place of its former ones; equal ones elsewhere become a question."""
    for kind, is_head in KEYED[section]:
        uow.session.exec(
            delete(PersonKey).where(
                col(PersonKey.file_id) == case.file.id, col(PersonKey.kind) == kind, col(PersonKey.is_head) == is_head
            )
        )
    told = numbers_in(section, values)
    for kind, is_head, number in told:
        mark = keyring().index(number, NUMBER_PURPOSE)
        uow.add(PersonKey(file_id=case.file.id or 0, kind=kind, is_head=is_head, number=number, number_index=mark))
    look_for_duplicates(uow, case.file, [(kind, number) for kind, _head, number in told], at=now)


def numbers_in(section: Section, values: Values) -> list[tuple[KeyKind, bool, str]]:
    """The numbers that a step tells: what kind, whether the head's, and the number in its normal form."""
    told = {
        Section.PERSON: [(KeyKind.ID, True, values.get("id_card")), (KeyKind.PHONE, True, values.get("phone"))],
        Section.MEMBERS: [(KeyKind.ID, False, row.get("id_card")) for row in values.get("members", [])],
        Section.BANK: [(KeyKind.CARD, True, values.get("bank_card"))],
    }.get(section, [])
    return [(kind, is_head, number) for kind, is_head, number in told if number]


def keep_head(household: Household, section: Section, values: Values, now: datetime) -> None:
    """What other pages read of a household follows the file."""
    household.updated_at, household.version = now, household.version + 1
    if section is Section.BANK:
        card = values.get("bank_card")
        household.bank_card = card
        household.bank_card_index = keyring().index(card, CARD_PURPOSE) if card else None
        household.payout = values.get("payout")
        household.consent = sorted(values.get("consent", []))
        return
    number = values.get("id_card")
    household.head_name = values.get("name") or household.head_name
    household.surname_key = surname_key(household.head_name)
    household.id_card = number
    household.id_card_index = keyring().index(number, ID_PURPOSE) if number else None
    household.phone = values.get("phone")
    household.address = values.get("address")
    household.township = values.get("township") or ""


def submit_file(
    file_id: int, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime, rules: FileRules
) -> FileCard:
    """Send the file in for review: everything required is told, papers are there, and the class is worked out.

    Raises InvalidFields (one problem per missing field, `section.field`; `class_none`; `evidence`), WrongState,
    StaleVersion.
    """
    today = business_date(now)
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.EDIT_FILES)
        life.move(case.file.state, FileAct.SUBMIT)
        sections = contents(latest_sections(uow, file_id))
        problems = [FieldProblem(f"{s.value}.{name}", "required") for s, name in missing(sections)]
        problems += _papers(uow, file_id)
        verdict = file_means.verdict_of(sections, rules)
        if verdict and file_means.chosen_class(sections, verdict) is HardshipClass.NONE:
            problems.append(FieldProblem("money.chosen_class", "class_none"))
        if problems or verdict is None:
            raise InvalidFields(problems)
        file = case.file
        file.scheme, file.computed_class = verdict.scheme, verdict.hardship_class
        file.chosen_class = file_means.chosen_class(sections, verdict)
        file.is_local, file.calculation = verdict.is_local, file_means.as_text(verdict, today)
        file.submitted_on = today
        keep_facts(case.household, sections)
        take_file_step(uow, case, FileAct.SUBMIT, by=by, at=now, seen_version=seen_version)
        uow.commit()
        return case.card()


def papers_there(uow: UnitOfWork, file_id: int) -> set[EvidenceKind]:
    """Kinds of paper that a file holds."""
    query = select(FileEvidence.kind).where(FileEvidence.file_id == file_id, col(FileEvidence.removed_at).is_(None))
    return {EvidenceKind(kind) for kind in uow.session.exec(query).all()}


def _papers(uow: UnitOfWork, file_id: int) -> list[FieldProblem]:
    there = papers_there(uow, file_id)
    return [FieldProblem("evidence", "papers_needed", {"kind": kind.value}) for kind in NEEDED if kind not in there][:1]


def keep_facts(household: Household, sections: Mapping[Section, Mapping[str, Any]]) -> None:
    """Facts that matching reads; the class and the file's level come only with approval."""
    cause, work = sections.get(Section.CAUSE, {}), sections.get(Section.WORK, {})
    health = sections.get(Section.HEALTH, {})
    household.size = file_means.people_of(sections)
    causes = {cause.get("main_cause"), *cause.get("other_causes", [])}
    household.causes = sorted((code for code in causes if code), key=int)
    household.situation = screen(cause.get("situation", ""))
    household.diagnosis = health.get("diagnosis")
    household.is_member = work.get("is_member")
    household.relation_months = work.get("relation_months")
    household.is_excluded = bool(sections.get(Section.MONEY, {}).get("exclusions"))


def read_sections(
    file_id: int, *, only: Section | None = None, by: Actor, uow: UnitOfWork, now: datetime
) -> dict[Section, tuple[int, Values]]:
    """What was filled in, in the clear, with its revisions; that it was looked at is written down. `only` one step.

    Raises NotFound or NotPermitted.
    """
    with uow:
        file = uow.get(HardshipFile, file_id)
        require(by, Action.REVEAL_PERSON, reach_of_file(uow, file))
        sections = latest_sections(uow, file_id)
        uow.record(by, "file:read", file, at=now, **({"section": only.value} if only else {}))
        uow.commit()
        return {
            section: (row.revision, json.loads(row.content))
            for section, row in sections.items()
            if only in (None, section)
        }
