"""``sellby questions``: what people say the feeds have wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from auditor.cli.output import Format, list_format_option, one_line, print_list, print_table

if TYPE_CHECKING:
    from auditor.cli.session import Session


@click.command("questions")
@click.option("--mine", is_flag=True, help="About feeds that I answer for.")
@click.option("--as", "who", metavar="WHO", help="Who I am, for --mine.")
@list_format_option
@click.pass_obj
def command(session: Session, /, mine: bool, who: str | None, output: str) -> None:
    """List what people say the feeds have wrong: questions to the feeds' owners.

    Somebody rejected a finding because the page is right. Correct the feed, and the question is
    answered by itself; or, if the feed is right after all, `sellby reopen` the finding with a note.
    """
    from auditor.lists import QUESTION_COLUMNS, question_list

    me = session.who(who) if mine else ""
    if session.is_remote:
        with session.server() as there:
            rows = there.questions(mine=mine)
    else:
        with session.audit_store() as store:
            rows = question_list(store, session.reading_config, mine=me)
    if output != Format.TABLE:
        print_list(output, "questions", QUESTION_COLUMNS, rows)
    elif rows:
        _table(session, rows)
    else:
        session.talk.line("No question is open.")


def _table(session: Session, rows: list[dict[str, Any]]) -> None:
    from rich.text import Text

    from auditor.cli.tables import person, stacked, table
    from auditor.cli.words import count

    made = table("Finding", "What", "The feed says", "The page says, rightly", "Asked by", "To")
    for row in rows:
        text = {key: one_line(str(value or "")) for key, value in row.items()}
        made.add_row(
            Text(text["finding"], style="cyan"),
            stacked(f"{text['sku']} {text['attribute']} {text['key']}", "bold", text["url"]),
            stacked(text["feed_says"] or "nothing", "red", f"{text['feed']} {text['row']}"),
            Text(text["page_says"] or "nothing", style="green"),
            stacked(person(text["who"]), "", text["note"]),
            Text(person(text["feed_owner"])),
        )
    print_table(made, color=session.color)
    if nameless := sorted({str(row["feed"]) for row in rows if not row["feed_owner"]}):
        session.talk.warn(
            f"Nobody answers for {', '.join(nameless)}: give it an `owner` under `feeds` in the "
            "configuration."
        )
    session.talk.hint(
        f"{count(len(rows), 'question')}. Feed corrected? It answers itself with the next audit. "
        "Feed right? `sellby reopen ID --note …`"
    )
