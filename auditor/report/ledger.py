"""What each file of a report was made of, so that the next night leaves alone what stays the same.

A report is written into a new folder. A file whose digest is that of the earlier report is linked
from there instead of being made again; what the new report does not have is not in the new folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

LEDGER = ".made-of.json"
"""Where it lies in a report: file names and digests, nothing of what they say."""

_EDITION = 1


@dataclass(slots=True)
class Ledger:
    """The files of the ``earlier`` report and of the one that is being written to ``directory``."""

    earlier: Path
    directory: Path
    _before: dict[str, str] = field(default_factory=dict)
    _now: dict[str, str] = field(default_factory=dict)

    @classmethod
    def between(cls, earlier: Path, directory: Path) -> Ledger:
        """With what is known of the earlier report: nothing where there is none, or no ledger."""
        return cls(earlier, directory, _read(earlier / LEDGER))

    def take_over(self, made_of: Mapping[str, str]) -> bool:
        """Take files over from the earlier report if all were made of the same; whether they were.

        ``made_of`` are digests by path. Either way it is noted what the new report's are made of.
        """
        self._now.update(made_of)
        if any(self._before.get(path) != digest for path, digest in made_of.items()):
            return False
        for path in made_of:
            try:
                os.link(self.earlier / path, self.directory / path)
            except OSError:  # it is not there, or this disk knows no links: all are made anew
                for linked in made_of:  # writing to a link would change the earlier report
                    (self.directory / linked).unlink(missing_ok=True)
                return False
        return True

    def save(self) -> None:
        """Keep what this report is made of for the next one."""
        text = json.dumps({"edition": _EDITION, "files": self._now}, ensure_ascii=True)
        (self.directory / LEDGER).write_text(text + "\n", encoding="utf-8")


def digest_of(*parts: object) -> str:
    """What stands for everything that a file is made of.

    >>> digest_of("a", ("b", 1)) == digest_of("a", ("b", 1)) != digest_of("a", ("b", 2))
    True
    """
    made = sha256()
    for part in parts:
        text = part if isinstance(part, str) else repr(part)
        made.update(f"{len(text)}:".encode())
        made.update(text.encode("utf-8", "surrogatepass"))
    return made.hexdigest()[:32]


def digest_of_files(*paths: Path) -> str:
    """What stands for the content of files, in the order of their names; a folder for all in it."""
    made = sha256()
    for path in sorted(paths):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                made.update(f"{file.name}\0".encode("utf-8", "surrogatepass"))
                made.update(sha256(file.read_bytes()).digest())
    return made.hexdigest()[:32]


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        files = found["files"] if found["edition"] == _EDITION else {}
    except (OSError, ValueError, KeyError, TypeError):  # none, or none that we know: all is new
        return {}
    if not isinstance(files, dict):
        return {}
    return {path: digest for path, digest in files.items() if isinstance(digest, str)}
