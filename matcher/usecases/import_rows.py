"""Rows of a file as the records that the use cases take, each with the number of its row.

What a row says of a family's file stays with the family: a needs file names the household and tells the need.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from matcher.domain.facts import OfferFacts
from matcher.domain.kinds import usual_unit
from matcher.domain.regions import Places
from matcher.domain.terms import MONEY_UNIT, Category, DonorType, FundSource, HandOverMode, ImportKind
from matcher.errors import FieldProblem
from matcher.files import values as read
from matcher.files.families import FamilyRow, family_fields, read_families
from matcher.files.needs import need_fields, read_needs
from matcher.files.offers import offer_fields, read_offers
from matcher.files.problems import CellProblem, RowProblem, shown
from matcher.files.reading import Field, header_key
from matcher.files.table import Table
from matcher.usecases.household_input import HouseholdInput, household_problems
from matcher.usecases.need_input import NeedInput, need_problems
from matcher.usecases.offer_input import OfferInput, offer_problems

EXAMPLES = ("示例", "example")
"""Ids that begin so mark the example rows of a template; they are left out."""

COLUMN_OF = {
    "story": "text", "title": "text", "head_name": "name", "division_code": "region", "case_code": "household_id",
    "is_member": "member", "is_real_name": "real_name", "is_excluded": "excluded", "groups": "target_groups",
}  # fmt: skip
"""Fields of records whose column in a file has another name."""

Title = Callable[[Category], str]


@dataclass(frozen=True, slots=True)
class Prepared:
    """One good row: its number, its own id, the record, and what else its use case needs."""

    row: int
    given_id: str
    record: NeedInput | HouseholdInput | OfferInput
    household: str = ""  # case code of a need's family
    union_unit: str = ""
    donor: str = ""
    created_on: date | None = None


@dataclass(slots=True)
class Rows:
    """A file as read: good rows, what refused others, what is only odd."""

    table: Table
    fields: Sequence[Field]
    prepared: list[Prepared] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    warnings: list[RowProblem] = field(default_factory=list)
    examples: int = 0
    _headings: dict[str, str] = field(default_factory=dict)
    _cells: dict[int, list[str]] = field(default_factory=dict)

    def problem(self, row: int, given_id: str, name: str, code: str, value: str = "", **params: Any) -> None:
        self.problems.append(RowProblem(row, shown(given_id), self.heading(name), shown(value), code, params))

    def heading(self, name: str) -> str:
        """The column as its header is written in the file; the contract's name when it is not there."""
        if not self._headings:
            for f in self.fields:
                keys = {header_key(title) for title in (f.name, *f.aliases)}
                found = (head for head in self.table.header if header_key(head) in keys)
                self._headings[f.name] = next(found, f.name)
        return self._headings.get(name, name)

    def cell(self, row: int, name: str) -> str:
        """What stands in a row's cell, blank where there is none."""
        head = self.heading(name)
        if head not in self.table.header:
            return ""
        if not self._cells:
            self._cells = dict(self.table.rows)
        at, cells = self.table.header.index(head), self._cells.get(row, [])
        return cells[at] if at < len(cells) else ""


def fields_of(kind: ImportKind, places: Places) -> Sequence[Field]:
    """The columns that a file of this kind may have."""
    return {ImportKind.NEEDS: need_fields, ImportKind.OFFERS: offer_fields, ImportKind.FAMILIES: family_fields}[kind](
        places
    )


def read_rows(
    kind: ImportKind,
    table: Table,
    *,
    places: Places,
    today: date,
    title_of: Title,
    areas: frozenset[str] | None = None,
    donor_type: DonorType | None = None,
) -> Rows:
    """Everything about a file that can be said without the database. Raises RefusedInput.

    `title_of` gives a category's name for needs and offers that have no title of their own. `donor_type` is that
    of the donor who uploads; without it a row tells it, or the gift is taken for a charity's.
    """
    rows = Rows(table, fields_of(kind, places))
    _leave_examples_out(rows)
    if not table.rows:
        return rows
    if kind is ImportKind.NEEDS:
        _needs(rows, places, today, title_of)
    elif kind is ImportKind.FAMILIES:
        _families(rows, places, today, areas)
    else:
        _offers(rows, places, today, title_of, donor_type)
    rows.problems.sort(key=lambda p: (p.row, p.column))
    rows.prepared.sort(key=lambda p: p.row)
    return rows


def _leave_examples_out(rows: Rows) -> None:
    name = rows.fields[0].name
    place = next((k for k, head in enumerate(rows.table.header) if head == rows.heading(name)), None)
    if place is None:
        return
    kept = [
        (number, cells)
        for number, cells in rows.table.rows
        if not (place < len(cells) and cells[place].strip().lower().startswith(EXAMPLES))
    ]
    rows.examples = len(rows.table.rows) - len(kept)
    rows.table = Table(rows.table.name, rows.table.header, kept)


# ── needs ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _needs(rows: Rows, places: Places, today: date, title_of: Title) -> None:
    result = read_needs(rows.table, places=places, as_of=today)
    rows.problems, rows.warnings = list(result.problems), list(result.warnings)
    told = _originals(rows, "need_id", "text")
    for i in range(len(result.columns)):
        facts = result.columns.row(i)
        row, story = told[facts.need_id]
        blank = facts.household_id == f"need:{facts.need_id}"
        unit = facts.unit or usual_unit(facts.category)
        need = NeedInput(
            story=story,
            title=title_of(facts.category) if facts.category else "",
            category=facts.category,
            quantity=facts.quantity if facts.quantity or unit == MONEY_UNIT else 1,
            unit=unit,
            is_divisible=facts.divisible is not False,
            urgency=facts.urgency or 3,
            deadline=facts.deadline,
            division_code=facts.region,
            self_paid_left=facts.self_paid_left,
            age=facts.age,
            school_stage=facts.school_stage,
            route_from=facts.route_from or "",
            route_to=facts.route_to or "",
        )
        found = list(need_problems(need, today=today))
        if blank:
            found.append(FieldProblem("household_id", "case_code_required"))
        if facts.created_on and facts.created_on > today:
            found.append(FieldProblem("created_on", "date_future"))
        made = Prepared(row, facts.need_id, need, facts.household_id, created_on=facts.created_on)
        _sort_out(rows, made, found)


def _originals(rows: Rows, id_name: str, text_name: str) -> dict[str, tuple[int, str]]:
    """Row number and words as written, by the row's id: the reader hands on screened words only."""
    heads = [rows.table.header.index(rows.heading(name)) for name in (id_name, text_name)]
    found = {}
    for number, cells in rows.table.rows:
        values = [_plain(cells[at]) if at < len(cells) else "" for at in heads]
        found[values[0]] = (number, values[1])
    return found


def _plain(cell: str) -> str:
    try:
        return read.plain(cell)
    except CellProblem:
        return ""


def _sort_out(rows: Rows, made: Prepared, found: Iterable[FieldProblem]) -> None:
    """Good, or one problem for each field of the record that is wrong."""
    found = list(found)
    for problem in found:
        name = COLUMN_OF.get(problem.field, problem.field)
        rows.problem(made.row, made.given_id, name, problem.code, rows.cell(made.row, name), **problem.params)
    if not found:
        rows.prepared.append(made)


# ── families ───────────────────────────────────────────────────────────────────────────────────────────────────


def _families(rows: Rows, places: Places, today: date, areas: frozenset[str] | None) -> None:
    families, rows.problems, rows.warnings = read_families(rows.table, places=places)
    seen: dict[str, int] = {}
    for family in families:
        household = _household(family)
        found = list(household_problems(household, today=today, areas=areas))
        number = household.id_card.strip().upper()
        if number and seen.setdefault(number, family.row) != family.row:
            found.append(FieldProblem("id_card", "id_twice_in_file"))
        made = Prepared(family.row, household.case_code, household, union_unit=family.values["union_unit"])
        _sort_out(rows, made, found)


def _household(family: FamilyRow) -> HouseholdInput:
    v = family.values
    return HouseholdInput(
        head_name=v["name"],
        id_card=v["id_card"],
        phone=v["phone"],
        case_code=v["household_id"],
        township=v["township"],
        address=v["address"],
        division_code=v["region"],
        size=v["size"],
        situation=v["situation"],
        hardship_class=v["hardship_class"],
        on_file=v["on_file"],
        file_level=v["file_level"],
        file_number=v["file_number"],
        file_approved_on=v["file_approved_on"],
        causes=tuple(v["causes"]),
        groups=tuple(v["target_groups"]),
        consent=tuple(v["consent"]),
        is_member=v["member"],
        is_real_name=v["real_name"],
        is_excluded=v["excluded"],
        relation_months=v["relation_months"],
        payout=v["payout"],
        bank_card=v["bank_card"],
    )


# ── offers ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _offers(rows: Rows, places: Places, today: date, title_of: Title, donor_type: DonorType | None) -> None:
    result = read_offers(rows.table, places=places, as_of=today)
    rows.problems, rows.warnings = list(result.problems), list(result.warnings)
    told = _originals(rows, "offer_id", "text")
    for i in range(len(result.columns)):
        facts = result.columns.row(i)
        row, text = told[facts.offer_id]
        offer = _offer(facts, text, title_of, donor_type or facts.donor_type)
        found = offer_problems(offer, donor_type=donor_type or facts.donor_type or DonorType.CHARITY, today=today)
        _sort_out(rows, Prepared(row, facts.offer_id, offer, donor=facts.donor or ""), found)


def _offer(facts: OfferFacts, text: str, title_of: Title, donor_type: DonorType | None) -> OfferInput:
    unit = facts.unit or usual_unit(facts.category)
    fund = facts.fund_source or (FundSource.UNION if donor_type is DonorType.UNION else FundSource.DONATION)
    return OfferInput(
        title=title_of(facts.category) if facts.category else text[:20],
        text=text,
        category=facts.category,
        regions=facts.regions,
        quantity=facts.quantity,
        unit=unit,
        per_case_min=facts.per_case_min or 1,
        per_case_max=facts.per_case_max,
        cap_per_household_year=facts.cap_per_household_year,
        valid_from=facts.valid_from,
        valid_to=facts.valid_to,
        shelf_life_until=facts.shelf_life_until,
        fund_source=fund,
        requires_file=bool(facts.requires_file),
        payout=facts.payout,
        hand_over=None if unit == MONEY_UNIT else HandOverMode.DELIVERED,
        eligible_groups=tuple(sorted(facts.eligible_groups)),
        school_stages=tuple(sorted(facts.school_stages)),
        age_min=facts.age_min,
        age_max=facts.age_max,
        route_from=facts.route_from,
        route_to=facts.route_to,
        excluded_cases=tuple(sorted(facts.excluded_households)),
    )
