"""`nuanliu backup | restore | reconcile`."""

import json
from pathlib import Path

import typer

from web.cli_words import say, table


def register(app: typer.Typer) -> None:
    app.command("backup", help=say("把全部数据备份到一个文件。", "Back up all data into one file."))(backup)
    app.command("restore", help=say("从备份恢复。", "Restore from a backup."))(restore)
    app.command(
        "reconcile",
        help=say("核对账目：库存、承诺、发放、任务。", "Check the books: stock, promises, deliveries, jobs."),
    )(reconcile)


JSON = typer.Option(False, "--json", help=say("输出 JSON", "print JSON"))


def backup(file: Path = typer.Argument(..., help=say("写到哪个文件", "file to write")), as_json: bool = JSON) -> None:
    from matcher.usecases import operations
    from web.cli_serve import _ready_settings
    from web.whole_files import require_places

    require_places([file])
    made = operations.backup(file, settings=_ready_settings())
    if as_json:
        print(json.dumps({"rows": made.total, "key_ids": made.key_ids, "revision": made.revision}))
        return
    keys = ", ".join(made.key_ids)
    print(
        say(f"已备份 {made.total:,} 行到 {file}，并核对无误。", f"Backed up {made.total:,} rows into {file}, checked.")
    )
    print(
        say(
            f"备份里没有密钥。恢复时要用编号 {keys} 的 NUANLIU_ENCRYPTION_KEYS，请另外妥善保存。",
            f"The keys are not in it. Restoring needs NUANLIU_ENCRYPTION_KEYS with {keys}: keep them elsewhere, safely.",
        )
    )


def restore(
    file: Path = typer.Argument(..., help=say("备份文件", "backup file")),
    force: bool = typer.Option(False, "--force", help=say("替换已有的数据", "replace the data that is there")),
    as_json: bool = JSON,
) -> None:
    from matcher.settings import load_settings
    from matcher.usecases import operations
    from web.secret_checks import checked

    made = operations.restore(file, settings=checked(load_settings()), force=force)
    if as_json:
        print(json.dumps({"rows": made.total, "revision": made.revision}))
        return
    rows = f"{made.total:,}"
    print(say(f"已从 {file} 恢复 {rows} 行，逐表核对无误。", f"Restored {rows} rows from {file}, every table checked."))


def reconcile(as_json: bool = JSON) -> None:
    from matcher import clock
    from matcher.store.session import Database
    from matcher.usecases import operations
    from web.cli_serve import _ready_settings

    database = Database(_ready_settings().effective_database_url)
    books = operations.reconcile(database=database, now=clock.now())
    if as_json:
        print(json.dumps(books.as_json(), ensure_ascii=False, indent=1))
    elif books.agree:
        rows = f"{sum(books.checked.values()):,}"
        print(say(f"账目一致：核对了 {rows} 行。", f"The books agree: {rows} rows checked."))
    else:
        heads = (say("账目", "book"), say("编号", "id"), say("应为", "expected"), say("实为", "found"))
        print(table(heads, [(d.book, d.object_id, d.expected, d.found) for d in books.differences]))
    if not books.agree:
        raise typer.Exit(1)
