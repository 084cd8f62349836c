"""The names known of a family, for masking them in what is told about it to others (PIPL, R62)."""

import json
from collections.abc import Iterable

from sqlmodel import col, select

from matcher.domain.file_terms import Section
from matcher.store.facts import IDS_AT_ONCE
from matcher.store.tables import FileSection, HardshipFile, Household
from matcher.store.unit_of_work import UnitOfWork


def family_names(uow: UnitOfWork, household_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The names known of each family: of its head, and of the people in its file. For masking them in free texts."""
    wanted = sorted(set(household_ids))
    names: dict[int, list[str]] = {}
    for first in range(0, len(wanted), IDS_AT_ONCE):
        part = wanted[first : first + IDS_AT_ONCE]
        heads = select(Household.record_key, Household.id, Household.head_name).where(col(Household.id).in_(part))
        names |= {household_id or 0: [name] for _key, household_id, name in uow.session.exec(heads)}
        members = (
            select(HardshipFile.household_id, FileSection.content)
            .join(HardshipFile, col(HardshipFile.id) == FileSection.file_id)
            .where(col(HardshipFile.household_id).in_(part), FileSection.section == Section.MEMBERS)
        )
        for household_id, content in uow.session.exec(members):
            told = json.loads(content or "{}").get("members", [])
            names[household_id] += [person["name"] for person in told if person.get("name")]
    return {household_id: tuple(dict.fromkeys(told)) for household_id, told in names.items()}


def names_of(uow: UnitOfWork, household: Household) -> tuple[str, ...]:
    """The names known of one family."""
    return family_names(uow, [household.id or 0])[household.id or 0]
