"""``sellby flag``: a customer asked, and the fact could not be found or was wrong."""

from __future__ import annotations

import click

from auditor.cli.output import print_json
from auditor.cli.session import Session
from auditor.model import Attribute

ABOUT = tuple(str(attribute) for attribute in Attribute if attribute is not Attribute.REPORTED)


@click.command("flag")
@click.argument("what", metavar="URL|SKU")
@click.option("--note", default="", help="What was wrong, or could not be found.")
@click.option(
    "--minutes",
    type=click.IntRange(0, 6000),
    default=20,
    show_default=True,
    help="Minutes it took to find out; they count as the cost of staleness.",
)
@click.option(
    "--about",
    type=click.Choice(ABOUT),
    metavar="FACT",
    default=None,
    help=f"Which kind of fact, where it is known: {', '.join(ABOUT)}.",
)
@click.option("--as", "who", metavar="WHO", help="Who flags; else identity.as or login.")
@click.option("--format", "output", type=click.Choice(["table", "json"]), default="table")
@click.pass_obj
def command(  # noqa: PLR0913 - one parameter an option
    session: Session,
    /,
    what: str,
    note: str,
    minutes: int,
    about: str | None,
    who: str | None,
    output: str,
) -> None:
    """Report a fact that could not be found or was wrong while a customer waited.

    It goes on the work list of whoever owns the page or product, with a clock of its own, and stays
    there until a person deals with it.
    """
    from auditor.errors import DecisionRefused
    from auditor.flags import Flagged
    from auditor.records import record

    by = session.who(who)
    if not by.strip():
        raise DecisionRefused("a flag needs a name; say --as WHO or set identity.as in config.yaml")
    flagged = Flagged(what.strip(), by, note, minutes, Attribute(about or Attribute.REPORTED))
    with session.desk() as desk:
        finding = desk.flag(flagged)
    if output == "json":
        print_json(record(finding))
        return
    session.talk.good(f"{finding.id} is on the list of {finding.owner or 'nobody yet'}.")
    session.talk.hint(f"`sellby show {finding.id}` says what became of it.")
