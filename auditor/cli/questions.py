"""``sellby questions``: what people say the feeds have wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from auditor.cli.output import (
    Format,
    format_option,
    instant,
    one_line,
    print_csv,
    print_json,
    print_table,
)
from auditor.cli.session import Session

if TYPE_CHECKING:
    from auditor.store.desk import Question

COLUMNS = (
    "finding", "feed", "feed_owner", "row", "sku", "attribute", "key", "page_says", "feed_says",
    "url", "who", "at", "note",
)  # fmt: skip


@click.command("questions")
@click.option("--mine", is_flag=True, help="About feeds that I answer for.")
@click.option("--as", "who", metavar="WHO", help="Who I am, for --mine.")
@format_option
@click.pass_obj
def command(session: Session, /, mine: bool, who: str | None, output: str) -> None:
    """List what people say the feeds have wrong: questions to the feeds' owners.

    Somebody rejected a finding because the page is right. Correct the feed, and the question is
    answered by itself; or, if the feed is right after all, `sellby reopen` the finding with a note.
    """
    with session.audit_store() as store:
        asked = store.desk.questions()
    rows = [question_record(session, question) for question in asked]
    if mine:
        me = session.who(who)
        rows = [row for row in rows if row["feed_owner"] == me]
    if output == Format.JSON:
        print_json(rows)
    elif output == Format.CSV:
        print_csv(COLUMNS, rows)
    elif not rows:
        session.talk.line("No question is open.")
    else:
        _table(session, rows)


def question_record(session: Session, question: Question) -> dict[str, object]:
    """A question as data: the keys are ``COLUMNS``."""
    from auditor.owners import answering_for

    return {
        "finding": question.finding,
        "feed": question.feed,
        "feed_owner": answering_for(session.reading_config, question.feed),
        "row": question.row,
        "sku": question.sku,
        "attribute": question.attribute,
        "key": question.key,
        "page_says": question.page_says,
        "feed_says": question.feed_says,
        "url": question.url,
        "who": question.who,
        "at": instant(question.at),
        "note": question.note,
    }


def _table(session: Session, rows: list[dict[str, object]]) -> None:
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
    session.talk.hint(
        f"{count(len(rows), 'question')}. Feed corrected? It answers itself with the next audit. "
        "Feed right? `sellby reopen ID --note …`"
    )
