"""Encryption of personal data at rest: AES-256-GCM with key ids, and a keyed blind index for look-ups.

A stored value is `id length | key id | 12-byte nonce | ciphertext and tag`. The column's own name is bound in
as associated data, so a value copied into another column does not decrypt.
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from matcher.errors import SetupProblem


@dataclass(frozen=True)
class Keyring:
    """Keys by id; the first encrypts, all decrypt."""

    keys: dict[str, bytes]

    @classmethod
    def parse(cls, text: str) -> "Keyring":
        """Read `id:base64,id:base64`. Raises SetupProblem for a wrong length, a doubled id or broken base64."""
        keys: dict[str, bytes] = {}
        for part in filter(None, (p.strip() for p in text.split(","))):
            name, _, encoded = part.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except ValueError:
                raise SetupProblem("bad_encryption_keys", problem="base64") from None
            if len(key) != 32 or not name.isascii() or not 1 <= len(name) <= 16 or name in keys:
                raise SetupProblem("bad_encryption_keys", problem="length")
            keys[name] = key
        if not keys:
            raise SetupProblem("missing_encryption_keys")
        return cls(keys)

    @staticmethod
    def fresh() -> str:
        """A new key in the form that `parse` reads."""
        return f"k{os.urandom(3).hex()}:{base64.b64encode(os.urandom(32)).decode()}"

    @property
    def current(self) -> str:
        return next(iter(self.keys))

    def encrypt(self, text: str, purpose: str) -> bytes:
        nonce = os.urandom(12)
        name = self.current.encode()
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, text.encode(), purpose.encode())
        return bytes([len(name)]) + name + nonce + sealed

    def decrypt(self, blob: bytes, purpose: str) -> str:
        size = blob[0]
        name = blob[1 : 1 + size].decode()
        if name not in self.keys:
            raise SetupProblem("unknown_encryption_key", key_id=name)
        nonce, sealed = blob[1 + size : 13 + size], blob[13 + size :]
        try:
            return AESGCM(self.keys[name]).decrypt(nonce, sealed, purpose.encode()).decode()
        except InvalidTag:
            raise SetupProblem("wrong_encryption_key", key_id=name) from None

    def derived(self, key_id: str, purpose: bytes) -> bytes:
        """A key of 32 bytes for another purpose; neither tells anything about the other."""
        return _derived(self.keys[key_id], purpose)

    def index(self, text: str, purpose: str, key_id: str | None = None) -> str:
        """Keyed fingerprint of a normalised value, for equality look-ups; says nothing about the value."""
        name = key_id or self.current
        digest = hmac.new(
            self.derived(name, b"nuanliu blind index"), f"{purpose}\0{text}".encode(), hashlib.sha256
        ).hexdigest()
        return f"{name}:{digest}"

    def indexes(self, text: str, purpose: str) -> list[str]:
        """The fingerprints under every key, so that look-ups keep working while keys change."""
        return [self.index(text, purpose, name) for name in self.keys]


@lru_cache(maxsize=64)
def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, purpose).derive(key)


class _Current:
    """The ring of this process. Column types have no other way to be handed one."""

    ring: Keyring | None = None


def use_keyring(ring: Keyring) -> None:
    _Current.ring = ring


def keyring() -> Keyring:
    if _Current.ring is None:
        raise SetupProblem("missing_encryption_keys")
    return _Current.ring
