"""`nuanliu db | seed | settings | routes`."""

import json

import typer

from web.cli_words import command_language, say, table

JSON = typer.Option(False, "--json", help=say("输出 JSON", "print JSON"))


def register(app: typer.Typer) -> None:
    db = typer.Typer(
        help=say("数据库升级、回退、看版本。", "Upgrade, downgrade or show the database."), no_args_is_help=True
    )
    db.command("upgrade", help=say("升级到这个版本需要的表。", "Bring the tables to this release."))(db_upgrade)
    db.command("downgrade", help=say("回退到某一步。", "Take the tables back to a revision."))(db_downgrade)
    db.command("current", help=say("现在的版本。", "Show the revision."))(db_current)
    app.add_typer(db, name="db")
    seed = typer.Typer(help=say("放入参考数据。", "Put in reference data."), no_args_is_help=True)
    seed.command(
        "reference", help=say("行政区划和工会组织（可重复运行）。", "Divisions and the union network; may be repeated.")
    )(seed_reference)
    seed.callback()(lambda: None)
    app.add_typer(seed, name="seed")
    app.command("settings", help=say("现在生效的设置，密钥不显示。", "Effective settings, secrets hidden."))(settings)
    app.command(
        "routes", help=say("每个网址：方法、谁能用、关于什么。", "Every route: methods, who may call it, object.")
    )(routes)


def _database():  # type: ignore[no-untyped-def]
    from matcher.settings import load_settings
    from matcher.store.session import Database

    return Database(load_settings().effective_database_url)


def db_upgrade(revision: str = typer.Argument("head", help=say("到哪一步", "revision"))) -> None:
    from matcher.store import migrate

    database = _database()
    migrate.upgrade(database, revision)
    print(say(f"数据库在 {migrate.current(database)}。", f"The database is at {migrate.current(database)}."))


def db_downgrade(
    revision: str = typer.Argument(..., help=say("到哪一步；base 为全部拆除", "revision; base removes all")),
) -> None:
    from matcher.store import migrate

    database = _database()
    migrate.refuse_newer(database)
    migrate.downgrade(database, revision)
    print(say(f"数据库在 {migrate.current(database)}。", f"The database is at {migrate.current(database)}."))


def db_current(as_json: bool = JSON) -> None:
    from matcher.store import migrate

    database = _database()
    at, head = migrate.current(database), migrate.head()
    if as_json:
        print(json.dumps({"current": at, "head": head}))
    else:
        print(say(f"现在 {at or '空'}，最新 {head}", f"current {at or 'empty'}, newest {head}"))
    migrate.refuse_newer(database)


def seed_reference(as_json: bool = JSON) -> None:
    from matcher import clock
    from matcher.settings import load_settings
    from matcher.store import migrate
    from matcher.store.session import Database
    from matcher.store.unit_of_work import UnitOfWork
    from seeds.load import load_reference
    from web.secret_checks import checked

    database = Database(checked(load_settings()).effective_database_url)
    migrate.refuse_unready(database)
    with UnitOfWork(database) as uow:
        divisions, units = load_reference(uow.session, now=clock.now())
        uow.note(None, "seed:reference", "installation", 1, at=clock.now())
        uow.commit()
    if as_json:
        print(json.dumps({"divisions": divisions, "units": units}))
        return
    print(
        say(
            f"行政区划 {divisions:,} 个，工会组织 {units} 个。",
            f"{divisions:,} divisions, {units} union organisations.",
        )
    )


def settings(as_json: bool = JSON) -> None:
    from matcher.settings import load_settings
    from web.setting_words import effective

    lines = effective(load_settings(), locale=command_language())
    if as_json:
        body = [{"name": s.name, "value": s.value, "default": s.is_default, "help": s.help} for s in lines]
        print(json.dumps(body, ensure_ascii=False, indent=2))
        return
    unset = say("（未设置）", "(not set)")
    head = (say("名称", "name"), say("值", "value"), say("作用", "help"))
    print(table(head, [(s.name, s.value or unset, s.help) for s in lines]))


def routes(as_json: bool = JSON) -> None:
    from web.routes import listed

    found = listed()
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    head = (say("方法", "methods"), say("网址", "path"), say("谁能用", "who"), say("关于", "object"))
    print(table(head, [(",".join(r["methods"]), r["path"], r["action"], r["object"] or "—") for r in found]))
