"""Small files beside needs and offers: what people judged, what caseworkers decided, and which kind of help is right.

Ids that the needs and offers do not have are named like any other bad cell.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from matcher.domain.decisions import Decision, Judgement, is_about_match
from matcher.domain.terms import Category
from matcher.files import values as read
from matcher.files import words
from matcher.files.problems import CellProblem, RowProblem
from matcher.files.reading import Field, RowReader, recogniser
from matcher.files.table import read_table
from matcher.files.words import codebook

_VERDICTS = {
    **dict.fromkeys(("accept", "accepted", "confirm", "confirmed", "yes", "采纳", "接受", "确认", "同意"), True),
    **dict.fromkeys(("reject", "rejected", "decline", "declined", "no", "不采纳", "拒绝", "不同意", "不接受"), False),
}


def read_judgements(
    source: Path | bytes, *, needs: Collection[str], offers: Collection[str], name: str = ""
) -> tuple[list[Judgement], list[RowProblem]]:
    """Judgements ordered by id, and the rows that cannot be used. Raises RefusedInput.

    A pair judged twice is refused in both rows: nobody can tell which grade holds.
    """
    fields = (
        *_pair(needs, offers),
        Field("grade", ("等级", "评分", "相关度"), read.whole(0, 3), required=True),
        Field("trap", ("陷阱", "易混"), read.yes_no, blank=False),
    )
    rows, problems = _rows(source, fields, name, once=True)
    judged = [Judgement(row["need_id"], row["offer_id"], row["grade"], bool(row["trap"])) for row in rows]
    return sorted(judged, key=lambda one: (one.need_id, one.offer_id)), problems


def read_decisions(
    source: Path | bytes, *, needs: Collection[str], offers: Collection[str], name: str = ""
) -> tuple[list[Decision], list[RowProblem]]:
    """Decisions ordered by id, and the rows that cannot be used. Raises RefusedInput."""
    verdict = read.one_of(_VERDICTS, "unknown_decision")
    fields = (
        *_pair(needs, offers),
        Field("decision", ("决定", "处理结果", "是否采纳"), verdict, required=True),
        Field("reason", ("理由", "原因", "不采纳的理由"), read.text_of(200)),
    )
    rows, problems = _rows(source, fields, name)
    decisions = [
        Decision(row["need_id"], row["offer_id"], row["decision"], row["decision"] or is_about_match(row["reason"]))
        for row in rows
    ]
    return sorted(decisions), problems


def read_right_categories(source: Path | bytes, name: str = "") -> dict[str, Category]:
    """Need id → the kind of help that is right, where the file says so (`true_category`); empty if it never does.

    The engine does not read this column. A word that is no category is passed over. Raises RefusedInput.
    """
    known = codebook(words.CATEGORIES)
    fields = (
        Field("need_id", ("需求编号", "编号"), read.text_of(64), required=True),
        Field("true_category", ("正确类别",), lambda value: known.get(read.folded(value).lower())),
    )
    reader = RowReader(read_table(source, name, is_header=recogniser(fields)), fields)
    pairs = zip(reader.column("need_id"), reader.column("true_category"), strict=True)
    return {need_id: category for need_id, category in pairs if need_id and category}


def _pair(needs: Collection[str], offers: Collection[str]) -> tuple[Field, Field]:
    return (
        Field("need_id", ("需求编号",), _one_of(needs, "unknown_need"), required=True),
        Field("offer_id", ("资源编号",), _one_of(offers, "unknown_offer"), required=True),
    )


def _one_of(ids: Collection[str], code: str) -> Callable[[str], str]:
    known, short = frozenset(ids), read.text_of(64)

    def one(value: str) -> str:
        if short(value) not in known:
            raise CellProblem(code)
        return value

    return one


def _rows(
    source: Path | bytes, fields: tuple[Field, ...], name: str, *, once: bool = False
) -> tuple[list[dict[str, Any]], list[RowProblem]]:
    """Good rows as they stand in the file, and what is wrong with the others."""
    reader = RowReader(read_table(source, name, is_header=recogniser(fields)), fields)
    reader.ids = [written.strip() for written in reader.texts("need_id")]
    columns = {field.name: reader.column(field.name) for field in fields}
    if once:
        _refuse_repeated(reader, columns)
    bad = {problem.row for problem in reader.problems}
    good = [k for k, (row, _) in enumerate(reader.table.rows) if row not in bad]
    problems = sorted(reader.problems, key=lambda problem: (problem.row, problem.column))
    return [{name: column[k] for name, column in columns.items()} for k in good], problems


def _refuse_repeated(reader: RowReader, columns: dict[str, list[Any]]) -> None:
    rows_of: dict[tuple[str, str], list[int]] = {}
    for k, (need_id, offer_id) in enumerate(zip(columns["need_id"], columns["offer_id"], strict=True)):
        if need_id is not None and offer_id is not None:
            rows_of.setdefault((need_id, offer_id), []).append(k)
    for rows in rows_of.values():
        for k in rows if len(rows) > 1 else []:
            reader.problem(k, "offer_id", "pair_twice", times=len(rows))
