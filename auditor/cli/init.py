"""``sellby init``: a commented config.yaml to start from."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.session import Session


@click.command("init")
@click.argument(
    "directory", type=click.Path(file_okay=False, path_type=Path), default=Path(), metavar="[DIR]"
)
@click.pass_obj
def command(session: Session, directory: Path) -> None:
    """Write a commented config.yaml into DIR (default: here)."""
    target = directory / "config.yaml"
    directory.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(example())
    except FileExistsError:
        raise click.UsageError(f"{target} is there already; it was not touched") from None
    session.talk.good(f"{target} is written.")
    session.talk.hint(
        "Next: say in it where your pages and feeds are, then `sellby check`, then `sellby run`."
    )


def example() -> str:
    """The commented example configuration: the checkout's own, else the installed copy."""
    import auditor

    package = Path(auditor.__file__).parent
    for path in (package / "_templates" / "config.yaml", package.parent / "config.yaml"):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(2, "the example configuration is missing", "config.yaml")
