"""The built-in policy, in force on a day."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from matcher.domain.policy import Policy

_FILE = Path(__file__).parents[1] / "seeds" / "policy" / "jiaozuo.toml"


@cache
def the_policy(as_of: date = date(2020, 2, 20)) -> Policy:
    return Policy.effective(tomllib.loads(_FILE.read_text(encoding="utf-8")), as_of=as_of)
