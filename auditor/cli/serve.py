"""``sellby serve``: the report live, with decisions as buttons, and an API."""

from __future__ import annotations

import click

from auditor.cli.session import Session


@click.command("serve")
@click.option("--host", default=None, help="Address to listen on; else serve.host.")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Else serve.port.")
@click.pass_obj
def command(session: Session, host: str | None, port: int | None) -> None:
    """Serve the report live, with decisions as buttons, and a small JSON API.

    Everybody signs in with a token of their own (`sellby token`). Put a reverse proxy with TLS in
    front: this listens on loopback and speaks plain HTTP. Needs sellby[serve].
    """
    from auditor.errors import ConfigError, NotFound

    try:
        import uvicorn

        from auditor.serve import create_app
        from auditor.serve.access import askers
    except ImportError as error:
        raise ConfigError(
            [f"serve needs `pip install 'sellby[serve]'` ({error.name} is missing)"]
        ) from error
    config = session.config
    if not session.database.exists():
        raise NotFound(f"there is no database {session.database}; `sellby run` makes one")
    known = askers(config)
    if not known:
        raise ConfigError(
            ["people: nobody has a token, so nobody could sign in; `sellby token NAME` makes one"]
        )
    settings = config.serve
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(config, session.database),
            host=host or settings.host,
            port=settings.port if port is None else port,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=",".join(settings.trusted_proxies),
            timeout_keep_alive=30,
            limit_concurrency=500,
            h11_max_incomplete_event_size=64 * 1024,
        )
    )
    session.talk.line(
        f"Serving on http://{host or settings.host}:{settings.port if port is None else port} for "
        f"{len(known)} with a token; Ctrl-C ends it."
    )
    try:
        server.run()
    except KeyboardInterrupt:  # how a server ends, by Ctrl-C or SIGTERM: nothing went wrong
        session.talk.line("Stopped; every decision that was answered is kept.")
