"""A file as it stands, for everybody who may see it: what is missing, the class with its arithmetic, who acts next."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from matcher.domain.access import Action, Actor, may
from matcher.domain.file_life import EDITABLE
from matcher.domain.file_rules import FileRules
from matcher.domain.file_terms import EvidenceKind, FileAct, Section
from matcher.domain.hardship_class import ClassVerdict
from matcher.domain.identity import masked_card, masked_id, masked_name, masked_phone
from matcher.errors import NotFound
from matcher.store.session import Database
from matcher.store.tables import HardshipFile
from matcher.store.unit_of_work import Look
from matcher.usecases import file_means
from matcher.usecases.file_acts import acts_of
from matcher.usecases.file_case import latest_sections, reach_of_file
from matcher.usecases.file_fields import Values, missing
from matcher.usecases.filing import NEEDED, papers_there

HIDDEN = "〔已隐去〕"
MASKS: Mapping[str, Callable[[str], str]] = {
    "name": masked_name,
    "id_card": masked_id,
    "phone": masked_phone,
    "bank_card": masked_card,
    **{
        name: lambda _value: HIDDEN
        for name in (
            "other_contact", "address", "registered_at", "health", "diagnosis", "disability", "employer", "place",
            "other_text", "story", "born_on", "override_reason",
        )
    },
}  # fmt: skip
"""What identifies a person or tells of an illness is shown only after a look that is written down."""


@dataclass(frozen=True, slots=True)
class FileView:
    """What a page shows of a file without telling who they are."""

    told: dict[Section, Values]
    revisions: dict[Section, int]
    missing: tuple[tuple[Section, str], ...]
    papers_missing: tuple[EvidenceKind, ...]
    verdict: ClassVerdict | None
    is_open: bool  # still being filled in: the verdict is worked out anew
    acts: dict[FileAct, str | None]


def view_file(file_id: int, *, by: Actor, database: Database, rules: FileRules) -> FileView:
    """The file as it stands. While it is filled in the class is worked out from what is saved; later the calculation
    kept when it was sent in counts. Writes nothing. Raises NotFound outside the actor's reach."""
    with Look(database) as uow:
        file = uow.get(HardshipFile, file_id)
        if not may(by, Action.SEE_FILES, reach_of_file(uow, file)):
            raise NotFound()
        rows = latest_sections(uow, file_id)
        told = {section: json.loads(row.content) for section, row in rows.items()}
        is_open = file.state in EDITABLE
        there = papers_there(uow, file_id)
        return FileView(
            told={section: masked(values) for section, values in told.items()},
            revisions={section: row.revision for section, row in rows.items()},
            missing=missing(told),
            papers_missing=tuple(kind for kind in NEEDED if kind not in there),
            verdict=file_means.verdict_of(told, rules) if is_open else file_means.kept_verdict(file.calculation),
            is_open=is_open,
            acts=acts_of(uow, file, by),
        )


def masked(values: Mapping[str, Any]) -> Values:
    """The values of a step with names and numbers masked, and what tells of illness or place left out."""
    shown = {name: MASKS[name](str(value)) if name in MASKS and value else value for name, value in values.items()}
    if "members" in values:
        shown["members"] = [masked(row) for row in values["members"]]
    return shown
