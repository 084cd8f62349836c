"""`nuanliu import families|files|needs|offers F` and `nuanliu export needs|offers|proposals|deliveries`.

Imports go through the same use cases as the pages: every bad row is named with row, column, value and remedy, good
rows go on, and the same file twice writes nothing twice. Exit codes: 0 done, 1 some rows were refused, 3 refused.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli_file_table import import_files
from web.cli_words import command_language, say

if TYPE_CHECKING:
    from matcher.domain.access import Actor
    from matcher.store.session import Database
    from matcher.usecases.imports import Look

OBJECTS = {"needs": "need", "offers": "offer", "proposals": "proposal", "deliveries": "delivery"}
LARGEST = {"max_rows": 200_000, "max_bytes": 200 * 2**20, "seconds": 120, "memory_mb": 4096}
"""At the console nobody waits for a page."""

File = Annotated[Path, typer.Argument(help=say("表格（CSV 或 XLSX）", "table, CSV or XLSX"))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=say("只看一遍，不写入", "look only, write nothing"))]
Report = Annotated[Path | None, typer.Option("--report", help=say("要改的行写到这个 CSV", "CSV of rows to correct"))]
Unit = Annotated[
    str, typer.Option("--unit", help=say("哪个单位（代码），默认最上级", "unit code; the topmost by default"))
]
Out = Annotated[Path, typer.Option("--out", help=say("写到这个 XLSX 或 CSV", "XLSX or CSV to write"))]
Json = Annotated[bool, typer.Option("--json", help=say("以 JSON 输出数字", "print the figures as JSON"))]


def register(app: typer.Typer) -> None:
    """Add both groups of commands to the `nuanliu` command."""
    tables_in = typer.Typer(help=say("从表格导入。", "Import tables."), no_args_is_help=True)
    tables_in.command("families", help=say("困难家庭。", "Families."))(import_families)
    tables_in.command("files", help=say("困难职工档案，几十万户也行。", "Hardship files, as many as there are."))(
        import_files
    )
    tables_in.command("needs", help=say("需求（户编号要先有）。", "Needs; their families come first."))(import_needs)
    tables_in.command("offers", help=say("资源（捐赠方要先有）。", "Offers; their donors come first."))(import_offers)
    app.add_typer(tables_in, name="import")
    tables_out = typer.Typer(help=say("导出成表格，不含姓名和号码。", "Export tables, without names and numbers."))
    for name, zh, en in (
        ("needs", "需求（可以再导入）。", "Needs; can be imported again."),
        ("offers", "资源（可以再导入）。", "Offers; can be imported again."),
        ("proposals", "对接建议和去向。", "Proposals and what became of them."),
        ("deliveries", "发放记录。", "Deliveries."),
    ):
        tables_out.command(name, help=say(zh, en))(_exporter(name))
    app.add_typer(tables_out, name="export")


def import_families(
    file: File, dry_run: DryRun = False, report: Report = None, unit: Unit = "", as_json: Json = False
) -> None:
    _import("families", file, dry_run=dry_run, report=report, unit=unit, as_json=as_json)


def import_needs(
    file: File, dry_run: DryRun = False, report: Report = None, unit: Unit = "", as_json: Json = False
) -> None:
    _import("needs", file, dry_run=dry_run, report=report, unit=unit, as_json=as_json)


def import_offers(
    file: File, dry_run: DryRun = False, report: Report = None, unit: Unit = "", as_json: Json = False
) -> None:
    _import("offers", file, dry_run=dry_run, report=report, unit=unit, as_json=as_json)


@dataclass
class _House:
    database: "Database"
    actor: "Actor"
    is_demo: bool


@contextmanager
def _house(unit: str) -> Iterator[_House]:
    """The database, opened with its keys, and the operator at the console: no account, the unit's whole subtree."""
    import flask

    from matcher.domain.access import Actor
    from matcher.domain.terms import Role
    from matcher.errors import RefusedInput, SetupProblem
    from matcher.settings import load_settings
    from matcher.store import migrate
    from matcher.store.queries.network import find_unit
    from web import create_app

    settings = load_settings()
    app = create_app(settings)
    house = app.extensions["nuanliu"]
    migrate.refuse_unready(house.database)
    with house.database.read() as session:
        row = find_unit(session, unit)
    if row is None:
        raise RefusedInput("no_such_unit", unit=unit) if unit else SetupProblem("no_reference_data")
    operator = Actor(account_id=None, role=Role.CASEWORKER, unit_id=row.id, unit_path=row.path)  # type: ignore[arg-type]
    with app.test_request_context():
        flask.session["locale"] = command_language()
        yield _House(house.database, operator, house.is_demo)


def _import(kind_name: str, file: Path, *, dry_run: bool, report: Path | None, unit: str, as_json: bool) -> None:
    from matcher import clock
    from matcher.domain.terms import ImportKind
    from matcher.errors import RefusedInput
    from matcher.files.limited import read_limited
    from matcher.store.unit_of_work import UnitOfWork
    from matcher.usecases.import_rows import fields_of
    from matcher.usecases.imports import import_table
    from web.forms import imports as forms
    from web.whole_files import require_places

    kind = ImportKind(kind_name)
    require_places([report] if report else [], inputs=[file])
    with _house(unit) as house:
        reference = forms.reference()
        try:
            table = read_limited(_bytes(file), file.name, fields_of(kind, reference.places), **LARGEST)
            look = import_table(
                kind, table, dry_run=dry_run, reference=reference, by=house.actor, uow=UnitOfWork(house.database),
                now=clock.now(),
            )  # fmt: skip
        except RefusedInput as refused:
            print(forms.file_sentence(refused.code, refused.params), file=sys.stderr)
            raise typer.Exit(3) from None
        _tell(look, dry_run=dry_run, report=report, as_json=as_json, demo=house.is_demo)
    raise typer.Exit(1 if look.problems else 0)


def _bytes(file: Path) -> bytes:
    from matcher.errors import RefusedInput

    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise RefusedInput("file_missing", name=file.name) from None
    except OSError as error:
        raise RefusedInput("file_unreadable", name=file.name, problem=error.strerror or "") from None


def _tell(look: "Look", *, dry_run: bool, report: Path | None, as_json: bool, demo: bool) -> None:
    """Counts on the way out, each bad cell on the way of errors, and the same as a file when asked."""
    from web.exports import write_csv
    from web.file_messages import row_line
    from web.forms import imports as forms
    from web.whole_files import write_whole

    for problem in (*look.problems, *look.warnings):
        print(row_line(problem, forms.remedy(problem), command_language()), file=sys.stderr)
    if report is not None:
        cells = forms.problem_cells(look.problems)
        write_whole({report: write_csv(forms.problem_columns(), cells, title="", demo=demo)})
    counts = {name: getattr(look, name) for name in ("rows", "good", "known", "refused", "examples")}
    if as_json:
        print(json.dumps({"kind": look.kind, "dry_run": dry_run, **counts}))
        return
    zh = f"{look.rows} 行：{'可以写入' if dry_run else '已写入'} {look.good}，已经有了 {look.known}，要改 {look.refused}。"
    en = f"{look.rows} rows: {look.good} {'ready' if dry_run else 'written'}, {look.known} there, {look.refused} to correct."
    print(say(zh, en))


def _exporter(name: str):  # type: ignore[no-untyped-def]
    def command(out: Out, unit: Unit = "", as_json: Json = False) -> None:
        from matcher import clock
        from matcher.store.queries import tables
        from matcher.store.unit_of_work import UnitOfWork
        from matcher.usecases.exports import note_export
        from web import table_columns
        from web.exports import write_csv, write_xlsx
        from web.whole_files import require_places, write_whole

        writers = {".csv": write_csv, ".xlsx": write_xlsx}
        write = writers.get(out.suffix.lower())
        if write is None:
            wrong = say("文件名要以 .xlsx 或 .csv 结尾", "wants a name that ends in .xlsx or .csv")
            raise typer.BadParameter(wrong, param_hint="--out")
        require_places([out])
        with _house(unit) as house:
            with house.database.read() as session:
                rows = getattr(tables, f"{name}_rows")(session, house.actor)
            columns, cells = getattr(table_columns, name)(rows)
            write_whole({out: write(columns, cells, title=name, demo=house.is_demo)})
            note_export(OBJECTS[name], len(rows), by=house.actor, uow=UnitOfWork(house.database), now=clock.now())
        if as_json:
            print(json.dumps({"kind": name, "rows": len(rows)}))
        else:
            print(say(f"已写出 {len(rows)} 行。", f"{len(rows)} rows written."))

    command.__name__ = f"export_{name}"
    return command
