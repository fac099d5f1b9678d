"""All machine-readable statements of a page, main syntaxes first; what broke is listed beside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.model import Method
from auditor.page.model import Region, Unread
from auditor.page.structured import tagged
from auditor.page.structured.app_data import application_data
from auditor.page.structured.embedded import embedded_products
from auditor.page.structured.literal import UnreadableError, read_json
from auditor.page.structured.open_graph import open_graph_product
from auditor.page.structured.schema_org import product_nodes

if TYPE_CHECKING:
    from auditor.page.frames import Walked
    from auditor.page.head import Script
    from auditor.page.model import Json, ProductNode

MAX_UNREAD = 50

_BESIDE = frozenset((Region.RELATED, Region.NAV, Region.FOOTER, Region.ASIDE, Region.REVIEWS))


@dataclass(frozen=True, slots=True)
class Structured:
    """Products in order of syntax, application data by name, and what could not be read.

    ``things`` are the JSON-LD roots, for what other readers need of them (dates).
    """

    products: tuple[ProductNode, ...]
    embedded: tuple[tuple[str, Json], ...]
    unread: tuple[Unread, ...]
    things: tuple[Json, ...] = ()


def read_structured(
    walked: Walked, scripts: list[Script], meta: tuple[tuple[str, str], ...]
) -> Structured:
    """Read JSON-LD, microdata, RDFa, Open Graph and embedded application data."""
    unread: list[Unread] = []
    products: list[ProductNode] = []
    things: list[Json] = []
    data: list[Script] = []
    for script in scripts:
        if "ld+json" in script.attrs.get("type", "").lower():
            value = _json_ld(script, unread)
            if value is not None:
                things.append(value)
        else:
            data.append(script)
    products.extend(product_nodes(things, Method.JSON_LD))
    if walked.tagged:
        products.extend(_tagged(walked, tagged.MICRODATA, Method.MICRODATA))
        products.extend(_tagged(walked, tagged.RDFA, Method.RDFA))
    shared = open_graph_product(meta)
    if shared:
        products.append(shared)
    found = application_data(data, unread)
    products.extend(embedded_products(found))
    return Structured(tuple(products), tuple(found), tuple(unread[:MAX_UNREAD]), tuple(things))


def _json_ld(script: Script, unread: list[Unread]) -> Json:
    if not script.text.strip():
        return None
    try:
        return read_json(script.text)
    except UnreadableError as error:
        unread.append(Unread("json_ld", str(error), script.path))
        return None


def _tagged(walked: Walked, syntax: tagged.Syntax, method: Method) -> list[ProductNode]:
    found = tagged.tagged_things(walked, syntax)
    if not found.things:
        return []
    beside = {
        found.places[key].path
        for key, frame in found.frames.items()
        if frame.first < len(walked.runs) and walked.runs[frame.first].region in _BESIDE
    }
    nodes = product_nodes(found.things, method, found.places)
    return [replace(n, is_main=False) if n.is_main and n.path in beside else n for n in nodes]
