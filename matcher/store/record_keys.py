"""A key of its own for every household (crypto-erasure): whoever destroys it has erased what it sealed, here and in
every copy of the database.

The key stands in the household's row, itself sealed under the process's keyring, beside a random name of eight bytes.
A value sealed with it is `zero byte | name | 12-byte nonce | ciphertext and tag`, the column's name bound in as for all
sealed values (`crypto.py`). Queries that read many families select `record_key` before the columns it opens; a key
that was not met that way is looked up once, over a connection of its own, in the databases this process has open.
"""

import base64
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text

from matcher.errors import SetupProblem
from matcher.store import session
from matcher.store.crypto import keyring

NAME_BYTES = 8
MOST = 200_000
"""Keys that a process remembers, some 300 bytes each; beyond that it begins anew."""
PURPOSE = "household.record_key"
_met: dict[str, AESGCM] = {}


class OfRecord(str):
    """Text that belongs to the household whose key has this name (16 hexadecimal digits)."""

    __slots__ = ("record",)
    record: str

    def __new__(cls, text: str, record: str) -> "OfRecord":
        made = super().__new__(cls, text)
        made.record = record
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return OfRecord, (str(self), self.record)


def fresh() -> tuple[str, str]:
    """A new key: its name, and name and key as one text, which `household.record_key` seals."""
    name = os.urandom(NAME_BYTES).hex()
    told = f"{name}:{base64.b64encode(os.urandom(32)).decode()}"
    remember(told)
    return name, told


def remember(told: str) -> None:
    """Keep a key at hand that was read from its row or just made."""
    name, _, encoded = told.partition(":")
    if name not in _met:
        if len(_met) >= MOST:
            _met.clear()
        _met[name] = AESGCM(base64.b64decode(encoded))


def forget(name: str) -> None:
    """Drop a key that was destroyed from this process's memory."""
    _met.pop(name, None)


def seal(value: OfRecord, purpose: str) -> bytes:
    """Raises SetupProblem when the key is nowhere to be found, or destroyed."""
    nonce = os.urandom(12)
    key = _key(value.record)
    if key is None:
        raise SetupProblem("record_key_missing", record=value.record)
    return b"\0" + bytes.fromhex(value.record) + nonce + key.encrypt(nonce, value.encode(), purpose.encode())


def unseal(blob: bytes, purpose: str) -> str:
    """What a sealed value says, whichever kind of key made it; "" where the record was erased.

    Raises SetupProblem for a key that is missing or wrong.
    """
    if not blob:
        return ""
    if blob[0]:
        return keyring().decrypt(blob, purpose)
    name, rest = record_of(blob), blob[1 + NAME_BYTES :]
    key = _key(name)
    if key is None:
        return ""
    try:
        return key.decrypt(rest[:12], rest[12:], purpose.encode()).decode()
    except InvalidTag:
        raise SetupProblem("record_key_missing", record=name) from None


def record_of(blob: bytes) -> str:
    """The name of the record key of a sealed value that has one; "" for others."""
    return blob[1 : 1 + NAME_BYTES].hex() if blob and not blob[0] else ""


def _key(name: str) -> AESGCM | None:
    """None: destroyed."""
    if name not in _met:
        for database in session.opened():
            with database.keys.connect() as connection:
                query = text("SELECT record_key FROM household WHERE record_name = :name")
                row = connection.execute(query, {"name": name}).first()
            if row is not None:
                if row[0] is None:
                    return None
                remember(keyring().decrypt(bytes(row[0]), PURPOSE))
                break
        else:
            raise SetupProblem("record_key_missing", record=name)
    return _met[name]
