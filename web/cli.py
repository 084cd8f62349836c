"""The `nuanliu` command. Commands import what they need when they run, so that `--help` is quick."""

import os
import sys
from importlib import import_module
from importlib.util import find_spec

import typer

from web.cli_words import say, translate_frame

ROOMS = (
    "cli_demo", "cli_serve", "cli_admin", "cli_accounts", "cli_files", "cli_tables", "cli_operations", "cli_audit", "cli_keys", "cli_bench",
)  # fmt: skip
"""Modules with `register(app)`; those that are not part of this release are passed over."""


def make_app() -> typer.Typer:
    from web.cli_usage import translate_help

    translate_frame()
    translate_help()
    app = typer.Typer(
        name="nuanliu",
        help=say(
            "暖流：把困难职工家庭的需要和爱心单位的资源对接起来，由经办人决定。",
            "Nuanliu 暖流: joins what hardship families need with what donors can give; caseworkers decide.",
        ),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    for room in ROOMS:
        if find_spec(f"web.{room}"):
            import_module(f"web.{room}").register(app)
    return app


def main() -> None:
    """Run one command. Exit codes: 0 done, 1 done but something fell short, 2 usage, 3 refused and nothing written."""
    from typer._click.exceptions import ClickException

    try:
        code = make_app()(prog_name="nuanliu", standalone_mode=False)
    except ClickException as error:
        from web.cli_usage import usage_text

        print(usage_text(error), file=sys.stderr)
        code = error.exit_code
    except typer.Abort:
        print(say("已中止。", "Aborted."), file=sys.stderr)
        code = 1
    except BrokenPipeError:  # whoever read our output went away: `nuanliu routes | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        code = 3
    sys.exit(code or 0)


def sentence_of(error: Exception) -> str | None:
    """One sentence and what to do, for problems a person can mend; None for what is a fault of ours."""
    from sqlalchemy.exc import OperationalError

    from matcher.errors import InvalidFields, NuanliuError
    from web.cli_usage import value_words
    from web.cli_words import command_language
    from web.file_messages import file_message
    from web.labels import code_text

    lang = command_language()
    if isinstance(error, OperationalError):
        read_only = "readonly" in str(error.orig) or "unable to open" in str(error.orig)
        code = "data_dir_read_only" if read_only else "database_unreachable"
        return code_text(code, {"path": _data_dir()}, locale=lang)
    if isinstance(error, PermissionError):
        return code_text("data_dir_read_only", {"path": error.filename or _data_dir()}, locale=lang)
    if isinstance(error, InvalidFields):
        sentences = (code_text(p.code, p.params, locale=lang) for p in error.problems)
        return say("；", "; ").join(filter(None, sentences))
    if isinstance(error, NuanliuError):
        if error.code == "bad_setting":
            error.params["problem"] = value_words(str(error.params["problem"]))
        said = code_text(error.code, error.params, locale=lang) or file_message(error.code, error.params, lang)
        unknown = say(f"没有办成（{error.code}），什么也没有写入。", f"Not done ({error.code}); nothing was written.")
        return said or unknown
    return None


def _data_dir() -> str:
    from matcher.settings import load_settings

    return str(load_settings().data_dir)


if __name__ == "__main__":
    main()
