"""`nuanliu demo`: a small invented world, matched by a real worker, ready to be looked at."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from web.cli_words import command_language, say, table

if TYPE_CHECKING:
    from matcher.settings import Settings
    from matcher.store.session import Database
    from web.cli_progress import Progress

PORT = 8000
TRIGGER = "demo"
PATIENCE_SECONDS = 7200
"""A hundred thousand families on a small and busy machine."""


def register(app: typer.Typer) -> None:
    app.command(
        "demo",
        help=say(
            "造一个演示用的小世界并打开网页；数据在，就接着用。",
            "Make a small invented world and serve it; data that is there is kept.",
        ),
    )(demo)


def demo(
    serve: bool = typer.Option(True, "--serve/--no-serve", help=say("办完是否打开网页", "serve when done")),
    families: int = typer.Option(2000, min=1, max=100_000, help=say("造多少户人家", "how many families to invent")),
    port: int = typer.Option(PORT, min=1, max=65535, help=say("网页的端口", "port of the web pages")),
    reset: bool = typer.Option(False, "--reset", help=say("先丢掉原来的演示数据", "drop the old demo data first")),
) -> None:
    from matcher.settings import load_settings
    from web import demo_secrets
    from web.cli_serve import require_free
    from web.secret_checks import checked

    settings = load_settings()
    require_writable(settings.data_dir)
    if serve:
        require_free("127.0.0.1", port)
    if reset:
        drop(settings)
    demo_secrets.make(settings)
    settings = quiet(checked(settings))
    demo_secrets.hand_on(settings)
    prepare(settings, families)
    if serve:
        raise typer.Exit(open_doors(settings, port))


def quiet(settings: "Settings") -> "Settings":
    """A newcomer reads sentences, not logs; whoever sets NUANLIU_LOG_LEVEL sees everything."""
    import os

    if "NUANLIU_LOG_LEVEL" in os.environ:
        return settings
    os.environ["NUANLIU_LOG_LEVEL"] = "ERROR"
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    return settings.model_copy(update={"log_level": "ERROR"})


def require_writable(folder: Path) -> None:
    """Raises SetupProblem when nothing can be written there."""
    import tempfile

    from matcher.errors import SetupProblem

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError:
        raise SetupProblem("data_dir_read_only", path=folder) from None


def drop(settings: "Settings") -> None:
    """Remove the embedded demo database, its broker files and keys; anything that is not a demo is left alone."""
    import shutil

    from matcher.errors import SetupProblem
    from matcher.store.session import Database
    from web import demo_secrets
    from web.secret_checks import is_demo

    if settings.database_url:
        raise SetupProblem("reset_embedded_only")
    file = settings.data_dir / "nuanliu.sqlite3"
    if file.exists():
        database = Database(settings.effective_database_url)
        ours = is_demo(database) or not has_installation(database)
        database.dispose()
        if not ours:
            raise SetupProblem("demo_over_real_data")
    for leftover in settings.data_dir.glob("nuanliu.sqlite3*"):
        leftover.unlink()
    shutil.rmtree(settings.data_dir / "broker", ignore_errors=True)
    demo_secrets.path_of(settings).unlink(missing_ok=True)


def has_installation(database: "Database") -> bool:
    """Whether something has been set up in this database."""
    from sqlalchemy import inspect
    from sqlmodel import select

    from matcher.store.tables import Installation

    if not inspect(database.reader).has_table("installation"):
        return False
    with database.read() as store:
        return store.exec(select(Installation.id)).first() is not None


def prepare(settings: "Settings", families: int) -> None:
    """Tables, reference data, invented people, accounts, one match run; or what is there already."""
    from matcher.errors import SetupProblem
    from matcher.store import migrate
    from matcher.store.session import Database
    from web.cli_progress import Progress
    from web.secret_checks import is_demo

    database = Database(settings.effective_database_url)
    known = has_installation(database)
    if known and not is_demo(database):
        raise SetupProblem("demo_over_real_data")
    with Progress() as progress:
        migrate.upgrade(database)
        if known:
            world, entry = [], keep(database, settings)
        else:
            world, entry = fill(database, settings, families, progress)
        matched = match_once(database, settings, progress)
    print("\n".join([*world, *matched, "", *entry]), flush=True)
    database.dispose()


def fill(
    database: "Database", settings: "Settings", families: int, progress: "Progress"
) -> tuple[list[str], list[str]]:
    """The invented world; what it holds and who may sign in, as lines."""
    from matcher import clock
    from seeds import demo
    from web.labels import label

    password = settings.demo_password.get_secret_value()
    done = demo.fill(database, families=families, now=clock.now(), password=password, progress=progress.seeds)
    lang = command_language()
    head = (say("账号", "account"), say("密码", "password"), say("是谁", "role"), say("在哪里", "where"))
    rows: list[tuple[str, ...]] = [
        (s.username, s.password, label(s.role, locale=lang), place(s.place)) for s in done.sign_ins
    ]
    entry = [say("可以这样登录：", "Sign in as:"), table(head, rows)]
    if not password:
        entry += [say("密码只显示这一次。", "The passwords are shown only this once. ") + reset_words()]
    return done.lines(lang), entry


def place(code: str) -> str:
    """The name of a union by its code; donors and case codes are names already."""
    from seeds import reference

    return next((unit.name for unit in reference.network() if unit.code == code), code)


def keep(database: "Database", settings: "Settings") -> list[str]:
    """Data of an earlier call stays; a password given for the demo holds for all its accounts."""
    from matcher import clock
    from matcher.store.unit_of_work import UnitOfWork
    from matcher.usecases.accounts import set_demo_password

    kept = say(
        f"演示数据已经在 {settings.data_dir} 里，接着用原来的账号和密码。要从头再来：nuanliu demo --reset",
        f"Demo data is already in {settings.data_dir}; accounts and passwords stay. To start over: nuanliu demo --reset",
    )
    password = settings.demo_password.get_secret_value()
    if not password:
        return [kept, reset_words()]
    set_demo_password(password, uow=UnitOfWork(database), now=clock.now())
    return [
        kept,
        say(
            "全部演示账号现在用 NUANLIU_DEMO_PASSWORD 的密码。",
            "All demo accounts now have the password of NUANLIU_DEMO_PASSWORD.",
        ),
    ]


def reset_words() -> str:
    return say(
        "忘了密码：nuanliu account password county-410823",
        "Forgot one: nuanliu account password county-410823",
    )


def match_once(database: "Database", settings: "Settings", progress: "Progress") -> list[str]:
    """One match run by a real worker process, unless there was one; nothing is confirmed by it."""
    from sqlmodel import col, select

    from matcher import clock
    from matcher.domain.terms import RunStatus, UnitLevel
    from matcher.errors import SetupProblem
    from matcher.store.tables import MatchRun, Unit
    from matcher.store.unit_of_work import UnitOfWork
    from matcher.usecases.matching import start_run
    from workers.run import run_pending

    done = select(MatchRun).where(col(MatchRun.job_id).is_not(None), MatchRun.status == RunStatus.DONE)  # by a worker
    with database.read() as store:
        run = store.exec(done.order_by(col(MatchRun.id).desc())).first()
        city = store.exec(select(Unit.id).where(Unit.level == UnitLevel.CITY)).one()
    if run is None:
        start_run(city or 0, by=None, uow=UnitOfWork(database), now=clock.now(), trigger=TRIGGER)
        run_pending(settings, tell=progress.matching, patience_seconds=PATIENCE_SECONDS)
        with database.read() as store:
            run = store.exec(done).first()
    if run is None:
        raise SetupProblem("demo_match_failed")
    return [waiting(database)]


def waiting(database: "Database") -> str:
    """What waits for caseworkers now, counted as the summary above it counts: open needs only."""
    from sqlmodel import col, func, select

    from matcher.domain.terms import NeedStatus, ProposalStatus
    from matcher.store.tables import Need, Proposal

    families = func.count(col(Need.household_id).distinct())
    proposed = col(Need.id) == Proposal.need_id, Proposal.status == ProposalStatus.PROPOSED
    with database.read() as store:
        in_need = store.exec(select(families).where(Need.status == NeedStatus.OPEN)).one()
        matched, proposals = store.exec(select(families, func.count(col(Proposal.id))).where(*proposed)).one()
    return say(
        f"对接好了：现有需求的 {in_need:,} 户里，{matched:,} 户有了对接建议，共 {proposals:,} 条，等经办人确认；什么也没有自动确认。",
        f"Matched: {matched:,} of {in_need:,} families with open needs have proposals, {proposals:,} in all, waiting for caseworkers; nothing is confirmed by itself.",
    )


def open_doors(settings: "Settings", port: int) -> int:
    """Web, worker and timetable together, quietly, until Ctrl-C."""
    from web.cli_serve import web_command
    from workers.run import run_up

    return run_up(web_command("127.0.0.1", port), settings)
