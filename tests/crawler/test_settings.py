"""What Scrapy is told: nothing listens, certificates are checked, the sender is named."""

from __future__ import annotations

import asyncio
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from scrapy.settings import Settings, default_settings

from crawler.config import CrawlConfig, Pace, WebsiteSource
from crawler.errors import SourceError
from crawler.guard import Scope
from crawler.settings import robots_agent, scrapy_settings


def settings_of(config=None, **given):
    source = WebsiteSource(**{"name": "s", "start": ("http://127.0.0.1:8000/",), **given})
    return scrapy_settings(config or CrawlConfig(), source, Scope.of(source))


def test_every_setting_is_one_that_scrapy_knows():
    known = set(dir(default_settings)) | {"DNS_TIMEOUT", "TWISTED_DNS_RESOLVER"}

    assert {name for name in settings_of() if not name.startswith("SELLBY_")} <= known


def test_every_part_that_is_switched_off_is_one_that_scrapy_has():
    found = settings_of()
    for name in ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS"):
        base = Settings().get(f"{name}_BASE")
        assert set(found[name]) <= set(base), name


def test_nothing_listens_and_nothing_but_the_web_is_fetched():
    found = settings_of()

    assert found["TELNETCONSOLE_ENABLED"] is False
    assert found["REMOTE_CONTROL_ENABLED"] is False
    assert {"file", "ftp", "s3", "data"} == {
        n for n, v in found["DOWNLOAD_HANDLERS"].items() if not v
    }


def test_certificates_are_checked_unless_configured():
    assert settings_of()["DOWNLOAD_VERIFY_CERTIFICATES"] is True
    assert settings_of(verify_tls=False)["DOWNLOAD_VERIFY_CERTIFICATES"] is False


def test_a_fixed_rate_replaces_autothrottle():
    found = settings_of(pace=Pace(requests_per_second=4))
    assert not found["AUTOTHROTTLE_ENABLED"]
    assert found["DOWNLOAD_DELAY"] == 0.25
    assert settings_of()["AUTOTHROTTLE_ENABLED"]


def test_the_sender_is_named_with_a_contact():
    config = CrawlConfig(contact="data@acme.example")
    found = settings_of(config, start=("https://shop.example/",))

    assert found["USER_AGENT"].startswith("Sellby/")
    assert "data@acme.example" in found["USER_AGENT"]
    assert robots_agent(found["USER_AGENT"]) == "Sellby"


@pytest.mark.parametrize("agent", ["Sellby\r\nX: y", "Sellby ü", ""])
def test_an_agent_that_no_header_may_have_is_refused(agent):
    config = CrawlConfig(contact="x", user_agent=agent or "\x00")
    with pytest.raises(SourceError):
        settings_of(config)


def test_a_public_host_needs_a_contact():
    with pytest.raises(SourceError, match="contact"):
        settings_of(start=("https://shop.example/",))


class TlsSite:
    """A site with a certificate that nobody signed."""

    def __init__(self, folder) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(key, hashes.SHA256())
        )
        pem = folder / "site.pem"
        pem.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pem)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._ready.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=self._context)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    status = b"404 Not Found" if b"robots" in head or b"sitemap" in head else b"200 OK"
    body = b"<h1>Pump</h1><p>9.99 EUR"
    writer.write(
        b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        % (status, len(body))
        + body
    )
    await writer.drain()
    writer.close()


@pytest.mark.parametrize("verify", [True, False])
def test_a_certificate_that_nobody_signed_is_refused_unless_configured(
    tmp_path, database, crawling, site, verify
):
    secure = TlsSite(tmp_path)
    start = f"https://localhost:{secure.port}/"
    try:
        result = crawling.crawl(site, database, start=(start,), verify_tls=verify)
    finally:
        secure.close()

    if verify:
        assert "robots_unavailable" in result.kinds
        assert "certificate" in result.summary.problems[0].message
    else:
        assert result.visits[start].outcome.value == "ok"
