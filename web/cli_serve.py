"""`nuanliu serve | worker | beat | up`."""

import sys
from typing import TYPE_CHECKING

import typer

from web.cli_words import say

if TYPE_CHECKING:
    from matcher.settings import Settings

PORT = 8000
THREADS = 8


def register(app: typer.Typer) -> None:
    app.command("serve", help=say("只开网页。", "Serve the web pages only."))(serve)
    app.command("worker", help=say("只开任务处理。", "Run the worker only."))(worker)
    app.command("beat", help=say("只开定时任务。", "Run the timetable only."))(beat)
    app.command(
        "up", help=say("网页、任务处理、定时任务一起开（小规模使用）。", "Web, worker and timetable together.")
    )(up)


HOST_HELP = say("监听的地址", "address to listen on")
PORT_HELP = say("监听的端口", "port to listen on")


def serve(
    host: str = typer.Option("127.0.0.1", help=HOST_HELP),
    port: int = typer.Option(PORT, min=0, max=65535, help=PORT_HELP),
    threads: int = typer.Option(THREADS, min=2, max=64, help=say("同时处理几个请求", "requests handled at a time")),
) -> None:
    from matcher.settings import load_settings
    from matcher.store import migrate
    from matcher.store.session import Database
    from web import create_app
    from web.logs import log_to_stderr
    from web.secret_checks import checked

    settings = checked(load_settings())
    require_policy(settings)
    log_to_stderr(settings.log_level)
    require_free(host, port)
    database = Database(settings.effective_database_url)
    migrate.refuse_unready(database)
    app = create_app(settings, database)
    listen(app, host, port, threads)


def require_policy(settings: "Settings") -> None:
    """Rules of one's own that cannot be used are said at the start, not in the middle of the night."""
    from matcher import clock
    from web import policies

    if settings.policy is not None:
        policies.chosen(settings.policy, clock.business_date(clock.now()))


def require_encoder(settings: "Settings") -> None:
    """The same for an encoder that is not installed. Raises SetupProblem."""
    if settings.encoder:
        from matcher.engine.encoder import open_encoder

        open_encoder(settings.encoder)


def listen(app: object, host: str, port: int, threads: int = THREADS) -> None:
    import signal

    from waitress.server import create_server

    server = create_server(app, host=host, port=port, threads=threads, ident=None, clear_untrusted_proxy_headers=False)
    address = f"http://{host}:{server.effective_port}"
    print(say(f"暖流在 {address} 打开，按 Ctrl-C 停下。", f"Nuanliu is at {address}; Ctrl-C stops it."), flush=True)
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        server.close()


def require_free(host: str, port: int) -> None:
    """Raises SetupProblem when something else listens on this port, or nobody may."""
    import errno
    import socket

    from matcher.errors import SetupProblem

    if port == 0:
        return
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            code = "port_in_use" if error.errno == errno.EADDRINUSE else "address_unusable"
            raise SetupProblem(code, host=host, port=port) from None


def _ready_settings():  # type: ignore[no-untyped-def]
    """Settings with secrets, handed on to child processes too."""
    from matcher.settings import load_settings
    from matcher.store import migrate
    from matcher.store.session import Database
    from web import demo_secrets
    from web.secret_checks import checked

    settings = checked(load_settings())
    require_policy(settings)
    require_encoder(settings)
    demo_secrets.hand_on(settings)
    database = Database(settings.effective_database_url)
    migrate.refuse_unready(database)
    database.dispose()
    return settings


def worker() -> None:
    settings = _ready_settings()
    from workers.run import run_worker

    run_worker(settings)


def beat() -> None:
    settings = _ready_settings()
    from workers.run import run_beat

    run_beat(settings)


def up(
    host: str = typer.Option("127.0.0.1", help=HOST_HELP),
    port: int = typer.Option(PORT, min=1, max=65535, help=PORT_HELP),
) -> None:
    settings = _ready_settings()
    require_free(host, port)
    from workers.run import run_up

    raise typer.Exit(run_up(web_command(host, port), settings))


def web_command(host: str, port: int) -> tuple[str, ...]:
    return (sys.executable, "-m", "web", "serve", "--host", host, "--port", str(port))
