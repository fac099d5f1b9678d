"""``sellby demo``: the invented company online, and the nightly run over it as a user types it.

Every step is a real ``sellby`` command in a process of its own; nothing is played.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from auditor.demo.company import Company, Mistake, examples_directory, load_company, spread
from auditor.demo.feeds import write_feeds
from auditor.demo.pages import sitemap, website, wiki
from auditor.demo.server import SHOP, SHOP_PORT, WIKI_PORT, WikiSite, online, shop_site
from auditor.errors import AuditorError, NotFound

MARKER = "demo-fixed.json"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo directory: configuration, feeds, database, report, and what was fixed so far."""

    directory: Path
    say: Say

    @property
    def config(self) -> Path:
        """The demo's own config.yaml."""
        return self.directory / "config.yaml"

    def command(self, *words: str) -> list[str]:
        """A sellby command on this demo, as a process."""
        return [sys.executable, "-m", "auditor", "--config", str(self.config), *words]

    def typed(self, *words: str) -> str:
        """The same command as a user types it."""
        return shlex.join(["sellby", "-c", os.path.relpath(self.config), *words])

    def run(self, *words: str, quiet: bool = False) -> int:
        """Run a sellby command, its output in view; its exit code."""
        if not quiet:
            self.say(f"\n$ {self.typed(*words)}")
        return subprocess.run(self.command(*words), check=False).returncode

    def read(self, *words: str) -> Any:
        """What a sellby command prints with --format json."""
        done = subprocess.run(
            self.command("--quiet", *words, "--format", "json"), check=False, capture_output=True
        )
        if done.returncode not in (0, 1, 3):
            raise AuditorError(done.stderr.decode(errors="replace").strip())
        return json.loads(done.stdout)


def run_demo(directory: Path, say: Say, *, fix: str = "", command: Sequence[str] = ()) -> int:
    """The whole tour, or with ``command`` that one sellby command while the company is online.

    ``fix`` names a finding whose page is corrected first, as the web editor would. Returns the
    exit code of what ran.

    Raises AuditorError where ``directory`` holds something else, NotFound for an unknown finding.
    """
    demo = Demo(directory, say)
    _prepare(demo)
    if fix:
        _fix(demo, fix)
    if command:
        with _company_online(demo):
            return demo.run(*command)
    if fix:
        return 0
    return _tour(demo)


def _tour(demo: Demo) -> int:
    (demo.directory / MARKER).write_text("[]\n", encoding="utf-8")
    for name in ("sellby.db", "sellby.db-wal", "sellby.db-shm"):
        (demo.directory / name).unlink(missing_ok=True)
    with _company_online(demo):
        demo.say(
            f"Brightwater Components is online on loopback; the demo lives in {demo.directory}"
        )
        code = demo.run("run")
        if code not in (0, 3):
            return code
        demo.run("findings", "--limit", "8")
        findings = demo.read("findings")
    known = [finding for finding in findings if _mistake_behind(demo, finding)]
    if not known:
        raise AuditorError("the demo found nothing; its database does not fit this version")
    first, wiki_one = known[0]["id"], _first_on_wiki(known)
    place = ["--dir", str(demo.directory)] if demo.directory.name != "sellby-demo" else []
    playing = shlex.join(["sellby", "demo", *place])
    demo.say(f"""
The report: {(demo.directory / "report" / "index.html").resolve()}

Seven commands to try next:
  {demo.typed("show", first)}
  {demo.typed("claims", known[0]["url"])}
  {demo.typed("findings", "--owner", known[0]["owner"])}
  {demo.typed("impact", "--limit", "10")}
  {demo.typed("case")}
  {demo.typed("waive", wiki_one, "--until", _in_ten_days(), "--note", "text is being rewritten")}
  {playing} --fix {first} confirm {first} --recheck --note corrected
The last one corrects the page as the web editor would, then a product manager confirms it and
the page is fetched again: it ends verified. Leave out `--fix {first}` and it ends not_observed.""")
    return 0


def _prepare(demo: Demo) -> None:
    directory = demo.directory
    if directory.exists() and any(directory.iterdir()) and not (directory / MARKER).exists():
        message = f"{directory} exists and is no demo directory: choose another --dir, or empty it"
        raise AuditorError(message)
    directory.mkdir(parents=True, exist_ok=True)
    if not (directory / MARKER).exists():
        (directory / MARKER).write_text("[]\n", encoding="utf-8")
    write_feeds(_company(demo), directory / "feeds", SHOP)


@contextmanager
def _company_online(demo: Demo) -> Iterator[None]:
    company = _company(demo)
    pages = website(company, SHOP)
    articles = wiki(company)
    fixed_pages = {page for page, _ in _fixed(demo)}
    now = datetime.now(UTC)
    edited = {
        title: now
        if f"wiki:{title}" in fixed_pages
        else now - timedelta(days=spread(title, 40, 400))
        for title in articles
    }
    shop = shop_site(pages, sitemap(pages, SHOP))
    with (
        online(shop, SHOP_PORT) as shop_port,
        online(WikiSite(articles, edited), WIKI_PORT) as port,
    ):
        _write_config(demo, shop_port, port)
        yield


def _write_config(demo: Demo, shop_port: int, wiki_port: int) -> None:
    text = example_config().read_text(encoding="utf-8")
    text = text.replace(f"127.0.0.1:{SHOP_PORT}", f"127.0.0.1:{shop_port}")
    text = text.replace(f"127.0.0.1:{WIKI_PORT}", f"127.0.0.1:{wiki_port}")
    demo.config.write_text(text, encoding="utf-8")


def example_config() -> Path:
    """The commented config.yaml: the checkout's, else the one inside the wheel."""
    checkout = examples_directory().parent / "config.yaml"
    return (
        checkout if checkout.is_file() else examples_directory().parent / "_templates/config.yaml"
    )


def _company(demo: Demo) -> Company:
    """The company today; what was fixed leaves its pages, never the feeds' history."""
    company = load_company(datetime.now(UTC).date())
    fixed = _fixed(demo)
    left = tuple(m for m in company.mistakes if (m.page, _name(m)) not in fixed)
    return replace(company, mistakes=left)


def _name(mistake: Mistake) -> str:
    return f"{mistake.sku} {mistake.attribute} {mistake.key}".strip()


def _fixed(demo: Demo) -> set[tuple[str, str]]:
    text = (demo.directory / MARKER).read_text(encoding="utf-8")
    return {(page, name) for page, name in json.loads(text)}


def _fix(demo: Demo, finding_id: str) -> None:
    found = [f for f in demo.read("findings", "--all") if f["id"].startswith(finding_id)]
    if not found:
        raise NotFound(f"there is no finding {finding_id!r} in {demo.directory}")
    mistake = _mistake_behind(demo, found[0])
    if mistake is None:
        message = f"{finding_id} is not one of the demo's own mistakes, or is fixed already"
        raise NotFound(message)
    fixed = sorted({*_fixed(demo), (mistake.page, _name(mistake))})
    (demo.directory / MARKER).write_text(json.dumps(fixed) + "\n", encoding="utf-8")
    demo.say(f"The web editor corrected {found[0]['url']}")


def _mistake_behind(demo: Demo, finding: dict[str, Any]) -> Mistake | None:
    company = _company(demo)
    for mistake in company.mistakes:
        item = company.by_sku[mistake.sku]
        title = mistake.page.removeprefix("wiki:").replace(" ", "_")
        place = f"/wiki/{title}" if mistake.page.startswith("wiki:") else item.path
        same_fact = (mistake.sku, mistake.attribute) == (finding["sku"], finding["attribute"])
        if same_fact and finding["url"].endswith(place) and finding["key"] in (mistake.key, ""):
            return mistake
    return None


def _first_on_wiki(findings: list[dict[str, Any]]) -> str:
    for finding in findings:
        if "/wiki/" in finding["url"]:
            return str(finding["id"])
    return str(findings[-1]["id"])


def _in_ten_days() -> str:
    return (datetime.now(UTC) + timedelta(days=10)).date().isoformat()
