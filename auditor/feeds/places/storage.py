"""Files in S3-compatible storage and on SFTP servers, copied through fsspec."""

from __future__ import annotations

import binascii
import json
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from auditor.errors import FeedError
from auditor.feeds.places.where import Copy, Place, PlaceKind, place_of

if TYPE_CHECKING:
    from auditor.feeds.config import FeedConfig

_PIECE = 1 << 20
_MEGABYTE = 1_000_000
_CONNECT_SECONDS = 15
_TRIES = 2
_NEEDED = "{} needs packages that are not installed: pip install 'sellby[places]'"


def copied(feed: FeedConfig, base_dir: Path, folder: Path, version: str) -> Copy:
    """The feed's file, of a glob the newest, below ``folder``; not where it has ``version``.

    Raises FeedError where it cannot be had, is too large, or changes while it is copied.
    """
    place = place_of(feed)
    with _told(place), _file_system(place, feed, base_dir) as files:
        path = _newest(place, files)
        before = _state(files.info(path))
        target = folder / posixpath.basename(path)
        found = Copy(target, before[1], _version(path, before))
        if found.version and found.version == version:
            return found
        limit = feed.max_megabytes * _MEGABYTE
        if before[0] > limit:
            raise FeedError(
                f"{place.shown} has {before[0]:,} bytes; raise `max_megabytes` if that is right"
            )
        size = 0
        with files.open(path, "rb") as source, target.open("wb") as out:
            while piece := source.read(_PIECE):
                size += out.write(piece)
                if size > limit:
                    break
        files.invalidate_cache()
        after = _state(files.info(path))
        if before != after or size != after[0]:
            raise FeedError(
                f"{place.shown} is being written ({before[0]:,} bytes, then {after[0]:,}); let the "
                "export write under another name and rename it at its end, or run later"
            )
        return found


def _version(path: str, state: tuple[int, datetime | None, str]) -> str:
    """What tells a file from what stood there before; "" where there is too little to tell."""
    size, written_at, etag = state
    if written_at is None and not etag:
        return ""
    return json.dumps([path, size, written_at.isoformat() if written_at else None, etag])


def _state(info: dict[str, Any]) -> tuple[int, datetime | None, str]:
    """Size, time and version of a file."""
    written = info.get("LastModified") or info.get("mtime")
    written_at = written.astimezone(UTC) if isinstance(written, datetime) else None
    return int(info.get("size") or 0), written_at, str(info.get("ETag") or "")


def _newest(place: Place, files: Any) -> str:
    parts = urlsplit(place.url)
    path = unquote(parts.path)
    path = f"{parts.hostname}{path}" if place.kind is PlaceKind.S3 else path
    if not place.is_glob:
        return path
    found = files.glob(path, detail=True)
    names = [name for name, info in found.items() if info.get("type") == "file"]
    if not names:
        raise FeedError(f"{place.shown}: no file matches; check `path`")
    oldest = datetime.min.replace(tzinfo=UTC)
    newest: str = max(names, key=lambda name: (_state(found[name])[1] or oldest, name))
    return newest


@contextmanager
def _file_system(place: Place, feed: FeedConfig, base_dir: Path) -> Iterator[Any]:
    try:
        import fsspec

        if place.kind is PlaceKind.S3:
            yield fsspec.filesystem("s3", **_s3(feed))
            return
        files = fsspec.filesystem("sftp", **_sftp(place, feed, base_dir))
    except ImportError as error:
        raise FeedError(_NEEDED.format(place.shown)) from error
    try:
        yield files
    finally:
        files.client.close()


def _s3(feed: FeedConfig) -> dict[str, Any]:
    access = feed.access
    client = {"endpoint_url": access.endpoint, "region_name": access.region}
    return {
        "key": access.key.get_secret_value() if access.key else None,
        "secret": access.secret.get_secret_value() if access.secret else None,
        "anon": access.anonymous,
        "client_kwargs": {name: value for name, value in client.items() if value},
        "config_kwargs": {
            "connect_timeout": _CONNECT_SECONDS,
            "read_timeout": feed.timeout_seconds,
            "retries": {"total_max_attempts": _TRIES, "mode": "standard"},
        },
        "skip_instance_cache": True,
        "use_listings_cache": False,
    }


def _sftp(place: Place, feed: FeedConfig, base_dir: Path) -> dict[str, Any]:
    access, parts = feed.access, urlsplit(place.url)
    password = access.password.get_secret_value() if access.password else parts.password
    return {
        "host": parts.hostname or "",
        "port": parts.port or 22,
        "username": access.user or parts.username,
        "password": unquote(password) if password and not access.password else password,
        "key_filename": str(base_dir / Path(access.key_file).expanduser())
        if access.key_file
        else None,
        "allow_agent": access.password is None,
        "look_for_keys": access.password is None and access.key_file is None,
        "timeout": _CONNECT_SECONDS,
        "banner_timeout": _CONNECT_SECONDS,
        "auth_timeout": _CONNECT_SECONDS,
        "host_key_policy": _host_keys(access.host_key),
        "skip_instance_cache": True,
    }


def _host_keys(known: str | None) -> Any:
    """Only a server whose key is known is talked to: the given one, else of ~/.ssh/known_hosts."""
    import paramiko

    class Known(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # untyped library
        def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
            given = f"{key.get_name()} {key.get_base64()}"
            if known is not None:
                if " ".join(known.split()[:2]) != given:
                    raise FeedError(
                        f"{hostname} shows another key than `access.host_key`: {given}; ask its "
                        "owner whether it was changed"
                    )
                return
            file = Path("~/.ssh/known_hosts").expanduser()
            hosts = paramiko.HostKeys(str(file)) if file.is_file() else paramiko.HostKeys()
            if not hosts.check(hostname, key):
                raise FeedError(
                    f"{hostname} is not known: it shows the key {given}; if its owner confirms it, "
                    "set `access.host_key` to it"
                )

    return Known()


@contextmanager
def _told(place: Place) -> Iterator[None]:
    """Whatever the libraries below raise as a FeedError that says where and what to do."""
    try:
        yield
    except FeedError:
        raise
    except FileNotFoundError:
        raise FeedError(f"{place.shown}: there is no such file; check `path`") from None
    except PermissionError as error:
        raise FeedError(f"{place.shown} is refused ({_line(error)}); {_ASK[place.kind]}") from None
    except (ValueError, binascii.Error) as error:
        raise FeedError(f"{place.shown}: {_line(error)}; check `path` and `access`") from None
    except Exception as error:  # noqa: BLE001 - a seam: each library below has errors of its own
        if type(error).__name__ in _REFUSALS:
            raise FeedError(
                f"{place.shown} is refused ({_line(error)}); {_ASK[place.kind]}"
            ) from None
        raise FeedError(
            f"{place.shown} cannot be reached ({_line(error)}); is the server there, and is the "
            "address right?"
        ) from None


_ASK = {
    PlaceKind.S3: "check `access.key`, `access.secret` and the bucket's policy",
    PlaceKind.SFTP: "check `access.user`, `access.password` or `access.key_file`",
}
_REFUSALS = frozenset(
    {"AuthenticationException", "BadAuthenticationType", "NoCredentialsError",
     "PasswordRequiredException", "PartialCredentialsError"}
)  # fmt: skip


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
