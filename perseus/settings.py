"""What one party's process is told: who it is, where it listens, and whom it may reach.

`OUT/<party>/settings.toml` holds it; an environment variable PERSEUS_<NAME> outranks the file. Credentials and
status lists carry names and never ports: `peers` maps a name to a loopback address, in the demo environment only.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from registry.anchor import ENVIRONMENTS
from trust.errors import MalformedError

PARTIES = ("operator", "edp", "grid", "cap", "bank", "wallet")
WITNESS = "witness-"  # how the folder of a member's witness begins
DEMO = "demo"
Kind = TypeVar("Kind", bound=BaseSettings)
ADDRESS, PID = "address", "pid"  # the files in which a running process says where it is


class Settings(BaseSettings):
    """The settings of one party, checked when they are read."""

    model_config = SettingsConfigDict(env_prefix="PERSEUS_", frozen=True, extra="ignore")

    home: Path
    party: str
    did: str
    name: str
    authority: str
    environment: str = DEMO
    database: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_client_ca: Path | None = None
    tls_server_ca: Path | None = None
    anchor: Path = Path("../trust.json")
    peers: dict[str, str] = {}
    members: dict[str, str] = {}
    hosts: tuple[str, ...] = ()
    key: str = "signing"
    witnesses: dict[str, str] = {}
    log_sequencer: bool = True
    log_batch: float = 1.0
    log_lease: float = 10.0
    log_folder: Path | None = None
    credential_limit: int = 256 * 1024
    resource_limit: int = 1024 * 1024
    evidence_limit: int = 32 * 1024 * 1024

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

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.party not in PARTIES:
            raise ValueError(f"party: expected one of {', '.join(PARTIES)}, found {self.party!r}")
        if self.environment not in ENVIRONMENTS:
            expected = ", ".join(ENVIRONMENTS)
            raise ValueError(f"environment: expected one of {expected}, found {self.environment!r}")
        if self.environment != DEMO:
            self._guarded()
        elif not ip_address(self.host).is_loopback:
            raise ValueError(f"host: expected a loopback address in the demo, found {self.host}")
        return self

    def _guarded(self) -> None:
        needed = ("tls_certificate", "tls_key", "tls_client_ca")
        missing = [name for name in needed if getattr(self, name) is None]
        if missing:
            raise ValueError(f"{', '.join(missing)}: expected a file outside the demo, found none")
        if self.peers:
            found = ", ".join(self.peers)
            raise ValueError(
                f"peers: expected none outside the demo, where names are resolved, found {found}"
            )

    @property
    def url(self) -> str:
        """Give the base of every address this party is named by, without a port."""
        return f"https://{self.authority}"

    @property
    def database_url(self) -> str:
        """Give the database's address: SQLite in the home, unless the settings name another."""
        return self.database or f"sqlite:///{self.home / 'db.sqlite'}"

    @property
    def static_folder(self) -> Path | None:
        """Give the folder into which the operator writes its logs as static files, if it does."""
        return None if self.log_folder is None else self.home / self.log_folder

    @property
    def anchor_file(self) -> Path:
        """Give the file with this party's trust anchor."""
        return self.anchor if self.anchor.is_absolute() else self.home / self.anchor

    def address_of(self, name: str) -> str | None:
        """Find the loopback address of a name, or the one that its process wrote when it started.

        Raises:
            MalformedError: the address is not on this machine.
        """
        told = self.peers.get(name)
        if told is None or told.startswith(("http://", "https://")):
            return told and loopback(told)
        path = self.home / told
        return loopback(path.read_text(encoding="utf-8").strip()) if path.exists() else None


def loopback(address: str) -> str:
    """Give an address back if it is on this machine.

    Raises:
        MalformedError: it is not.
    """
    host = urlsplit(address).hostname or ""
    if host != "localhost" and not (host.replace(".", "").isdigit() and ip_address(host).is_loopback):
        raise MalformedError(
            "peers", expected="a loopback address", found=ascii(address), code="fetch.blocked"
        )
    return address


def load(home: Path) -> Settings:
    """Read the settings of a party's home.

    Raises:
        MalformedError: there is no settings file, or something in it is not as it must be.
    """
    return read(home, Settings)


def read(home: Path, kind: type[Kind]) -> Kind:
    """Read the settings file of a home, whoever's it is.

    Raises:
        MalformedError: there is no settings file, or something in it is not as it must be.
    """
    path = home / "settings.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        require_above(path, content, kind.model_fields)
        return kind(**{**content, "home": home.resolve()})
    except FileNotFoundError as error:
        raise MalformedError(str(path), expected="a settings file", found="no file") from error
    except tomllib.TOMLDecodeError as error:
        raise MalformedError(str(path), expected="TOML", found=str(error)) from error
    except ValidationError as error:
        raise _unfit(path, error) from error


def require_above(path: Path, content: Mapping[str, object], names: Iterable[str]) -> None:
    """Demand that no setting was written below the head of a table, such as `[peers]`, which TOML would give it to.

    Raises:
        MalformedError: one stands there.
    """
    for table, pairs in content.items():
        for name in sorted(pairs.keys() & set(names)) if isinstance(pairs, dict) else ():
            found = f"it below [{table}], which takes it for its own"
            raise MalformedError(f"{path}: {name}", expected="the line above the first [table]", found=found)


def _unfit(path: Path, error: ValidationError) -> MalformedError:
    """Say of the first setting that does not fit what it must be, and what it is."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return MalformedError(f"{path}: {name}", expected="this setting, which is required", found="none")
    if "error" in first.get("ctx", {}):  # a sentence of our own: "name: expected ..., found ..."
        own, _, told = str(first["ctx"]["error"]).partition(": expected ")
        expected, _, found = told.rpartition(", found ")
        return MalformedError(f"{path}: {own}", expected=expected, found=found)
    expected = first["msg"].removeprefix("Input should be ").partition(",")[0]
    return MalformedError(f"{path}: {name}", expected=expected, found=ascii(first["input"])[:60])


def write(home: Path, content: Mapping[str, str | int | float | Sequence[str] | dict[str, str]]) -> Path:
    """Write the settings file of a new home."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "settings.toml"
    plain = [f"{key} = {json.dumps(value)}" for key, value in content.items() if not isinstance(value, dict)]
    tables = [_table(key, value) for key, value in content.items() if isinstance(value, dict)]
    path.write_text("\n".join([*plain, *tables]) + "\n", encoding="utf-8")
    return path


def _table(key: str, pairs: dict[str, str]) -> str:
    return "\n".join(
        [f"\n[{key}]", *(f"{json.dumps(name)} = {json.dumps(value)}" for name, value in pairs.items())]
    )
