"""Which connectors there are: ours by name, third parties' by entry point."""

from __future__ import annotations

from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from crawler.declaration import Declaration
from crawler.errors import SourceError
from crawler.kms.bookstack import BookStack
from crawler.kms.confluence_cloud import ConfluenceCloud
from crawler.kms.confluence_server import ConfluenceServer
from crawler.kms.declarative import Declarative
from crawler.kms.discourse import Discourse
from crawler.kms.dokuwiki import DokuWiki
from crawler.kms.freshdesk import Freshdesk
from crawler.kms.guru import Guru
from crawler.kms.intercom import Intercom
from crawler.kms.interface import Access
from crawler.kms.mediawiki import MediaWiki
from crawler.kms.notion import Notion
from crawler.kms.oauth import signed_in
from crawler.kms.salesforce import Salesforce
from crawler.kms.servicenow import ServiceNow
from crawler.kms.sharepoint import SharePoint
from crawler.kms.throttle import DIALECTS
from crawler.kms.zendesk import Zendesk

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.config import KmsSource
    from crawler.kms.interface import Connector

BUILT_IN: dict[str, Callable[[Access], Connector]] = {
    "bookstack": BookStack,
    "confluence_cloud": ConfluenceCloud,
    "confluence_server": ConfluenceServer,
    "discourse": Discourse,
    "dokuwiki": DokuWiki,
    "freshdesk": Freshdesk,
    "guru": Guru,
    "intercom": Intercom,
    "mediawiki": MediaWiki,
    "notion": Notion,
    "salesforce": Salesforce,
    "servicenow": ServiceNow,
    "sharepoint": SharePoint,
    "zendesk": Zendesk,
}
GROUP = "sellby.connectors"
PRESETS = Path(__file__).parent / "presets"
_PARTS = ("name", "capabilities", "throttle", "start", "parse", "authorise")


def connector_for(source: KmsSource) -> Connector:
    """A new connector for one run over a source.

    A plug-in is loaded only when config.yaml names it. Raises SourceError where there is no such
    connector or it does not accept the source's options.
    """
    make = BUILT_IN.get(source.connector) or _declared(source)
    if make is None:
        found = entry_points(group=GROUP, name=source.connector)
        if not found:
            known = sorted(
                {*BUILT_IN, *presets(), *(point.name for point in entry_points(group=GROUP))}
            )
            raise SourceError(
                f"source {source.name}: there is no connector {source.connector!r}; "
                f"known: {', '.join(known)}"
            )
        try:
            make = next(iter(found)).load()
        except Exception as error:  # the plug-in seam: any import error is the source's problem
            raise SourceError(
                f"source {source.name}: connector {source.connector!r} cannot be loaded: {error}"
            ) from error
    access = Access(
        url=source.url,
        user=source.user,
        token=source.token.get_secret_value() if source.token is not None else None,
        options=source.options,
        declaration=source.api,
    )
    connector = make(access)
    lacking = [part for part in _PARTS if not hasattr(connector, part)]
    if lacking:
        raise SourceError(
            f"source {source.name}: connector {source.connector!r} has no {', '.join(lacking)}; "
            "see docs/connectors.md"
        )
    if connector.capabilities.markdown and find_spec("markdown_it") is None:
        raise SourceError(
            f"source {source.name}: {source.connector} sends Markdown; "
            "`pip install 'sellby[documents]'` brings what renders it"
        )
    return signed_in(connector, source.sign_in) if source.sign_in is not None else connector


def presets() -> list[str]:
    """The names of the declarations that are shipped."""
    return sorted(["declarative", *(path.stem for path in PRESETS.glob("*.yaml"))])


def preset(name: str) -> Declaration:
    """A shipped declaration. Raises SourceError where there is none."""
    if name not in presets():
        raise SourceError(f"there is no preset {name!r}; there are: {', '.join(presets())}")
    return Declaration.model_validate(yaml.safe_load((PRESETS / f"{name}.yaml").read_text("utf-8")))


def _declared(source: KmsSource) -> Callable[[Access], Connector] | None:
    """What makes a connector from a declaration: the source's own, or a preset of that name."""
    if source.connector not in presets():
        return None
    declaration = source.api if source.api is not None else preset(source.connector)
    if declaration.throttle not in DIALECTS:
        raise SourceError(
            f"source {source.name}: no throttle {declaration.throttle!r}; "
            f"known: {', '.join(sorted(DIALECTS))}"
        )
    return lambda access: Declarative(access, declaration, source.connector)
