"""`nuanliu audit verify | accept`: is the trail whole, and who answers for it when not."""

import json
from time import perf_counter
from typing import TYPE_CHECKING, Any

import typer

from matcher.domain.terms import BreakReason
from web.cli_words import command_language, say

if TYPE_CHECKING:
    from matcher.settings import Settings
    from matcher.store.trail_check import Finding

JSON = typer.Option(False, "--json", help=say("输出 JSON", "print JSON"))


def register(app: typer.Typer) -> None:
    audit = typer.Typer(help=say("操作留痕：核对、说明。", "The trail: check it, answer for it."), no_args_is_help=True)
    audit.command(
        "verify",
        help=say(
            "从头核对留痕，指出第一条有问题的记录和原因。", "Check the whole trail; name the first bad entry and why."
        ),
    )(verify)
    audit.command(
        "accept",
        help=say(
            "恢复备份、搬家或丢了末端锚以后，说明原因，让留痕接着记。",
            "After a restore, a move or a lost anchor: say why, and let the trail go on.",
        ),
    )(accept)
    app.add_typer(audit, name="audit")


def verify(as_json: bool = JSON) -> None:
    from matcher.store.session import Database
    from matcher.usecases.audit import check_trail, figures, ring_of
    from web.audit_words import remarks, told

    settings = _settings()
    began = perf_counter()
    found = check_trail(database=Database(settings.effective_database_url), ring=ring_of(settings))
    seconds = perf_counter() - began
    lang, said = command_language(), figures(found) | {"key_id": found.key_id}
    if as_json:
        body = as_plain(found) | {"because": told(said, locale=lang), "seconds": round(seconds, 3)}
        print(json.dumps(body | {"anchor_dir": str(settings.effective_audit_dir or "")}, ensure_ascii=False, indent=1))
    else:
        print("\n".join([told(said, locale=lang), *remarks(said, waiting=found.waiting, locale=lang)]))
        print(_end(found, seconds))
        if _lies_within(settings):
            print(say("末端锚放在数据目录里，会和数据一起被换掉：请用 NUANLIU_AUDIT_DIR 放到别处。",
                      "The anchor lies inside the data directory and would be replaced together with it: set NUANLIU_AUDIT_DIR elsewhere."))  # fmt: skip
    if not found.is_whole:
        raise typer.Exit(1)


def accept(
    because: str = typer.Option(
        ..., "--because", help=say("原因：", "why: ") + ", ".join(reason.value for reason in BreakReason)
    ),
) -> None:
    from matcher import clock
    from matcher.store.session import Database
    from matcher.store.unit_of_work import UnitOfWork
    from matcher.usecases.audit import answer_for_break, ring_of

    if because not in set(BreakReason):
        wrong = say("只能是 {}", "wants one of {}").format(", ".join(BreakReason))
        raise typer.BadParameter(wrong, param_hint="--because")
    settings = _settings()
    uow = UnitOfWork(Database(settings.effective_database_url))
    answer_for_break(BreakReason(because), by=None, ring=ring_of(settings), uow=uow, now=clock.now())
    print(say("已经记下原因，末端锚重新立好。", "The reason is in the trail, and the anchor is set anew."))


def as_plain(found: "Finding") -> dict[str, Any]:
    """A finding as JSON: figures, codes, and the head that one may write down."""
    return {
        "whole": found.is_whole,
        "entries": found.entries,
        "last": found.last_id,
        "last_seal": found.last_seal,
        "chain": found.chain,
        "anchored": found.anchored,
        "waiting": found.waiting,
        "key_ids": list(found.key_ids),
        "fault": found.fault.value if found.fault else None,
        "entry": found.entry or None,
        "until": found.until or None,
        "key_id": found.key_id or None,
    }


def _settings() -> "Settings":
    from web.cli_serve import _ready_settings

    settings: Settings = _ready_settings()
    return settings


def _lies_within(settings: "Settings") -> bool:
    where = settings.effective_audit_dir
    return where is not None and where.is_relative_to(settings.data_dir.resolve())


def _end(found: "Finding", seconds: float) -> str:
    return say(
        f"用了 {seconds:.1f} 秒。末端：第 {found.last_id:,} 条 {found.last_seal[:16]}（链 {found.chain[:8]}）。",
        f"Took {seconds:.1f} s. Head: entry {found.last_id:,} {found.last_seal[:16]} (chain {found.chain[:8]}).",
    )
