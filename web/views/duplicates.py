"""Numbers that two households share, side by side, for whoever stands above both; numbers stay masked."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain.access import Action
from matcher.domain.file_terms import DuplicateState
from matcher.domain.identity import masked_id, masked_name, masked_phone
from matcher.errors import InvalidFields
from matcher.usecases import duplicates
from matcher.usecases.duplicates import Pair, Side
from web import doors
from web.auth import requires
from web.forms.reading import Told, in_words
from web.labels import label

bp = Blueprint("duplicates", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of both sides; `same` None where one of them does not tell it."""

    words: str
    mine: str
    other: str
    same: bool | None


@bp.get("/duplicates")
@requires(Action.DECIDE_DUPLICATES)
def listing() -> str:
    return _page()


@bp.post("/duplicates/<int:case_id>/decide")
@requires(Action.DECIDE_DUPLICATES, of="duplicate_case")
def decide(case_id: int) -> Response | tuple[str, int]:
    told = Told(request.form)
    try:
        done = duplicates.decide_duplicate(
            case_id, told.one("decision", DuplicateState), told.text("note"), by=doors.actor(), uow=doors.uow(),
            now=doors.now(),
        )  # fmt: skip
    except InvalidFields as refused:
        return _page(case_id, in_words({p.field: p for p in refused.problems})), 422
    if done.state is DuplicateState.SAME:
        flash(_("已认定为同一户：后建的档案退档，先建的留着。30 天内可以撤回。"))
    else:
        flash(_("已认定不是同一户，档案可以接着办。30 天内可以撤回。"))
    return redirect(url_for("duplicates.listing"), 303)


@bp.post("/duplicates/<int:case_id>/undo")
@requires(Action.DECIDE_DUPLICATES, of="duplicate_case")
def undo(case_id: int) -> Response:
    duplicates.undo_duplicate(case_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("已撤回认定，两边都恢复原样。"))
    return redirect(url_for("duplicates.listing"), 303)


def _page(case_id: int = 0, errors: dict[str, str] | None = None) -> str:
    pairs = duplicates.list_pairs(by=doors.actor(), uow=doors.uow(), now=doors.now())
    return render_template(
        "duplicates/listing.html",
        open_pairs=[pair for pair in pairs if pair.case.state is DuplicateState.OPEN],
        decided=[pair for pair in pairs if pair.case.state is not DuplicateState.OPEN],
        rows=rows,
        case_id=case_id,
        errors=errors or {},
        told=request.form,
    )


def rows(pair: Pair) -> list[Row]:
    """The two sides, fact by fact; whether numbers are equal is told without showing them."""
    mine, other = pair.mine, pair.other
    return [
        Row(_("户编号"), mine.case_code, other.case_code, None),
        Row(_("单位"), mine.unit_name, other.unit_name, None),
        _row(_("户主"), mine.head_name, other.head_name, masked_name),
        _row(_("身份证"), mine.id_card, other.id_card, masked_id),
        _row(_("电话"), mine.phone, other.phone, masked_phone),
        _row(_("乡镇"), mine.township, other.township, str),
        _row(_("家里人数"), str(mine.size), str(other.size), str),
        Row(_("档案"), _state(mine), _state(other), None),
    ]


def _row(words: str, mine: str | None, other: str | None, shown: Callable[[str], str]) -> Row:
    same = mine == other if mine and other else None
    return Row(words, shown(mine) if mine else "—", shown(other) if other else "—", same)


def _state(side: Side) -> str:
    return label(side.file_state) if side.file_state else _("没有电子档案")
