"""The options that say which findings are meant, of `findings` and of every deciding command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.cli.session import Session
    from auditor.store import Filter

STATES = (
    "open", "acknowledged", "claimed_fixed", "verified", "not_observed", "reopened", "waived",
    "rejected",
)  # fmt: skip

_NAMES = ("owner", "source", "group", "sku", "attribute", "diagnosis", "task", "url", "search")


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that choose findings."""
    for option in reversed(
        (
            click.option(
                "--state",
                "states",
                multiple=True,
                type=click.Choice(STATES),
                metavar="STATE",
                help=f"In this state: {', '.join(STATES)}.",
            ),
            click.option("--all", "every_state", is_flag=True, help="In every state, closed too."),
            click.option(
                "--mine", is_flag=True, help="Owned by me (--as, identity.as or the login name)."
            ),
            click.option("--owner", default="", help="Owned by."),
            click.option("--source", default="", help="On pages of this source."),
            click.option("--group", default="", help="About products of this group."),
            click.option("--sku", default="", help="About this product."),
            click.option(
                "--attribute", default="", help="About this kind of fact: price, moq, spec …"
            ),
            click.option(
                "--diagnosis", default="", help="With this diagnosis: outdated, basis, slip …"
            ),
            click.option("--task", default="", help="Of this task: its id or its name."),
            click.option("--url", default="", help="On this page."),
            click.option(
                "--search",
                default="",
                metavar="TEXT",
                help="With this in product, SKU, URL, quote.",
            ),
        )
    ):
        command = option(command)
    return command


def wanted(session: Session, options: dict[str, Any], limit: int = 0) -> Filter:
    """The filter that was said; ``--mine`` is whoever decides."""
    from auditor.store import Filter

    return Filter(
        states=options["states"],
        every_state=options["every_state"],
        owner=session.who(options["who"]) if options["mine"] else options["owner"],
        source=options["source"],
        group=options["group"],
        sku=options["sku"],
        attribute=options["attribute"],
        diagnosis=options["diagnosis"],
        task=options["task"],
        url=options["url"],
        text=options["search"],
        limit=limit,
    )


def is_filtered(options: dict[str, Any]) -> bool:
    """Whether any of the options was said."""
    said = [options[name] for name in _NAMES]
    return bool(options["states"] or options["every_state"] or options["mine"] or any(said))
