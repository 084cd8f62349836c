"""`nuanliu account add | password | no-second-step`: first accounts, a forgotten password, a lost telephone."""

from typing import TYPE_CHECKING

import typer

from matcher.domain.terms import Role
from web.cli_words import say

if TYPE_CHECKING:
    from matcher.store.session import Database

ROLES = tuple(role.value for role in Role if role not in (Role.WORKER, Role.CHARITY, Role.ENTERPRISE))
"""Roles of people who work at a union; workers and donors belong to a family or a donor instead."""

ASK = typer.Option(False, "--ask", help=say("自己输入密码，不用随机的", "type the password instead of a random one"))
NAME = typer.Argument(..., help=say("账号名", "account name"))


def register(app: typer.Typer) -> None:
    account = typer.Typer(help=say("账号。", "Accounts."), no_args_is_help=True)
    account.command("add", help=say("开一个工会工作人员的账号。", "Open an account for union staff."))(add)
    account.command(
        "password", help=say("给账号一个新密码，只显示一次。", "Give an account a new password, shown once.")
    )(password)
    account.command(
        "no-second-step",
        help=say("手机丢了：取消账号的两步登录。", "A telephone was lost: end the second step of an account."),
    )(no_second_step)
    app.add_typer(account, name="account")


def add(
    username: str = NAME,
    role: str = typer.Option(..., "--role", help=say("角色：", "role: ") + ", ".join(ROLES)),
    unit: str = typer.Option(
        "", "--unit", help=say("哪个单位（代码），默认最上级", "unit code; the topmost by default")
    ),
    name: str = typer.Option(
        "", "--name", help=say("显示的姓名，默认用账号名", "name shown; the account's by default")
    ),
    ask: bool = ASK,
) -> None:
    from matcher import clock
    from matcher.errors import RefusedInput, SetupProblem
    from matcher.store.queries.network import find_unit
    from matcher.store.unit_of_work import UnitOfWork
    from matcher.usecases.accounts import create_account

    if role not in ROLES:
        wrong = say("只能是 {}", "wants one of {}").format(", ".join(ROLES))
        raise typer.BadParameter(wrong, param_hint="--role")
    database = _ready()
    with database.read() as session:
        place = find_unit(session, unit)
    if place is None:
        raise RefusedInput("no_such_unit", unit=unit) if unit else SetupProblem("no_reference_data")
    word, shown = _password(ask)
    create_account(
        username=username, role=Role(role), password=word, unit_id=place.id, display_name=name or username, by=None,
        uow=UnitOfWork(database), now=clock.now(),
    )  # fmt: skip
    print(say(f"{username} 的账号开好了，在{place.name}。", f"Account {username} is open, at {place.name}.") + shown)


def password(username: str = NAME, ask: bool = ASK) -> None:
    from matcher import clock
    from matcher.errors import NotFound, SetupProblem
    from matcher.store.unit_of_work import UnitOfWork
    from matcher.usecases.accounts import reset_password

    database = _ready()
    word, shown = _password(ask)
    try:
        reset_password(username, word, by=None, uow=UnitOfWork(database), now=clock.now())
    except NotFound:
        raise SetupProblem("no_such_account") from None
    done = say(
        f"{username} 的密码已重设，别处的登录已结束。", f"Password of {username} reset; its sign-ins have ended."
    )
    print(done + shown)


def no_second_step(username: str = NAME) -> None:
    from matcher import clock
    from matcher.errors import NotFound, SetupProblem, WrongState
    from matcher.store.unit_of_work import UnitOfWork
    from matcher.usecases.second_factor import take_away

    try:
        take_away(username, by=None, uow=UnitOfWork(_ready()), now=clock.now())
    except NotFound:
        raise SetupProblem("no_such_account") from None
    except WrongState:
        print(say(f"{username} 本来就没有两步登录。", f"{username} has no second step."))
        return
    print(
        say(
            f"{username} 的两步登录已取消，登录已结束；下次只用密码登录。",
            f"Second step of {username} ended, its sign-ins too; the password alone opens it next time.",
        )
    )


def _ready() -> "Database":
    from matcher.settings import load_settings
    from matcher.store import migrate
    from matcher.store.session import Database
    from web.secret_checks import checked

    database = Database(checked(load_settings()).effective_database_url)
    migrate.refuse_unready(database)
    return database


def _password(ask: bool) -> tuple[str, str]:
    """A password, and what to print of it: nothing when it was typed."""
    from matcher.usecases.accounts import fresh_password

    if ask:
        return typer.prompt(say("新密码", "New password"), hide_input=True, confirmation_prompt=True), ""
    word = fresh_password()
    return word, f"\n  {word}"
