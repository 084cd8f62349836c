"""The matching rules a command goes by: a file that is named, that of NUANLIU_POLICY, or the built-in ones."""

import tomllib
from datetime import date
from pathlib import Path

from matcher.domain.policy import Policy, PolicyProblem
from matcher.errors import RefusedInput
from seeds import reference


def chosen(path: Path | None, day: date) -> Policy:
    """The rules in force on a day. Raises RefusedInput: file_missing, policy_unusable."""
    name = path.name if path else "jiaozuo.toml"
    try:
        return reference.policy(day, path)
    except FileNotFoundError:
        raise RefusedInput("file_missing", name=name) from None
    except PolicyProblem as error:
        value = "" if error.value is None else f" = {error.value}"
        raise RefusedInput("policy_unusable", name=name, key=error.key, problem=error.problem, value=value) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) else str(error)
        raise RefusedInput("policy_unusable", name=name, key="TOML", problem=problem or "", value="") from None
