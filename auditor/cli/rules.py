"""``sellby rules``: how often each rule was right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from auditor.cli.output import Format, list_format_option, print_list, print_table

if TYPE_CHECKING:
    from auditor.cli.session import Session


@click.command("rules")
@list_format_option
@click.pass_obj
def command(session: Session, /, output: str) -> None:
    """Show how often each rule was right, by what people decided.

    Every false alarm counts against the rule that raised it. A rule below `asking.precision_floor`
    is called out: look at its findings with a bit of doubt, and tell whoever looks after Sellby.
    """
    from auditor.lists import RULE_COLUMNS, rule_list

    if session.is_remote:
        with session.server() as there:
            found = there.rules()
    else:
        with session.audit_store() as store:
            found = rule_list(store, session.reading_config)
    if output != Format.TABLE:
        print_list(output, "rules", RULE_COLUMNS, found["rules"])
    elif found["rules"]:
        _table(session, found)
    else:
        session.talk.line("Nothing was decided yet, so no rule has a record.")


def _table(session: Session, found: dict[str, Any]) -> None:
    from rich.text import Text

    from auditor.cli.tables import table

    made = table("Rule", "Right", "False alarms", "Precision")
    for row in found["rules"]:
        style = "bold red" if row["doubtful"] else ""
        share = "–" if row["precision"] is None else f"{row['precision']:.0%}"
        made.add_row(row["rule"], str(row["right"]), str(row["wrong"]), Text(share, style=style))
    print_table(made, color=session.color)
    if any(row["doubtful"] for row in found["rules"]):
        session.talk.warn(
            f"In red: right less than {found['precision_floor']:.0%} of the time, in "
            f"{found['fewest_decided']} decisions or more."
        )
