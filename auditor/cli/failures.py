"""What becomes of an error: one paragraph for people, and an exit code for machines."""

from __future__ import annotations

import errno
import sqlite3
import traceback
from typing import TYPE_CHECKING

from auditor.cli.exit_codes import ExitCode
from auditor.errors import AuditorError, ConfigError, DecisionRefused, Locked, NotFound

if TYPE_CHECKING:
    from auditor.cli.session import Session


class Stopped(AuditorError):
    """Somebody stopped the command; the text says what was kept and how to go on."""


def fail(error: BaseException, session: Session) -> ExitCode:
    """Say on stderr what went wrong and what to do next; the exit code that goes with it."""
    code, title, text = _explained(error)
    session.talk.error(title, text)
    if session.verbosity >= 2:
        session.talk.raw("".join(traceback.format_exception(error)))
    elif code is ExitCode.FAILED and not _is_ours(error) and not _is_stop(error):
        session.talk.hint("Nothing was lost. Run it again with -vv to see where it failed.")
    return code


def _explained(error: BaseException) -> tuple[ExitCode, str, str]:
    match error:
        case ConfigError():
            count = len(error.mistakes)
            title = "1 mistake" if count == 1 else f"{count} mistakes"
            return ExitCode.USAGE, f"{title} in the configuration", str(error)
        case NotFound() | DecisionRefused():
            return ExitCode.USAGE, "Not done", str(error)
        case Locked():
            return ExitCode.LOCKED, "Busy", str(error)
        case Stopped():
            return ExitCode.FAILED, "Stopped", str(error)
        case KeyboardInterrupt():
            return ExitCode.FAILED, "Stopped", "everything saved before stays; run it again."
        case AuditorError():
            return ExitCode.FAILED, "Failed", str(error)
        case OSError() if error.errno == errno.ENOSPC:
            return ExitCode.FAILED, "Disk full", _os_text(error) + _KEPT
        case OSError():
            return ExitCode.FAILED, "Failed", _os_text(error)
        case sqlite3.Error():
            return ExitCode.FAILED, "Database", f"{error}.{_KEPT}"
    if _is_ours(error):
        return ExitCode.FAILED, "Failed", str(error)
    return ExitCode.FAILED, "Failed", f"{type(error).__name__}: {error}"


_KEPT = " Everything saved before stays; make room or free the file, then run it again."


def _os_text(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}."


def _is_ours(error: BaseException) -> bool:
    """Whether it was raised on purpose, here or in the crawler."""
    return isinstance(error, AuditorError) or any(
        kind.__name__ == "CrawlerError" and kind.__module__ == "crawler.errors"
        for kind in type(error).__mro__
    )


def _is_stop(error: BaseException) -> bool:
    return isinstance(error, KeyboardInterrupt)
