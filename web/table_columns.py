"""Columns of the command line's exports: names as the file contract has them, codes instead of words."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from matcher.domain.terms import DonorStatus, OfferStatus, ScorePart
from web.exports import Cell, Column, Kind
from web.need_tables import NEED_COLUMNS, export_cells

Table = tuple[list[Column], Iterator[list[Cell]]]
Rows = list[Row[Any]]


def _columns(**kinds: Kind) -> list[Column]:
    return [Column(name, kind) for name, kind in kinds.items()]


T, N, D, M = Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.MOMENT


def needs(rows: Rows) -> Table:
    """The contract's columns, then title, state, promised, met, township and unit."""
    columns = [Column(name, kind) for name, _zh, kind in NEED_COLUMNS]
    columns += _columns(title=T, status=T, promised=N, met=N, township=T, unit_name=T)
    places = len(NEED_COLUMNS) + 1
    cells = (
        [*line[:places], row.status.value, *line[places + 1 :]]
        for row, line in zip(rows, export_cells(rows), strict=True)
    )
    return columns, cells


def offers(rows: Rows) -> Table:
    columns = _columns(
        offer_id=T, text=T, donor=T, donor_type=T, category=T, regions=T, quantity=N, unit=T, per_case_min=N,
        per_case_max=N, valid_from=D, valid_to=D, fund_source=T, eligible_groups=T, payout=T, vetted=T,
        cap_per_household_year=N, issuing_union=T, school_stages=T, age_min=N, age_max=N, route_from=T, route_to=T,
        shelf_life_until=D, title=T, status=T, reserved=N, delivered=N, requires_file=T,
    )  # fmt: skip
    return columns, (_offer(row) for row in rows)


def _offer(row: Row[Any]) -> list[Cell]:
    vetted = row.donor_status == DonorStatus.VETTED and row.status == OfferStatus.OPEN
    return [
        row.code, row.text, row.donor_name, row.donor_type, row.category, ";".join(row.regions), row.quantity, row.unit,
        row.per_case_min, row.per_case_max, row.valid_from, row.valid_to, row.fund_source,
        ";".join(row.eligible_groups), row.payout, vetted, row.cap_per_household_year, row.issuing_union,
        ";".join(row.school_stages), row.age_min, row.age_max, row.route_from, row.route_to, row.shelf_life_until,
        row.title, row.status.value, row.reserved, row.delivered, row.requires_file,
    ]  # fmt: skip


def proposals(rows: Rows) -> Table:
    columns = _columns(
        proposal_id=N, need_id=T, offer_id=T, household_id=T, quantity=N, unit=T, score=N,
        **{part.value: N for part in ScorePart},
        status=T, decline_reason=T, run=N, rank=N, union_unit=T, proposed_at=M, decided_at=M, approved_at=M,
    )  # fmt: skip
    return columns, (
        [
            row.id, row.need_code, row.offer_code, row.case_code, row.quantity, row.unit, row.score,
            *(row.parts.get(part.value) for part in ScorePart),
            row.status.value, row.decline_reason, row.run_id, row.rank, row.unit_code, row.created_at, row.decided_at,
            row.approved_at,
        ]
        for row in rows
    )  # fmt: skip


def deliveries(rows: Rows) -> Table:
    columns = _columns(
        delivery_id=N, proposal_id=N, need_id=T, offer_id=T, household_id=T, quantity=N, unit=T, status=T,
        confirmed_on=D, delivered_on=D, union_unit=T,
    )  # fmt: skip
    return columns, (
        [
            row.id, row.proposal_id, row.need_code, row.offer_code, row.case_code, row.quantity, row.unit,
            row.status.value, row.confirmed_on, row.delivered_on, row.unit_code,
        ]
        for row in rows
    )  # fmt: skip
