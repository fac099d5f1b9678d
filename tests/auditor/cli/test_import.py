"""``sellby import warc``: what another crawler fetched, taken into a source."""

from __future__ import annotations

import pytest

from auditor.cli.import_ import archive_of
from auditor.errors import NotFound
from crawler.config import KmsSource, WebsiteSource

pytest.importorskip("warcio")


def test_a_knowledge_base_is_not_read_from_an_archive():
    with pytest.raises(NotFound, match="read through its API"):
        archive_of(KmsSource(name="wiki", connector="mediawiki", url="https://w.example/api.php"))


def test_an_archive_gives_a_website_what_is_in_its_scope_and_no_more():
    site = WebsiteSource(name="web", start=("https://a.example/de/",), deny=("private",))
    archive = archive_of(site)
    assert archive.scope == ("https://a.example/",)
    assert archive.deny == ("private",)
    assert not archive.documents


def test_an_unknown_source_is_a_mistake_with_a_suggestion(audited):
    audited.sellby("export", "warc", str(audited.directory / "old.warc.gz"))
    result = audited.sellby(
        "import", "warc", str(audited.directory / "old.warc.gz"), "--source", "websit", code=2
    )
    assert "did you mean 'website'?" in result.stderr


def test_what_was_exported_gives_the_same_findings_elsewhere(audited):
    archive = audited.directory / "old.warc.gz"
    audited.sellby("export", "warc", str(archive))
    before = {f["fingerprint"] for f in audited.read("findings")}
    for name in ("sellby.db", "sellby.db-wal", "sellby.db-shm"):
        (audited.directory / name).unlink(missing_ok=True)
    result = audited.sellby("import", "warc", str(archive), "--source", "website")
    assert "3 pages read, 3 new or changed" in result.stderr
    audited.sellby("-q", "ingest")
    audited.sellby("-q", "audit")
    assert {f["fingerprint"] for f in audited.read("findings")} == before
    again = audited.sellby("import", "warc", str(archive), "--source", "website")
    assert "0 new or changed, 3 unchanged" in again.stderr
