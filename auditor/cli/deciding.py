"""What the deciding commands share: whom they concern, who decides, what is said after."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.filters import filter_options, is_filtered, wanted
from auditor.cli.output import print_json
from auditor.errors import DecisionRefused

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from auditor.cli.session import Session
    from auditor.decide import Wish
    from auditor.desk import Desk, Done, Order

# Findings named in a dry run or a question before "and so many more".
NAMED = 20


def decision_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and the options that every deciding command has."""
    for option in (
        filter_options,
        click.option("--recheck", is_flag=True, help="Then fetch just that page and judge it now."),
        click.option(
            "--plan", default="", metavar="ID", help="Only if it is what that dry run showed."
        ),
        click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing."),
        click.option("--as", "who", metavar="WHO", help="Who decides; else identity.as or login."),
        click.option("--note", default="", help="A sentence for those who read it later."),
        click.option(
            "--format",
            "output",
            type=click.Choice(["table", "json"]),
            default="table",
            help="How to print the outcome.",
        ),
        click.argument("findings", metavar="[FINDING|TASK]...", nargs=-1),
    ):
        command = option(command)
    return command


def run_decision(
    session: Session,
    options: dict[str, Any],
    make_wish: Callable[[str, datetime], Wish],
) -> None:
    """Decide on all that is named or fits the filter, all or none; then look again if asked to.

    What a filter chooses is decided on only as a plan that a dry run showed, or after a yes at the
    terminal. Raises NotFound and DecisionRefused with everything that stands in the way, before
    anything is changed.
    """
    from auditor.desk import Order

    order = Order(
        wish=make_wish(session.who(options["who"]), session.now()),
        ids=options["findings"],
        where=wanted(session, options) if is_filtered(options) else None,
        plan=options["plan"],
        dry_run=options["dry_run"],
    )
    if not order.ids and order.where is None:
        raise click.UsageError("name a FINDING or TASK, or say which with --owner, --source …")
    with session.desk() as desk:
        if order.where is not None and not order.dry_run and not order.plan:
            order = _asked(session, desk, order)
        done = desk.carry_out(order)
    _report(session, done)
    after = [finding for finding, _ in done.decided]
    if options["recheck"] and not done.was_dry:
        from auditor.cli.recheck import recheck

        after = recheck(session, after)
    if options["output"] == "json":
        from auditor.records import record

        print_json([record(finding) for finding in after])


def _asked(session: Session, desk: Desk, order: Order) -> Order:
    """``order`` as the plan that somebody said yes to. Raises DecisionRefused otherwise."""
    from dataclasses import replace

    from auditor.cli.words import count

    plan = desk.carry_out(replace(order, dry_run=True))
    if not plan.decided:
        return replace(order, plan=plan.plan)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise DecisionRefused(
            f"this would decide on {count(len(plan.decided), 'finding')} at once: look at them "
            "with --dry-run first, then say --plan with what it tells you"
        )
    _report(session, plan)
    question = f"Decide on {count(len(plan.decided), 'finding')}?"
    if not click.confirm(question, default=False, err=True):
        raise DecisionRefused("nothing was changed")
    return replace(order, plan=plan.plan)


def _report(session: Session, done: Done) -> None:
    from auditor.cli.words import STATES, count, fact

    talk = session.talk
    for finding, said in done.decided[:NAMED]:
        what = f"{finding.id} {fact(finding.judgement)}"
        if done.was_dry:
            talk.line(f"would become {STATES[finding.state]}: {what} ({said})")
        else:
            talk.good(f"{what}: {said}")
    if len(done.decided) > NAMED:
        talk.line(f"… and {count(len(done.decided) - NAMED, 'more finding')}")
    if not done.decided:
        talk.line("Nothing there to decide on.")
    elif done.was_dry:
        talk.hint(
            f"Dry run: nothing was changed. The same with --plan {done.plan} does just this, or "
            "nothing if anything changed meanwhile."
        )
