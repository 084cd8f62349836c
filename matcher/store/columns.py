"""Column types of our own: codes that come back as enum members, and text that is encrypted at rest."""

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, LargeBinary, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from matcher.store.crypto import keyring


class Code(TypeDecorator[StrEnum]):
    """A code of `matcher.domain.terms`, stored as its text."""

    impl = String(32)
    cache_ok = True

    def __init__(self, codes: type[StrEnum]) -> None:
        super().__init__()
        self.codes = codes

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self.codes(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.codes(value)


class Sealed(TypeDecorator[str]):
    """Text encrypted at rest under the process's keyring; `purpose` is table.column."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else keyring().encrypt(value, self.purpose)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else keyring().decrypt(bytes(value), self.purpose)


def one_of(column: str, codes: type[StrEnum]) -> CheckConstraint:
    """The database itself refuses a code that is not in the list."""
    listed = ", ".join(f"'{code.value}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")
