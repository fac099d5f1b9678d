"""What every command starts from: global options, the configuration, the database, the talk."""

from __future__ import annotations

import getpass
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cli.talk import Talk
from auditor.errors import ConfigError, NotFound

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import tzinfo

    from auditor.config import Config
    from auditor.desk import Desk
    from auditor.remote import DeskThere
    from auditor.store import AuditStore
    from crawler.store import SnapshotStore


@dataclass
class Session:
    """The global options. ``verbosity`` -1 is quiet, 0 normal, 2 and more with tracebacks."""

    config_path: Path = Path("config.yaml")
    config_given: bool = False
    database_path: Path | None = None
    verbosity: int = 0
    color: bool = True
    talk: Talk = field(init=False)

    def __post_init__(self) -> None:
        self.talk = Talk(quiet=self.verbosity < 0, color=self.color, verbose=self.verbosity > 0)

    @cached_property
    def config(self) -> Config:
        """The configuration, with its secrets. Raises ConfigError."""
        return self._load(secrets=True)

    @cached_property
    def reading_config(self) -> Config:
        """The configuration for reading and deciding: secrets may be missing.

        Where no file is there and --db says where the data is, the defaults.
        """
        from auditor.config import Config

        if not self.config_path.exists() and not self.config_given and self.database_path:
            return Config()
        return self._load(secrets=False)

    @cached_property
    def feeds_config(self) -> Config:
        """The configuration with the secrets of its feeds; the crawler's may be missing."""
        return self._load(secrets=("feeds",))

    @cached_property
    def notify_config(self) -> Config:
        """The configuration with the secrets of its notices; all others may be missing."""
        return self._load(secrets=("notify",))

    @property
    def database(self) -> Path:
        """Where the database is or will be."""
        return self.database_path or self.reading_config.database

    @contextmanager
    def audit_store(self) -> Iterator[AuditStore]:
        """The auditor's side of an existing database. Raises NotFound where there is none."""
        from auditor.store import AuditStore

        if not self.database.exists():
            raise NotFound(
                f"there is no database {self.database}; `sellby run` makes one, "
                "or say where it is with --db"
            )
        with AuditStore(self.database) as store:
            yield store

    @contextmanager
    def server(self) -> Iterator[DeskThere]:
        """The server that the configuration names. Raises ConfigError without a token."""
        from auditor.remote import DeskThere

        server = self.reading_config.server
        token = server.token.get_secret_value() if server.token else ""
        if not token:
            where = f"{self.config_path}: server.token"
            raise ConfigError([f"{where}: is missing or empty; `token: ${{SELLBY_TOKEN}}`"])
        with DeskThere(server.url, token) as there:
            yield there

    @cached_property
    def _name_there(self) -> str:
        with self.server() as there:
            return there.who()

    @property
    def is_remote(self) -> bool:
        """Whether findings are decided on a server: --db says that they are here all the same."""
        return self.database_path is None and bool(self.reading_config.server.url)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Where findings are decided on: the server that the configuration names, or here."""
        from auditor.desk import DeskHere

        if self.is_remote:
            with self.server() as there:
                yield there
            return
        with self.audit_store() as store:
            yield DeskHere(store, self.reading_config, self.now)

    @contextmanager
    def writing(self, command: str) -> Iterator[None]:
        """Hold the database's lock. Raises Locked; ConfigError where its folder is missing."""
        from auditor.lock import hold_lock

        folder = self.database.parent
        if not folder.is_dir():
            raise ConfigError([f"{self.config_path}: database: the folder {folder} is missing"])
        with hold_lock(self.database, command=command, now=self.now()):
            yield

    @contextmanager
    def stores(self) -> Iterator[tuple[SnapshotStore, AuditStore]]:
        """Both sides of the database, made where missing."""
        from auditor.store import AuditStore
        from crawler.store import SnapshotStore

        with SnapshotStore(self.database) as snapshots, AuditStore(self.database) as store:
            yield snapshots, store

    def who(self, given: str | None) -> str:
        """Who decides: --as, else the configuration, else the login name.

        On a server, whoever the token belongs to, and nobody else.
        """
        if self.is_remote:
            if given and given != self._name_there:
                raise ConfigError([f"--as {given}: on a server you are {self._name_there}"])
            return self._name_there
        if given:
            return given
        if configured := self.reading_config.identity.as_:
            return configured
        try:
            return getpass.getuser()
        except (OSError, KeyError):
            return ""

    @property
    def zone(self) -> tzinfo:
        """The time zone that people read and write times in."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.reading_config.timezone)

    def now(self) -> datetime:
        """The instant, aware UTC: the only clock of the command line."""
        return datetime.now(UTC)

    def _load(self, *, secrets: bool | Collection[str]) -> Config:
        from auditor.config import load

        config = load(self.config_path, secrets=secrets)
        if self.database_path is not None:
            config = config.model_copy(update={"database": self.database_path.absolute()})
        return config
