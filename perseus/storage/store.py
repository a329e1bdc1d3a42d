"""A party's database: one write transaction a request, and nothing answered before it is on the disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from perseus.storage.holdings import holdings
from trust.errors import UnavailableError

_HERE = Path(__file__).parent
_PATIENCE = 10_000  # milliseconds that a writer waits for the one before it
_MODE = 0o600
_UPGRADE_LOCK = 0x50657273


class Store:
    """The database of one party; SQLite by default, PostgreSQL by its URL."""

    def __init__(self, url: str, *, party: str) -> None:
        self.party = party
        self.engine = _engine(url)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open the one write transaction of a request: all of it is kept, or nothing.

        Raises:
            UnavailableError: the database is busy, full or away, or another process was faster.
        """
        try:
            with self.engine.begin() as connection:
                yield connection
        except (OperationalError, IntegrityError) as error:
            raise UnavailableError("the database", because=_reason(error), code="http.database") from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database and changes nothing.

        Raises:
            UnavailableError: the database is away.
        """
        try:
            with self.engine.connect().execution_options(reads=True) as connection:
                yield connection
        except OperationalError as error:
            raise UnavailableError("the database", because=_reason(error), code="http.database") from error

    def upgrade(self) -> None:
        """Bring the tables to the newest revision; processes that start together wait for each other."""
        config = Config()
        config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
        config.set_main_option("version_locations", str(_HERE / "revisions").replace("%", "%%"))
        config.set_main_option("path_separator", "newline")
        config.attributes["holds"] = holdings(self.party)
        with self.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _reason(error: DBAPIError) -> str:
    return str(error.orig).splitlines()[0]


class _Cursor(Protocol):
    def execute(self, statement: str) -> object:
        """Run a statement."""


class _Driver(Protocol):
    isolation_level: str | None

    def cursor(self) -> _Cursor:
        """Open a cursor."""


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    _for_its_owner_alone(make_url(url).database)
    engine = create_engine(url, connect_args={"timeout": _PATIENCE / 1000, "check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _for_its_owner_alone(database: str | None) -> None:
    """Let nobody else read the file, whatever the umask was; SQLite gives its journals the mode of the database."""
    if not database or database == ":memory:":
        return
    # One that is there is not opened: closing it would drop the locks of every connection of this process.
    with suppress(FileExistsError):
        # Where the folder is missing, the first connection says so.
        with suppress(FileNotFoundError):
            os.close(os.open(database, os.O_RDWR | os.O_CREAT | os.O_EXCL, _MODE))
        return
    with suppress(OSError):
        for path in (Path(f"{database}{end}") for end in ("", "-wal", "-shm")):
            if path.exists():
                path.chmod(_MODE)


def _prepare(driver: _Driver, _record: object) -> None:
    """Take transactions into our own hands, and let nothing be acknowledged that a power cut could lose."""
    driver.isolation_level = None
    cursor = driver.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_PATIENCE}"):
        cursor.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Take the write lock at once: a reader that turns writer later could be refused half-way."""
    reads = connection.get_execution_options().get("reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
