"""The work behind `nuanliu rank`, `match` and `verify`. Each function returns the exit code.

Input that cannot be used is said in one sentence, nothing is written, and the code is 3.
"""

import json
import sys
from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from matcher import clock
from matcher.domain.policy import Policy
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
from web.plan_files import proposals_csv, rank_csv, report_json, unmet_csv
from web.verify_words import check_line
from web.whole_files import require_places, write_whole

DONE, FELL_SHORT, REFUSED = 0, 1, 3
Read = ReadResult[Any]
Run = TypeVar("Run", bound=Callable[..., int])


def _refusing(run: Run) -> Run:
    """Say a refusal in the reader's language instead of raising it."""

    @wraps(run)
    def guarded(*args: Any, **options: Any) -> int:
        try:
            return run(*args, **options)
        except RefusedInput as error:
            print(file_message(error.code, error.params, command_language()) or error.code, file=sys.stderr)
            return REFUSED

    return guarded  # type: ignore[return-value]


@_refusing
def rank(needs: Path, offers: Path, out: Path, *, top: int, as_json: bool) -> int:
    require_places([out], inputs=[needs, offers])
    language = _language()
    need_rows, offer_rows = _read_both(needs, offers, _today())
    _name_problems({needs: need_rows, offers: offer_rows})
    ranked = pipeline.rank(need_rows.columns, offer_rows.columns, language=language, as_of=_today(), top=top)
    write_whole({out: rank_csv(ranked).encode()})
    figures = {"needs": len(need_rows.columns), "offers": len(offer_rows.columns), "rows": len(ranked)}
    zh = f"已为 {figures['needs']} 个需求排出 {len(ranked)} 行，写入 {out.name}"
    en = f"Ranked offers for {figures['needs']} needs: {len(ranked)} rows in {out.name}"
    _tell(figures, as_json, say(zh, en))
    return _code(need_rows, offer_rows)


@_refusing
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
    as_json: bool,
) -> int:
    day, policy = as_of or _today(), policy or load_settings().policy
    inputs = [needs, offers, *([policy] if policy else [])]
    require_places([place for place in (out, unmatched, report) if place], inputs=inputs)
    rules, language = policies.chosen(policy, day), _language()
    need_rows, offer_rows = _read_both(needs, offers, day)
    _name_problems({needs: need_rows, offers: offer_rows})
    plan = pipeline.match(
        need_rows.columns,
        offer_rows.columns,
        policy=rules,
        places=reference.places(),
        language=language,
        as_of=day,
    )
    plan.report["files"] = {"needs": _file_report(need_rows), "offers": _file_report(offer_rows)}
    if not certify:
        for key in ("bound", "gap", "prices"):
            plan.report.pop(key, None)
    files = {out: proposals_csv(plan).encode()}
    if unmatched:
        files[unmatched] = unmet_csv(plan).encode()
    if report:
        files[report] = report_json(plan.report).encode()
    write_whole(files)
    _tell(_plan_figures(plan.report), as_json, _plan_summary(plan.report, out))
    return _code(need_rows, offer_rows)


@_refusing
def verify(needs: Path, offers: Path, proposals: Path, report: Path, *, as_json: bool) -> int:
    told = _load_report(report)
    try:
        day = date.fromisoformat(str(told["as_of"]))
        rules = Policy.from_report(told["policy"], as_of=day)
    except (KeyError, ValueError, TypeError):
        raise RefusedInput("report_unusable", name=report.name) from None
    understood = _language(told, report)
    need_rows, offer_rows = _read_both(needs, offers, day)
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
    _tell(figures, as_json, "\n".join(check_line(check, language) for check in checks))
    return DONE if holds else FELL_SHORT


def _language(told: dict[str, Any] | None = None, report: Path | None = None) -> Language:
    """The lexicon and the encoder of the settings. Raises RefusedInput when a report was made with another one."""
    settings = load_settings()
    language = reference.language(settings.encoder, vectors=settings.vectors_dir)
    if told is not None and report is not None:
        engine = told.get("engine")
        name = str(engine.get("encoder", "")) if isinstance(engine, dict) else ""
        if name != language.encoder_name:
            code = "report_with_encoder" if name else "report_without_encoder"
            raise RefusedInput(code, name=report.name, encoder=name)
    return language


def _today() -> date:
    return clock.business_date(clock.now())


def _read_both(needs: Path, offers: Path, day: date) -> tuple[Read, Read]:
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


def _name_problems(results: dict[Path, Read]) -> None:
    """Every refused row and every warning, one line each with its file, on stderr."""
    for file, result in results.items():
        _list(result.problems, say(f"未采用：{file.name} ", f"not taken: {file.name}, "))
        _list(result.warnings, say(f"提醒：{file.name} ", f"note: {file.name}, "))


def _list(problems: Iterable[RowProblem], mark: str) -> None:
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
    if refused:
        lines.append(
            say(f"有 {refused} 行没有采用，原因见上", f"{refused} rows were not taken; the reasons are listed above")
        )
    return "\n".join(lines)


def _tell(figures: dict[str, Any], as_json: bool, summary: str) -> None:
    print(json.dumps(figures, ensure_ascii=False) if as_json else summary)


def _code(*results: Read) -> int:
    return FELL_SHORT if any(result.problems for result in results) else DONE
