"""Fuzz the readers of hostile text with atheris: tokenizer, words, page, structured data, claims.

    pip install atheris            (Linux, CPython 3.11 and up)
    python benchmarks/fuzz.py [--seconds 60] [--only NAME] [--corpus DIR]

Each target runs for its share of the time, guided by coverage, from seeds that look like pages. It
fails on any exception, on a span that cannot be quoted again, and on an input that takes longer
than a second for each 100 kB. What made it fail is written to DIR (else here) and can be given as
an argument to run again: ``python benchmarks/fuzz.py --only page page-crash-…``.

First each target reads 1 MB of each of a dozen texts made to hurt (one word, one bracket, one
number, one tag repeated) at two sizes, and the times are printed as a ratio: 4 is linear.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

if "--inside" in sys.argv:
    import atheris  # nothing else here needs it

    with atheris.instrument_imports(include=["auditor", "crawler"]):
        import auditor.judging  # noqa: F401 - the modules below are in it, instrumented

from auditor.catalogue import Catalogue
from auditor.extract.cues import find_cues
from auditor.extract.interface import Context
from auditor.judging import read_claims
from auditor.model import Product
from auditor.page.read import read_page
from auditor.page.structured.literal import UnreadableError, read_json, read_literal
from auditor.values.fold import fold
from auditor.values.locale import locale_for
from auditor.values.tokenizer import tokenize
from crawler.snapshot import Outcome, Snapshot

CATALOGUE = Catalogue([
    Product("BX-20", "Valve BX-20", urls=("https://fuzz.example/p",)),
    Product("4711", "Washer 4711"),
    Product("FL-LIN", "Linear fitting"),
])  # fmt: skip
CONTEXT = Context(language="", currency="EUR", spec_names={"weight": "weight", "breite": "breite"})
LANGUAGES = ("", "en-US", "de-DE", "fr-FR", "es-ES", "it-IT", "nl-NL", "de-CH", "en-IN", "sk-SK")
SECONDS_A_CHARACTER = 1 / 100_000
SLACK_SECONDS = 1.0

SEEDS = """
1.299,00 € 1’299.00 CHF $0.0034 12¢ Rs. 1,25,000/- EUR 45 / 100 Stk. $1.2k 1-1/2" 1½ in
24 V ±10 % min. 0,5 A 120 × 80 × 45 mm IP67 M8×1.25 AWG 20 DN40 2–3 Wochen bis 31.12.2026
<main><h1>BX-20</h1><p>Price: $2.10 each, minimum 50</p><s>$3</s><dl><dt>Weight<dd>2 kg</dl></main>
<table><tr><th>1+<th>10+<tr><td>$2<td rowspan=0>$1</table><div role=table><span role=cell>1</span>
<script type="application/ld+json">{"@type":"Product","offers":{"price":"2.10",}}</script>
<script>var p = {sku: 'BX-20', priceBreaks: [{qty: 1, price: 2.1}], /* x */ 'a': !0};</script>
<div itemscope itemtype="https://schema.org/Product"><span itemprop="sku">4711</span></div>
""".strip().splitlines()
HOSTILE = (
    "9", "1,", "1.", "€", "(", "[[", "{{", "\"", "a ", "ab ", "1 x ", "1-", "price ", "minimum ",
    "not in stock ", "from ", "the same goes for BX-20. ", "BX-20 and ", "<p>", "<td>1", "<b>", "&",
    "<s>$1</s>", "Price: ", "- 10 % ", "- ", "// ", "H/B/T: 1 / ", "1 pcs 0.61 ", "½",
)  # fmt: skip


def tokens(data: bytes) -> None:
    """Every token can be quoted again, in order."""
    text = data.decode("utf-8", "ignore")
    at = 0
    for token in tokenize(text, locale_for(LANGUAGES[len(data) % len(LANGUAGES)])):
        assert at <= token.start <= token.core[0] <= token.core[1] <= token.end <= len(text)
        at = token.start


def cues(data: bytes) -> None:
    """Every phrase found stands in the text."""
    lowered = fold(data.decode("utf-8", "ignore")).text.lower()
    found = find_cues(lowered, LANGUAGES[len(data) % len(LANGUAGES)][:2])
    assert all(0 <= a < b <= len(lowered) for spans in found.found.values() for a, b in spans)


def literals(data: bytes) -> None:
    """Application data is read or refused, nothing else."""
    text = data.decode("utf-8", "ignore")
    for read in (read_json, lambda given: read_literal(given, 0)):
        try:
            read(text)
        except UnreadableError:
            continue


def page(data: bytes) -> None:
    """Every span of a page can be quoted again."""
    read = read_page(_snapshot(data), language=LANGUAGES[len(data) % len(LANGUAGES)])
    spans = [(b.start, b.end) for b in read.blocks] + [p.value for p in read.pairs]
    assert all(0 <= a <= b <= len(read.text) for a, b in spans)


def claims(data: bytes) -> None:
    """Every claim's quote stands at its locator."""
    found = read_claims(_snapshot(data), CATALOGUE, CONTEXT)
    for claim in found.claims:
        at = claim.locator
        assert not claim.visible or found.page.text[at.start : at.end] == claim.quote


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each for each in (tokens, cues, literals, page, claims)
}


def _snapshot(data: bytes) -> Snapshot:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Snapshot("s", "https://fuzz.example/p", at, Outcome.OK, 200, "text/html", "utf-8", data)


def timed(target: Callable[[bytes], None], data: bytes) -> float:
    """CPU seconds that a target takes for some data."""
    started = time.process_time()
    target(data)
    return time.process_time() - started


def print_growth(name: str) -> bool:
    """Read hostile texts at 250 kB and at 1 MB; whether none grew like a square."""
    linear = True
    for piece in HOSTILE:
        short, long = ((piece * (size // len(piece))).encode() for size in (250_000, 1_000_000))
        one, four = timed(TARGETS[name], short), timed(TARGETS[name], long)
        ratio = four / max(one, 0.02)
        bad = ratio > 8 and four > 2
        linear &= not bad
        if bad or four > 5:
            print(
                f"   {name}: {piece!r} ×: {one:.2f} s, {four:.2f} s, ratio {ratio:.1f}", flush=True
            )
    return linear


def run(name: str, arguments: list[str]) -> None:
    """One target under atheris; does not return."""
    target = TARGETS[name]

    def once(data: bytes) -> None:
        taken = timed(target, data)
        allowed = SLACK_SECONDS + len(data) * SECONDS_A_CHARACTER
        assert taken < allowed, f"{taken:.1f} s for {len(data)} bytes"

    for extra in range(len(LANGUAGES)):  # every language's words are loaded once, untimed
        for seed in SEEDS:
            target((seed + " " * extra).encode())
    atheris.Setup([sys.argv[0], *arguments], once)
    atheris.Fuzz()


def main() -> int:
    """Fuzz every target for its share of the time; 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    parser.add_argument("--only", choices=sorted(TARGETS))
    parser.add_argument("--corpus", type=Path, help="kept between runs; a temporary one without")
    parser.add_argument("--no-growth", action="store_true", help="leave the 1 MB texts out")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("inputs", nargs="*", help="files to run once again")
    given = parser.parse_args()
    if given.inside:
        run(given.inside, given.inputs)
    names = [given.only] if given.only else list(TARGETS)
    if given.inputs:
        for path in given.inputs:
            TARGETS[names[0]](Path(path).read_bytes())
        return 0
    failed = False
    for name in names:
        failed |= not (given.no_growth or print_growth(name))
        with tempfile.TemporaryDirectory(prefix="sellby-fuzz-") as folder:
            corpus = (given.corpus or Path(folder)) / name
            corpus.mkdir(parents=True, exist_ok=True)
            for number, seed in enumerate(SEEDS):
                (corpus / f"seed-{number}").write_text(seed, "utf-8")
            done = subprocess.run(
                [
                    sys.executable, __file__, "--inside", name, "--", str(corpus),
                    f"-max_total_time={max(1, given.seconds // len(names))}", "-max_len=4096",
                    "-timeout=20", "-rss_limit_mb=3000", "-verbosity=0",
                    f"-artifact_prefix={given.corpus or Path.cwd()}/{name}-",
                ],
                check=False,
            )  # fmt: skip
        print(f"{name}: {'failed' if done.returncode else 'nothing found'}", flush=True)
        failed |= done.returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
