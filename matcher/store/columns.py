"""Column types of our own: codes that come back as enum members, and text that is encrypted at rest."""

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, LargeBinary, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from matcher.store import record_keys
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
    """Text encrypted at rest; `purpose` is table.column.

    With `of` it belongs to a household and is sealed under that household's own key: `of` is the column through which
    the household is found ("id" in its own row). Without it the process's keyring seals. An erased value reads as "".
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str, of: str | None = None) -> None:
        super().__init__()
        self.purpose = purpose
        self.of = of

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        if self.of is None:
            return keyring().encrypt(value, self.purpose)
        if not isinstance(value, record_keys.OfRecord):
            raise TypeError(f"{self.purpose} is written without the household it belongs to")
        return record_keys.seal(value, self.purpose)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else record_keys.unseal(bytes(value), self.purpose)


class RecordKey(Sealed):
    """A household's own key, sealed under the keyring. Reading it makes it known to what is read after it."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(record_keys.PURPOSE)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        told = super().process_result_value(value, dialect)
        if told:
            record_keys.remember(told)
        return told


def one_of(column: str, codes: type[StrEnum]) -> CheckConstraint:
    """The database itself refuses a code that is not in the list."""
    listed = ", ".join(f"'{code.value}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")
