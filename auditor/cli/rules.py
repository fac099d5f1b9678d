"""``sellby rules``: how often each rule was right."""

from __future__ import annotations

import click

from auditor.cli.output import Format, format_option, print_csv, print_json, print_table
from auditor.cli.session import Session

COLUMNS = ("rule", "attribute", "method", "problem", "right", "wrong", "precision", "doubtful")


@click.command("rules")
@format_option
@click.pass_obj
def command(session: Session, /, output: str) -> None:
    """Show how often each rule was right, by what people decided.

    Every false alarm counts against the rule that raised it. A rule below `asking.precision_floor`
    is called out: look at its findings with a bit of doubt, and tell whoever looks after Sellby.
    """
    from auditor.precision import rule_records

    asking = session.reading_config.asking
    with session.audit_store() as store:
        rules = rule_records(store)
    rows = [
        {
            "rule": rule.name,
            "attribute": rule.attribute,
            "method": rule.method,
            "problem": rule.problem,
            "right": rule.right,
            "wrong": rule.wrong,
            "precision": None if rule.precision is None else round(rule.precision, 4),
            "doubtful": rule.is_doubtful(asking.precision_floor, asking.fewest_decided),
        }
        for rule in rules
    ]
    if output == Format.JSON:
        print_json(rows)
    elif output == Format.CSV:
        print_csv(COLUMNS, rows)
    elif not rows:
        session.talk.line("Nothing was decided yet, so no rule has a record.")
    else:
        from rich.text import Text

        from auditor.cli.tables import table

        made = table("Rule", "Right", "False alarms", "Precision")
        for rule, row in zip(rules, rows, strict=True):
            style = "bold red" if row["doubtful"] else ""
            share = "–" if rule.precision is None else f"{rule.precision:.0%}"
            made.add_row(rule.name, str(rule.right), str(rule.wrong), Text(share, style=style))
        print_table(made, color=session.color)
        if any(row["doubtful"] for row in rows):
            session.talk.warn(
                f"In red: right less than {asking.precision_floor:.0%} of the time, in "
                f"{asking.fewest_decided} decisions or more."
            )
