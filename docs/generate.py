"""Writes the parts of docs/ that can be derived from the code; ``--check`` only compares.

python docs/generate.py            write commands.md, configuration.md, database.md, templates.md
                                   and vocabulary.md
python docs/generate.py --check    exit 1 and name what is out of date
"""

from __future__ import annotations

import sys
from pathlib import Path

from generators.commands import commands
from generators.configuration import configuration
from generators.database import database
from generators.templates import templates
from generators.vocabulary import vocabulary

HERE = Path(__file__).parent


def main() -> int:
    """Write or check; the exit code."""
    stale = []
    pages = {
        "commands.md": commands(),
        "configuration.md": configuration(),
        "database.md": database(),
        "vocabulary.md": vocabulary(),
        "templates.md": templates(),
    }
    for name, text in pages.items():
        path = HERE / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        print(f"out of date: {', '.join(stale)}; run python docs/generate.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
