"""The work behind `nuanliu rank` and `evaluate`, with learning from decisions first where there are any."""

from pathlib import Path
from typing import Any

from matcher.domain.policy import Policy
from matcher.engine import pipeline
from matcher.engine.assess import assess, fill_rates
from matcher.engine.learn import Learned, learn
from matcher.files.judgements import read_decisions, read_judgements, read_right_categories
from matcher.files.needs import read_needs
from matcher.files.offers import read_offers
from matcher.settings import load_settings
from seeds import reference
from web import policies
from web.cli_words import command_language, say
from web.evaluation_words import evaluation_text, lesson_line
from web.file_runs import (
    DONE,
    FELL_SHORT,
    Read,
    language_in_use,
    list_problems,
    name_problems,
    read_both,
    refusing,
    tell,
    today,
)
from web.plan_files import rank_csv
from web.whole_files import require_places, write_whole

Lesson = tuple[Path, Path, Path | None]
"""Decisions, the needs they are about, and their offers (None: the offers of the run)."""


@refusing
def rank(needs: Path, offers: Path, out: Path, *, top: int, lesson: Lesson | None, as_json: bool) -> int:
    require_places([out], inputs=[needs, offers, *(path for path in lesson or () if path)])
    need_rows, offer_rows = read_both(needs, offers, today())
    name_problems({needs: need_rows, offers: offer_rows})
    taught, told, fell_short = _study(lesson, offer_rows)
    ranked = pipeline.rank(
        need_rows.columns, offer_rows.columns, language=language_in_use(), as_of=today(), top=top, learned=taught
    )
    write_whole({out: rank_csv(ranked).encode()})
    figures: dict[str, Any] = {
        "needs": len(need_rows.columns), "offers": len(offer_rows.columns), "rows": len(ranked), **told,
    }  # fmt: skip
    zh = f"已为 {figures['needs']} 个需求排出 {len(ranked)} 行，写入 {out.name}"
    en = f"Ranked offers for {figures['needs']} needs: {len(ranked)} rows in {out.name}"
    lines = [lesson_line(told["learning"], command_language())] if told else []
    tell(figures, as_json, "\n".join([*lines, say(zh, en)]))
    return FELL_SHORT if need_rows.problems or offer_rows.problems or fell_short else DONE


@refusing
def evaluate(needs: Path, offers: Path, judgements: Path, *, lesson: Lesson | None, as_json: bool) -> int:
    day = today()
    policy = policies.chosen(load_settings().policy, day)
    need_rows, offer_rows = read_both(needs, offers, day)
    name_problems({needs: need_rows, offers: offer_rows})
    judged, problems = read_judgements(judgements, needs=need_rows.columns.need_id, offers=offer_rows.columns.offer_id)
    _name(judgements, problems)
    taught, told, fell_short = _study(lesson, offer_rows)
    figures = assess(
        need_rows.columns,
        offer_rows.columns,
        judged,
        language=language_in_use(),
        as_of=day,
        text_floor=policy.text_floor,
        learned=taught,
        right_categories=read_right_categories(needs),
    )
    figures |= {"fill_rate": _fill_rate(need_rows, offer_rows, policy)}
    figures |= {"rows_refused": need_rows.rows_refused + offer_rows.rows_refused + len({p.row for p in problems})}
    tell(figures | told, as_json, evaluation_text(figures | told, command_language()))
    return FELL_SHORT if figures["rows_refused"] or fell_short else DONE


def _study(lesson: Lesson | None, offer_rows: Read) -> tuple[Learned | None, dict[str, Any], bool]:
    """What decisions teach, what to say of it, and whether rows of their files were refused."""
    if lesson is None:
        return None, {}, False
    decisions_file, needs_file, offers_file = lesson
    places, day = reference.places(), today()
    needs = read_needs(needs_file, places=places, as_of=day)
    name_problems({needs_file: needs})
    offers = offer_rows
    if offers_file:
        offers = read_offers(offers_file, places=places, as_of=day)
        name_problems({offers_file: offers})
    decisions, problems = read_decisions(decisions_file, needs=needs.columns.need_id, offers=offers.columns.offer_id)
    _name(decisions_file, problems)
    taught = learn(needs.columns, offers.columns, decisions, language=language_in_use(), as_of=day)
    aside = dict(taught.aside) if taught else {"not_about_match": len(decisions)} if decisions else {}
    if problems:
        aside["unknown"] = aside.get("unknown", 0) + len({problem.row for problem in problems})
    weights = {"bias": taught.weights.bias, **taught.weights.values} if taught else None
    told = {"learning": {"trained": taught.trained if taught else 0, "aside": aside, "weights": weights}}
    return taught, told, bool(problems or needs.problems or (offers_file and offers.problems))


def _fill_rate(needs: Read, offers: Read, policy: Policy) -> dict[str, Any] | None:
    """Shares of needs served by a match of the same files; None if no place and no class is told."""
    rows = needs.columns
    if not any(rows.region) and not any(rows.hardship_class):
        return None
    plan = pipeline.match(
        rows, offers.columns, policy=policy, places=reference.places(), language=language_in_use(), as_of=today()
    )
    return fill_rates(rows.ordered(), plan)


def _name(file: Path, problems: list[Any]) -> None:
    list_problems(problems, say(f"未采用：{file.name} ", f"not taken: {file.name}, "))
