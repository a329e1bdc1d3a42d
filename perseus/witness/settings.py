"""What a witness is told: its name, the logs it knows, and where it listens."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from pydantic import field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from perseus import settings
from perseus.keystore import KeyStore
from registry.anchor import ENVIRONMENTS
from registry.log.cosignature import WitnessKey
from registry.log.note import VerifierKey
from trust.errors import MalformedError
from trust.keys import Algorithm, PrivateKey

WITNESS = "witness"


class WitnessSettings(BaseSettings):
    """The settings of one witness, checked when they are read; `logs` are verifier keys, named as their logs."""

    model_config = SettingsConfigDict(env_prefix="PERSEUS_WITNESS_", frozen=True, extra="ignore")

    home: Path
    name: str
    logs: tuple[str, ...]
    environment: str = settings.DEMO
    database: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_client_ca: Path | None = None
    tls_server_ca: Path | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment outrank the file, which arrives as constructor arguments."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @field_validator("logs")
    @classmethod
    def _keys(cls, logs: tuple[str, ...]) -> tuple[str, ...]:
        try:
            known_logs(logs)
        except MalformedError as error:
            raise ValueError(str(error)) from error
        return logs

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.environment not in ENVIRONMENTS:
            expected = ", ".join(ENVIRONMENTS)
            raise ValueError(f"environment: expected one of {expected}, found {self.environment!r}")
        if self.environment == settings.DEMO and not ip_address(self.host).is_loopback:
            raise ValueError(f"host: expected a loopback address in the demo, found {self.host}")
        if self.environment != settings.DEMO and (self.tls_certificate is None or self.tls_key is None):
            raise ValueError("tls_certificate, tls_key: expected both outside the demo, found none")
        return self

    @property
    def database_url(self) -> str:
        """Give the database's address: SQLite in the home, unless the settings name another."""
        return self.database or f"sqlite:///{self.home / 'witness.sqlite'}"


def known_logs(keys: Sequence[str]) -> Mapping[str, Sequence[VerifierKey]]:
    """Put verifier keys under the origins of their logs.

    Raises:
        MalformedError: there is none, one of them is no verifier key, or one stands there twice.
    """
    if not keys:
        raise MalformedError("logs", expected="the key of a log at least", found="none")
    found: dict[str, list[VerifierKey]] = {}
    for key in map(VerifierKey.parse, keys):
        known = found.setdefault(key.name, [])
        if key in known:
            raise MalformedError("logs", expected="every log's key once", found=f"that of {key.name} twice")
        known.append(key)
    return found


def found_witness(
    home: Path, name: str, logs: Sequence[str], *, environment: str = settings.DEMO, port: int = 0
) -> WitnessKey:
    """Make a witness's home: its key, encrypted, and its settings; give the key that verifiers are told.

    Raises:
        MalformedError: there is a witness already, the name cannot sign notes, or a log's key is none.
    """
    known_logs(logs)
    if (home / "settings.toml").exists():
        raise MalformedError(str(home), expected="a folder without settings", found="settings.toml")
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    keys = KeyStore.founded(home)
    drawn = WITNESS not in keys.names()
    signer = keys.create(WITNESS, algorithm=Algorithm.ED25519) if drawn else keys.open(WITNESS)
    key = WitnessKey(name, signer.key)
    settings.write(home, {"name": name, "environment": environment, "port": port, "logs": list(logs)})
    return key


def signer_of(home: Path) -> PrivateKey:
    """Open a witness's key.

    Raises:
        UnavailableError: the key or its passphrase is not there.
        MalformedError: the passphrase does not open it, or others may read it.
    """
    return KeyStore.at(home).open(WITNESS)
