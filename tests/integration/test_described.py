"""Requests of connectors, held against the vendors' published OpenAPI descriptions.

The descriptions are not ours to keep. Those on npm are fetched by the test; others are read from
the directory in ``SELLBY_OPENAPI`` (confluence.json, intercom.yaml, outline.yml, d360.json), see
docs/connectors.md. What is absent is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from crawler.config import KmsSource
from crawler.kms.interface import Known, Request, Response
from crawler.kms.registry import connector_for
from tests.crawler.kms import vendors
from tests.crawler.kms.test_two_nights import Company

if TYPE_CHECKING:
    from collections.abc import Iterator

openapi_core = pytest.importorskip("openapi_core", reason="needs openapi-core")

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

RECORDED = Path(__file__).parents[1] / "crawler/kms/recorded"
NPM = {
    "notion": ("@notionhq/notion-mcp-server@2.5.2", "package/scripts/notion-openapi.json"),
    "gitbook": ("@gitbook/api@0.202.0", "package/spec/openapi.json"),
}
FILES = {
    "confluence_cloud": "confluence.json",
    "intercom": "intercom.yaml",
    "outline": "outline.yml",
    "document360": "d360.json",
}
# Where the vendor's paths begin; descriptions name servers with placeholders, or none.
SERVERS = {
    "confluence_cloud": "/wiki/api/v2",
    "gitbook": "/v1",
    "outline": "/api",
}


@dataclass
class Sent:
    """A request in the words of openapi-core."""

    host_url: str
    path: str
    method: str
    parameters: Any
    content_type: str
    body: bytes | None
    cookies: dict[str, str] = field(default_factory=dict)


def described(connector: str, folder: Path) -> dict[str, Any]:
    """The vendor's description, or a skip."""
    if connector in NPM:
        package, inside = NPM[connector]
        if shutil.which("npm") is None:
            pytest.skip("npm fetches this description, and is not here")
        done = subprocess.run(
            ["npm", "pack", "--silent", package],
            cwd=folder, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            pytest.skip(f"npm pack {package}: {done.stderr[-200:]}")
        with tarfile.open(folder / done.stdout.strip()) as packed:
            member = packed.extractfile(inside)
            assert member is not None
            return dict(json.load(member))
    path = Path(os.environ.get("SELLBY_OPENAPI", "/nowhere")) / FILES[connector]
    if not path.exists():
        pytest.skip(f"{path.name} is not in the directory SELLBY_OPENAPI names")
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        return dict(json.loads(text))
    return dict(yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def requests_of(connector: str, tmp_path: Path) -> Iterator[Request]:
    """What a connector asks: two nights over its stand-in, and its recorded exchanges."""
    for vendor in vendors.VENDORS:
        if vendor.connector == connector:
            yield from two_nights(vendor, tmp_path)
    for case in sorted(RECORDED.glob(f"{connector}/*/case.yaml")):
        yield from recorded(case)


def two_nights(vendor: type[vendors.Vendor], tmp_path: Path) -> list[Request]:
    from crawler.store import SnapshotStore

    sent: list[Request] = []

    class Listening(vendor):  # type: ignore[misc,valid-type]
        def send(self, method: str, url: str, headers: Any, body: Any) -> Any:
            sent.append(Request(url, "x", method, headers, body))
            return super().send(method, url, headers, body)

    told = Listening("https://kb.example", vendors.NIGHT)
    for number in range(1, 6):
        told.write(number, f"{number}.90 EUR")
    with SnapshotStore(tmp_path / "sellby.db") as store:
        company = Company(told, store)
        company.night()
        company.later(days=1)
        told.write(2, "99.00 EUR")
        company.night()
    return sent


def recorded(path: Path) -> list[Request]:
    """The requests of a recorded exchange, in the order in which they were answered."""
    case = yaml.safe_load(path.read_text())
    source = KmsSource.model_validate({"name": "kb", **case["source"]})
    connector = connector_for(source)
    known = case.get("known", {})
    lists = {key: tuple(known[key]) for key in ("retry", "only") if key in known}
    sent: list[Request] = []
    waiting = [e for e in connector.start(Known(**{**known, **lists})) if isinstance(e, Request)]
    for answer in case["exchange"]:
        request = connector.authorise(waiting.pop(0))
        sent.append(request)
        data = json.dumps(answer.get("answer")).encode()
        response = Response(request, answer.get("status", 200), answer.get("headers", {}), data)
        following = [e for e in connector.parse(response) if isinstance(e, Request)]
        first = [each for each in following if each.first]
        waiting = [*first, *waiting, *(each for each in following if not each.first)]
    return sent


def as_sent(request: Request) -> Sent:
    from openapi_core.datatypes import RequestParameters
    from werkzeug.datastructures import Headers, ImmutableMultiDict

    parts = urlsplit(request.url)
    parameters = RequestParameters(
        query=ImmutableMultiDict(parse_qsl(parts.query, keep_blank_values=True)),
        header=Headers(dict(request.headers)),
    )
    return Sent(
        host_url=f"{parts.scheme}://{parts.netloc}",
        path=parts.path,
        method=request.method.lower(),
        parameters=parameters,
        content_type=request.headers.get("Content-Type", ""),
        body=request.body,
    )


@pytest.mark.filterwarnings("ignore:Unsupported scheme type")
@pytest.mark.parametrize("connector", sorted({*NPM, *FILES}))
def test_every_request_is_one_the_vendor_describes(connector: str, tmp_path: Path) -> None:
    description = described(connector, tmp_path)
    sent = list(requests_of(connector, tmp_path))
    assert len(sent) >= 2
    origin = "{0.scheme}://{0.netloc}"
    wrong = []
    for home in {origin.format(urlsplit(request.url)) for request in sent}:
        whole = {**description, "servers": [{"url": home + SERVERS.get(connector, "")}]}
        # Two of the vendors' descriptions have slips in parts that are not asked for here.
        config = openapi_core.Config(spec_validator_cls=None)
        api = openapi_core.OpenAPI.from_dict(whole, config=config)
        for request in sent:
            if origin.format(urlsplit(request.url)) != home:
                continue
            try:
                api.validate_request(as_sent(request))
            except openapi_core.exceptions.OpenAPIError as error:
                why = error.__cause__ or error
                wrong.append(f"{request.method} {request.url}: {why}"[:600])
    assert wrong == []
