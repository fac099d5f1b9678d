"""What ``sellby claims`` needs for one page: its snapshot, its source, the products."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from auditor.errors import AuditorError, ConfigError, FeedError, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from auditor.catalogue import Catalogue
    from auditor.cli.session import Session
    from auditor.config import Config
    from auditor.extract.interface import Context
    from auditor.feeds import Record
    from auditor.feeds.config import FeedConfig
    from crawler.config import SourceConfig
    from crawler.snapshot import Snapshot


def source_of(session: Session, name: str | None, page: str) -> tuple[str, SourceConfig | None]:
    """The source a page belongs to: as named, as stored, else the one whose addresses it fits."""
    config = usable_config(session)
    if config is None:
        if name:
            raise NotFound(f"there is no source {name!r}: there is no {session.config_path}")
        return "", None
    sources = config.sources
    if name:
        if name not in sources:
            raise NotFound(f"there is no source {name!r}; there are {', '.join(sources)}")
        return name, sources[name]
    stored = _stored_under(session, page)
    if stored in sources:
        return stored, sources[stored]
    for each, source in sources.items():
        if any(page.startswith(prefix) for prefix in _addresses(source)):
            return each, source
    return "", None


def _stored_under(session: Session, url: str) -> str:
    """The source that a snapshot of ``url`` is stored under, "" where there is none.

    A knowledge base's readers see other addresses than its API has.
    """
    if not url.lower().startswith(("http://", "https://")) or not session.database.exists():
        return ""
    from crawler.store import SnapshotStore

    with SnapshotStore(session.database) as store:
        names = [state.source for state in store.sources()]
        return next((name for name in names if store.snapshot_at(name, url)), "")


def usable_config(session: Session) -> Config | None:
    """The configuration, if there is one; a broken one counts only where it was asked for."""
    if not session.config_path.exists() and not session.config_given and not session.database_path:
        return None
    try:
        return session.reading_config
    except ConfigError:
        if session.config_given:
            raise
        session.talk.warn(f"{session.config_path} has mistakes and was left out: `sellby check`")
        return None


def catalogue_for(session: Session, feeds: Sequence[Path]) -> tuple[Catalogue, Mapping[str, str]]:
    """The products to look for and the names of their specs.

    From ``feeds`` where given, else from the database of the configuration, else from its feeds.
    """
    from auditor.catalogue import Catalogue

    if feeds:
        return _from_records(record for path in feeds for record in _read(path))
    config = usable_config(session)
    if config is None:
        return Catalogue(()), {}
    if session.database.exists():
        with session.audit_store() as store:
            products = store.catalogue.products()
            if products:
                stated = store.catalogue.terms_stated()
                return Catalogue(products, stated=stated), store.catalogue.spec_names()
    from auditor.feeds import read_feed

    return _from_records(
        record
        for name, feed in config.feeds.items()
        for record in read_feed(name, feed, config.base_dir)
    )


def context_for(
    session: Session,
    source: SourceConfig | None,
    spec_names: Mapping[str, str],
    options: Mapping[str, Any],
) -> Context:
    """What the extractors may assume: the source's defaults, beaten by the options."""
    from auditor.extract.interface import Context
    from auditor.extract.kinds import own_words, with_own_names
    from auditor.values.types import Tax

    def pick(key: str, default: Any) -> Any:
        return options[key] or (getattr(source, key) if source is not None else default)

    config = usable_config(session)
    language, own = pick("language", ""), own_words(config.vocabulary if config else {})
    return Context(
        language=language,
        currency=pick("currency", None),
        market=pick("market", None),
        tax=Tax(pick("tax", "unknown")),
        timezone=source.timezone if source is not None else "UTC",
        spec_names=with_own_names(spec_names, own, language) if own else spec_names,
        own_words=own,
    )


def snapshot_of(  # noqa: PLR0913  # each is one of the command's own options
    session: Session,
    page: str,
    *,
    url: str | None,
    source: str,
    config: SourceConfig | None,
    fetch: bool,
) -> Snapshot:
    """The page as a snapshot: a file, a stored snapshot, or fetched now.

    Raises AuditorError where it shows no content; NotFound where there is no such file.
    """
    if not page.lower().startswith(("http://", "https://")):
        return _from_file(session, Path(page), url, source)
    if source and not fetch and session.database.exists():
        from crawler.store import SnapshotStore

        with SnapshotStore(session.database) as store:
            stored = store.snapshot_at(source, page)
        if stored is not None and stored.body is not None:
            session.talk.detail(f"the snapshot of {stored.fetched_at:%Y-%m-%d %H:%M} UTC")
            return stored
    return _fetched(session, page, config)


def _from_file(session: Session, path: Path, url: str | None, source: str) -> Snapshot:
    from crawler.documents import readable
    from crawler.documents.kinds import media_type_of
    from crawler.snapshot import Outcome, Snapshot

    if not path.is_file():
        raise NotFound(f"{path}: no such file, and no http or https URL either")
    media_type = media_type_of(path.name)
    snapshot = Snapshot(
        source=source,
        url=url or path.resolve().as_uri(),
        fetched_at=session.now(),
        outcome=Outcome.OK,
        status=200,
        media_type=media_type,
        body=path.read_bytes(),
    )
    read = readable(snapshot)
    if read.document is not None and read.document.trouble:
        raise AuditorError(f"{path} shows no content: {read.document.detail}")
    for note in read.document.notes if read.document is not None else ():
        session.talk.warn(f"{path.name}: {note}")
    return read


def _fetched(session: Session, url: str, config: SourceConfig | None) -> Snapshot:
    """Fetch one page as the crawler would, robots.txt included; nothing is kept."""
    from crawler.config import CrawlConfig, WebsiteSource
    from crawler.run import crawl
    from crawler.store import SnapshotStore

    source = config or WebsiteSource(name="page", start=(url,), sitemaps=(), follow_links=False)
    settings = usable_config(session)
    crawl_config = settings.crawl if settings is not None else CrawlConfig()
    with (
        TemporaryDirectory(prefix="sellby-") as directory,
        SnapshotStore(Path(directory) / "page.db") as store,
    ):
        crawl(crawl_config, source, store, only=[url])
        visits = list(store.last_visits(source.name))
        for visit in visits:
            found = store.snapshot_at(source.name, visit.url)
            if found is not None and found.body is not None:
                return found
    seen = visits[0] if visits else None
    detail = (seen.detail or str(seen.outcome)) if seen else "it was not reached"
    raise AuditorError(f"{url} shows no content: {detail}")


def _addresses(source: SourceConfig) -> list[str]:
    """Prefixes of the URLs that pages of a source have."""
    from urllib.parse import urlsplit

    if source.kind == "folder":
        return [source.base_url]
    if source.kind == "warc":
        return list(source.scope)
    starts = source.start if source.kind == "website" else (source.url,)
    based = [source.base_url] if source.kind == "website" and source.base_url else []
    return based + [f"{p.scheme}://{p.netloc}/" for p in map(urlsplit, starts)]


def _read(path: Path) -> Iterator[Record]:
    from auditor.feeds import feed_format

    return feed_format(path.stem, _recognised(path)).read(path)


def _recognised(path: Path) -> FeedConfig:
    """How to read a feed file, by its ending and its header. Raises FeedError."""
    from auditor.feeds.config import FeedConfig

    ending = path.suffix.lower().removeprefix(".")
    if ending == "xml":
        with path.open("rb") as start:
            is_bmecat = b"<BMECAT" in start.read(4000)
        return FeedConfig(format="bmecat" if is_bmecat else "google_merchant", path=str(path))
    if ending in ("xlsx", "ods", "json", "jsonl"):
        return _table(path, ending)
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        header = file.readline(10_000)
    delimiter = max(",;\t", key=header.count)
    names = {name.strip().strip('"').lower() for name in header.split(delimiter)}
    for kind, wanted in _HEADERS.items():
        if wanted <= names:
            return FeedConfig(format=kind, path=str(path), delimiter=delimiter)
    raise FeedError(
        f"{path}: neither a products.csv (sku, name …), a truths.csv (sku, attribute, value …), "
        "a popularity.csv (sku, signal, value …), Merchant XML nor BMEcat, by its header"
    )


def _table(path: Path, ending: str) -> FeedConfig:
    """A workbook or JSON file with the columns of one of the canonical files."""
    from auditor.feeds import FeedConfig
    from auditor.feeds.table import Row
    from auditor.feeds.tabular import READERS

    config = FeedConfig(format=ending, path=str(path))
    rows = READERS[ending](path, config, ())
    names = next((row.cells.keys() for row in rows if isinstance(row, Row)), ())
    found = next((kind for kind, wanted in _HEADERS.items() if wanted <= set(names)), None)
    if found is None:
        raise FeedError(f"{path}: its columns are {', '.join(names)}; a feed has at least sku")
    return config.model_copy(update={"records": found.removesuffix("_csv")})


_HEADERS = {
    "truths_csv": {"sku", "attribute", "value"},
    "popularity_csv": {"sku", "signal", "value"},
    "products_csv": {"sku"},
}


def _from_records(records: Iterator[Record]) -> tuple[Catalogue, Mapping[str, str]]:
    from auditor.catalogue import Catalogue
    from auditor.model import Attribute, Product, Truth

    products: dict[str, Product] = {}
    specs: dict[str, str] = {}
    skus: dict[str, None] = {}
    stated: list[tuple[str, Attribute, str | None]] = []
    for record in records:
        if isinstance(record, Product):
            products.setdefault(record.sku, record)
        elif isinstance(record, Truth):
            skus.setdefault(record.sku)
            stated.append((record.sku, record.attribute, record.basis.market))
            if record.attribute is Attribute.SPEC:
                specs.setdefault(" ".join(record.key.casefold().split()), record.key)
    for sku in skus:
        products.setdefault(sku, Product(sku))
    return Catalogue(products.values(), stated=stated), specs
