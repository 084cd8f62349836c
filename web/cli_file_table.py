"""`nuanliu import files F --as USERNAME`: the upload of the pages, for tables of any size, worked on at once.

Every file has somebody who brought it, hence the account. Exit codes: 0 done, 1 some rows were refused, 3 refused.
"""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli_words import command_language, say

if TYPE_CHECKING:
    from matcher.domain.access import Actor
    from matcher.usecases.file_import import FilesLook

File = Annotated[Path, typer.Argument(help=say("表格（CSV 或 XLSX）", "table, CSV or XLSX"))]
As = Annotated[
    str, typer.Option("--as", help=say("谁导入：这个账号名，档案记在其名下", "account in whose name files are brought"))
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=say("只核对，不写入", "check only, write nothing"))]
Report = Annotated[Path | None, typer.Option("--report", help=say("要改的行写到这个 CSV", "CSV of rows to correct"))]
Json = Annotated[bool, typer.Option("--json", help=say("以 JSON 输出数字", "print the figures as JSON"))]


def import_files(
    file: File, account: As, dry_run: DryRun = False, report: Report = None, as_json: Json = False
) -> None:
    import flask

    from matcher import clock
    from matcher.errors import RefusedInput
    from matcher.store import migrate
    from matcher.usecases import file_import as usecases
    from web import create_app
    from web.exports import write_csv
    from web.file_messages import row_line
    from web.forms import imports as forms
    from web.whole_files import require_places, write_whole
    from workers import doors

    require_places([report] if report else [], inputs=[file])
    app = create_app(doors.settings())
    house = app.extensions["nuanliu"]
    migrate.refuse_unready(house.database)
    by = _actor(account)
    with app.test_request_context():
        flask.session["locale"] = command_language()
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            raise RefusedInput("file_missing", name=file.name) from None
        except OSError as error:
            raise RefusedInput("file_unreadable", name=file.name, problem=error.strerror or "") from None
        import_id, job_id = usecases.receive_files(data, file.name, by=by, uow=doors.uow(), now=clock.now())
        look = _work(import_id, job_id, by)
        if look.refusal:
            usecases.drop_files(import_id, by=by, uow=doors.uow(), now=clock.now())
            print(forms.file_sentence(*look.refusal), file=sys.stderr)
            raise typer.Exit(3)
        for heading in look.unknown:
            print(say(f"不认识的列，跳过：{heading}", f"unknown column, left out: {heading}"), file=sys.stderr)
        if dry_run:
            usecases.drop_files(import_id, by=by, uow=doors.uow(), now=clock.now())
        else:
            confirmed = usecases.confirm_files(import_id, by=by, uow=doors.uow(), now=clock.now())
            look = _work(import_id, confirmed, by)
        for problem in (*look.problems, *look.warnings):
            print(row_line(problem, forms.remedy(problem), command_language()), file=sys.stderr)
        if report is not None:
            cells = forms.problem_cells(look.problems)
            write_whole({report: write_csv(forms.problem_columns(), cells, title="", demo=house.is_demo)})
    _tell(look, dry_run=dry_run, as_json=as_json)
    raise typer.Exit(1 if look.refused else 0)


def _actor(username: str) -> "Actor":
    """The account in whose name files are brought. Raises SetupProblem("no_such_account")."""
    from sqlmodel import select

    from matcher.domain.access import Actor
    from matcher.errors import SetupProblem
    from matcher.store.tables import Account, Unit
    from workers import doors

    with doors.uow() as uow:
        row = uow.session.exec(select(Account).where(Account.username == username, Account.is_active)).first()
        unit = uow.session.get(Unit, row.unit_id) if row is not None and row.unit_id else None
        if row is None or unit is None:
            raise SetupProblem("no_such_account")
        return Actor(account_id=row.id or 0, role=row.role, unit_id=unit.id, unit_path=unit.path)


def _work(import_id: int, job_id: int | None, by: "Actor") -> "FilesLook":
    """Do the job here, or wait for the worker who was faster."""
    from matcher.errors import RefusedInput
    from matcher.usecases.file_import import show_files
    from workers import doors

    if job_id is not None:
        doors.perform(job_id)
    while (look := show_files(import_id, by=by, uow=doors.uow())).is_working:
        time.sleep(1)
    if look.error:
        raise RefusedInput(look.error)
    return look


def _tell(look: "FilesLook", *, dry_run: bool, as_json: bool) -> None:
    counts = {name: getattr(look, name) for name in ("rows", "good", "known", "refused", "cells")}
    if as_json:
        print(json.dumps({"kind": "files", "dry_run": dry_run, **counts}))
        return
    zh = f"{look.rows} 行：{'可以写入' if dry_run else '已写入'} {look.good}，已经有了 {look.known}，要改 {look.refused}。"
    en = f"{look.rows} rows: {look.good} {'ready' if dry_run else 'written'}, {look.known} there, {look.refused} to correct."
    print(say(zh, en))
