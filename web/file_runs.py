"""The work behind `nuanliu match` and `verify`; `file_ranking.py` does `rank` and `evaluate`. Each gives the exit code.

Input that cannot be used is said in one sentence, nothing is written, and the code is 3.
"""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from matcher import clock
from matcher.domain.policy import Policy
from matcher.domain.terms import Category
from matcher.engine import pipeline
from matcher.engine.language import Language
from matcher.engine.verify import verify_plan
from matcher.errors import RefusedInput
from matcher.files.claims import read_claims
from matcher.files.needs import read_needs
from matcher.files.offers import read_offers
from matcher.files.problems import RowProblem
from matcher.files.reading import ReadResult
from matcher.settings import load_settings
from seeds import reference
from web import policies
from web.cli_words import command_language, say
from web.file_messages import file_message, row_message, row_remedy
from web.plan_files import proposals_csv, report_json, unmet_csv
from web.verify_words import check_line
from web.whole_files import require_places, write_whole

DONE, FELL_SHORT, REFUSED = 0, 1, 3
Read = ReadResult[Any]
Run = TypeVar("Run", bound=Callable[..., int])


def refusing(run: Run) -> Run:
    """Say a refusal in the reader's language instead of raising it."""

    @wraps(run)
    def guarded(*args: Any, **options: Any) -> int:
        try:
            return run(*args, **options)
        except RefusedInput as error:
            print(file_message(error.code, error.params, command_language()) or error.code, file=sys.stderr)
            return REFUSED

    return guarded  # type: ignore[return-value]


@refusing
def match(
    needs: Path,
    offers: Path,
    out: Path,
    *,
    unmatched: Path | None,
    report: Path | None,
    as_of: date | None,
    policy: Path | None,
    certify: bool,
    what_if: Sequence[str] = (),
    as_json: bool,
) -> int:
    questions = [_question(text) for text in what_if]
    day, policy = as_of or today(), policy or load_settings().policy
    inputs = [needs, offers, *([policy] if policy else [])]
    require_places([place for place in (out, unmatched, report) if place], inputs=inputs)
    rules, language = policies.chosen(policy, day), language_in_use()
    need_rows, offer_rows = read_both(needs, offers, day)
    name_problems({needs: need_rows, offers: offer_rows})
    plan = pipeline.match(
        need_rows.columns,
        offer_rows.columns,
        policy=rules,
        places=reference.places(),
        language=language,
        as_of=day,
    )
    plan.report["files"] = {"needs": _file_report(need_rows), "offers": _file_report(offer_rows)}
    plan.report["what_if"] = [
        {
            "category": category.value,
            "region": area,
            "units": units,
            "families": plan.what_if.more(category, area, units),
        }
        for category, area, units in questions
    ]
    if not certify:
        for key in ("bound", "gap", "prices"):
            plan.report.pop(key, None)
    files = {out: proposals_csv(plan).encode()}
    if unmatched:
        files[unmatched] = unmet_csv(plan).encode()
    if report:
        files[report] = report_json(plan.report).encode()
    write_whole(files)
    tell(_plan_figures(plan.report), as_json, _plan_summary(plan.report, out))
    return exit_code(need_rows, offer_rows)


@refusing
def verify(needs: Path, offers: Path, proposals: Path, report: Path, *, as_json: bool) -> int:
    told = _load_report(report)
    try:
        day = date.fromisoformat(str(told["as_of"]))
        rules = Policy.from_report(told["policy"], as_of=day)
    except (KeyError, ValueError, TypeError):
        raise RefusedInput("report_unusable", name=report.name) from None
    understood = _language_of(told, report)
    need_rows, offer_rows = read_both(needs, offers, day)
    claims, problems = read_claims(proposals)
    checks = verify_plan(
        need_rows.columns, offer_rows.columns, claims, told,
        policy=rules, as_of=day, places=reference.places(), language=understood,
    )  # fmt: skip
    language = command_language()
    for problem in problems:
        print(f"{proposals.name} {row_message(problem, language)}", file=sys.stderr)
    holds = all(check.holds for check in checks) and not problems
    figures = {"holds": holds, "checks": [check.as_json() for check in checks]}
    tell(figures, as_json, "\n".join(check_line(check, language) for check in checks))
    return DONE if holds else FELL_SHORT


def language_in_use() -> Language:
    """The lexicon and the encoder of the settings."""
    settings = load_settings()
    return reference.language(settings.encoder, vectors=settings.vectors_dir, learned=settings.learned_dir)


def _language_of(told: dict[str, Any], report: Path) -> Language:
    """The language in use. Raises RefusedInput when the report was made with another encoder."""
    language, engine = language_in_use(), told.get("engine")
    name = str(engine.get("encoder", "")) if isinstance(engine, dict) else ""
    if name != language.encoder_name:
        raise RefusedInput("report_with_encoder" if name else "report_without_encoder", name=report.name, encoder=name)
    return language


def today() -> date:
    return clock.business_date(clock.now())


def read_both(needs: Path, offers: Path, day: date) -> tuple[Read, Read]:
    places = reference.places()
    return read_needs(needs, places=places, as_of=day), read_offers(offers, places=places, as_of=day)


def _load_report(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise RefusedInput("file_missing", name=path.name) from None
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or not _has_shape(found):
        raise RefusedInput("report_unusable", name=path.name)
    return found


def _has_shape(report: dict[str, Any]) -> bool:
    """Whether the parts that are checked again are tables of numbers, as `match` writes them."""
    figures = [report.get(name, {}) for name in ("objective", "bound", "gap", "prices")]
    if not all(isinstance(table, dict) for table in (*figures, report.get("counts", {}), report.get("coverage", {}))):
        return False
    prices = figures.pop().values()
    tables = [*figures, *prices]
    return all(isinstance(t, dict) and all(isinstance(n, int | float) for n in t.values()) for t in tables)


def name_problems(results: dict[Path, Read]) -> None:
    """Every refused row and every warning, one line each with its file, on stderr."""
    for file, result in results.items():
        list_problems(result.problems, say(f"未采用：{file.name} ", f"not taken: {file.name}, "))
        list_problems(result.warnings, say(f"提醒：{file.name} ", f"note: {file.name}, "))


def list_problems(problems: Iterable[RowProblem], mark: str) -> None:
    language = command_language()
    for problem in problems:
        print(mark + row_message(problem, language), file=sys.stderr)


def _file_report(result: Read) -> dict[str, Any]:
    """Rows by id, not by row number: the order of a file changes nothing in the report."""

    def listed(problems: list[RowProblem]) -> list[dict[str, Any]]:
        rows = [{**p.as_json(), "reason": row_remedy(p)} for p in problems]
        return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True, ensure_ascii=False))

    return {
        "rows_read": result.rows_read,
        "rows_refused": result.rows_refused,
        "problems": listed(result.problems),
        "warnings": listed(result.warnings),
        "notes": result.notes,
    }


def _plan_figures(report: dict[str, Any]) -> dict[str, Any]:
    reach = report["coverage"]
    return {
        "counts": report["counts"],
        "coverage": {key: reach[key] for key in ("households", "reached", "reachable")},
        "objective": report["objective"],
        "gap": report.get("gap"),
        "fairness": report["fairness"],
        "what_if": report["what_if"],
        "rows_refused": sum(file["rows_refused"] for file in report["files"].values()),
    }


def _plan_summary(report: dict[str, Any], out: Path) -> str:
    figures = _plan_figures(report)
    counts, reach, refused = figures["counts"], figures["coverage"], figures["rows_refused"]
    lines = [
        say(
            f"需求 {counts['needs']} 个、资源 {counts['offers']} 份，"
            f"提出对接建议 {counts['proposals']} 条，写入 {out.name}",
            f"{counts['needs']} needs, {counts['offers']} offers: {counts['proposals']} proposals in {out.name}",
        ),
        say(
            f"受益户 {reach['reached']} 户（可及 {reach['reachable']} 户，共 {reach['households']} 户），"
            f"未满足的需求 {counts['needs_unmet']} 个",
            f"{reach['reached']} households reached ({reach['reachable']} could be, {reach['households']} in all), "
            f"{counts['needs_unmet']} needs left open",
        ),
    ]
    if figures["gap"]:
        worst = max(figures["gap"].values())
        proven = say("已证明这是最优的分配", "proven to be the best allocation")
        lines.append(say(f"与可证明的最优相差 {worst:.4%}", f"within {worst:.4%} of the bound") if worst else proven)
    lines.append(_fairness_line(report["fairness"]))
    lines += [_what_if_line(told) for told in report["what_if"]]
    if refused:
        lines.append(
            say(f"有 {refused} 行没有采用，原因见上", f"{refused} rows were not taken; the reasons are listed above")
        )
    return "\n".join(lines)


def _what_if_line(told: dict[str, Any]) -> str:
    place, units, families = reference.places().full_name(told["region"]), told["units"], told["families"]
    return say(
        f"如果{place}再有 {units:,} 份 {told['category']}：至少多惠及 {families:,} 户",
        f"{units:,} more {told['category']} in {place}: at least {families:,} more families",
    )


def _question(text: str) -> tuple[Category, str, int]:
    """`WIN@410823=300` or `WIN@武陟县=300`. Raises RefusedInput."""
    category, _, rest = text.partition("@")
    place, _, units = rest.rpartition("=")
    area = reference.places().find(place.strip())
    if category.strip() not in set(Category) or area is None or not units.strip().isdecimal():
        raise RefusedInput("what_if_unusable", name=text)
    return Category(category.strip()), area, int(units)


def _fairness_line(fairness: dict[str, Any]) -> str:
    """How far shares of families reached lie apart, and what the policy's guarantees cost."""
    (county, kind), price = (fairness["spread"][name]["with"] for name in ("county", "class")), fairness["price"]
    apart = say(
        f"受益率：各县相差 {county:.0%}，各类家庭相差 {kind:.0%}",
        f"shares of families reached: counties {county:.0%} apart, classes {kind:.0%} apart",
    )
    asked = fairness["guarantees"]
    if asked["county_gap"] is None and asked["class_gap"] is None and not asked["emergency_reserve"]:
        return apart + say("（没有设公平保障）", " (no guarantees set)")
    cost = say(
        f"；公平保障的代价：少惠及 {price['reached_households']} 户，权重少 {price['reached_weight']}，"
        f"匹配度少 {price['score']:,.1f}",
        f"; price of fairness: {price['reached_households']} households, weight {price['reached_weight']}, "
        f"score {price['score']:,.1f}",
    )
    missed = len(fairness["out_of_reach"])
    return apart + cost + (say(f"；{missed} 个群体尽力也没达到", f"; {missed} groups out of reach") if missed else "")


def tell(figures: dict[str, Any], as_json: bool, summary: str) -> None:
    print(json.dumps(figures, ensure_ascii=False) if as_json else summary)


def exit_code(*results: Read) -> int:
    return FELL_SHORT if any(result.problems for result in results) else DONE
