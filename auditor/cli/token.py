"""``sellby token``: a new token for somebody."""

from __future__ import annotations

import click

from auditor.cli.session import Session


@click.command("token")
@click.argument("name", metavar="NAME")
@click.option(
    "--role",
    type=click.Choice(["reader", "owner", "lead"]),
    default="owner",
    show_default=True,
    help="What they may do on the server.",
)
@click.pass_obj
def command(session: Session, name: str, role: str) -> None:
    """Make a token for NAME, to sign in to `sellby serve`.

    It is printed once, on stdout, and kept nowhere. What belongs into the server's config.yaml is
    printed beside it: only the token's digest.
    """
    from auditor.serve.access import new_token, token_digest

    token = new_token()
    click.echo(token)
    session.talk.hint(
        "Give that to them, and nobody else. In the server's config.yaml:\n"
        f"people:\n  {name}: {{role: {role}, token_sha256: {token_digest(token)}}}"
    )
