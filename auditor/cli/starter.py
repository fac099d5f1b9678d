"""The configuration that somebody starts with: their site, their files, and what else there is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.draft import Draft, Fact

_PRODUCT_FIELDS = ("name", "gtin", "mpn", "group", "url")

_BEGIN = """\
# Sellby's configuration: what is read, what is true, and who cares.
#
# Every key is explained in docs/configuration.md; a key that is not written here has its default,
# an unknown one is an error that names its line. Paths are relative to this file. ${NAME} is
# taken from the environment: secrets belong there, never in this file. `sellby check` says what
# is missing; the demo's own file shows a whole company (`sellby demo`, sellby-demo/config.yaml).

company: %(company)s
# contact: web-team@example.com         # stands in the crawler's user agent
database: sellby.db
timezone: UTC                           # of the times that people read, e.g. Europe/Berlin

# --- What is read -------------------------------------------------------------------------------

sources:
  website:
    kind: website                       # website, kms, folder or warc
    start: [%(site)s]   # links and sitemaps are followed from here
    %(language)-36s# decides what 1.299 is; say it for every source
    # currency: EUR                     # of prices that name none
    # tax: excl                         # of prices that do not say: excl, incl or unknown
    # market: DE
    # deny: ['/search\\b', '/calendar']   # regular expressions on the URL
    # drop_parameters: [sid]            # parameters that tell no two pages apart
    # pace: {requests_per_second: 2}    # else as fast as the site answers easily
    # sign_in: {kind: basic, user: sellby, password: "${WEBSITE_PASSWORD}"}   # docs/sources.md
    # documents: true                   # read the PDF, DOCX, XLSX … that pages link to, too
    # render: true                      # values exist only after JavaScript: needs a Chromium

  # wiki:
  #   kind: kms
  #   connector: mediawiki              # zendesk, servicenow …: docs/connectors.md names all
  #   url: https://wiki.example.com/api.php
  #   token: ${WIKI_TOKEN}
  #   language: en
  # articles:                           # pages and documents saved on disk
  #   kind: folder
  #   path: articles
  #   base_url: https://www.example.com/   # where they are published
  #   documents: true                   # docs/documents.md

# --- What is true -------------------------------------------------------------------------------

"""

_EXAMPLE_FEEDS = """\
# `sellby init --feed FILE` drafts this part from a price list; docs/feeds.md says all there is.
# feeds:
#   products:
#     format: products_csv              # sku, name, mpn, gtin, aliases, group, owner, url, status
#     path: feeds/products.csv          # of a glob (export/products_*.csv) the newest file
#   prices:                             # any table: csv, tsv, xlsx, ods, json, jsonl, xml, sql
#     format: csv
#     path: export/prices_*.csv         # or https://…, s3://bucket/key, sftp://host/file
#     encoding: cp1252
#     delimiter: ";"
#     columns: {sku: {column: MATNR, strip_leading: "0"}, unit: KONWA}
#     facts:
#       - {attribute: {constant: price}, value: {column: KBETR, locale: de-DE}}
#       - {attribute: {constant: moq}, value: MINBM, unit: {constant: pcs}}
#   shop: {format: google_merchant, path: feeds/merchant.xml, tax: incl}
"""

_END = """
# --- What to make of it, and who cares ----------------------------------------------------------

# judgement:
#   default_market: DE
#   grace_hours: {price: 24}            # a page may lag behind a change for so long
# owners:                               # the first rule that fits decides; else the product's owner
#   - {group: [Sensors], attribute: price, owner: anna@example.com, deputy: ben@example.com}
#   - {source: website, owner: web-team@example.com}
# lead: ruth@example.com                # the task force's lead: where what is late ends up
# notify:                               # who is told what is new, each once; docs/notices.md
#   smtp: {host: smtp.example.com, sender: sellby@example.com, password: "${SMTP_PASSWORD}"}
# case:                                 # what `sellby case` needs to know of the company
#   hourly_rate: 52
#   currency: EUR
"""


def starter(
    company: str, site: str, language: str, feeds: Sequence[tuple[str, str, Draft | str]]
) -> str:
    """A commented config.yaml; ``feeds`` are name, path, and the draft or its format's name."""
    values = {
        "company": _quoted(company),
        "site": f'"{site or "https://www.example.com/"}"',
        "language": f"language: {language}" if language else "# language: en-US",
    }
    text = _BEGIN % values
    if not feeds:
        return text + _EXAMPLE_FEEDS + _END
    lines = ["feeds:"]
    for name, path, found in feeds:
        if isinstance(found, str):
            lines += [f"  {name}:", f"    format: {found}", f"    path: {_quoted(path)}"]
        else:
            lines += feed_lines(name, path, found)
    return text + "\n".join(lines) + "\n" + _END


def feed_lines(name: str, path: str, found: Draft) -> Iterator[str]:
    """The draft as lines of the ``feeds`` part of config.yaml, questions as comments."""
    file = [
        f"    path: {_quoted(path)}",
        *([f"    encoding: {found.encoding}"] if found.encoding != "utf-8" else []),
        *([f"    delimiter: {_quoted(found.delimiter)}"] if found.delimiter != "," else []),
        *([f"    header_row: {found.header_row}"] if found.header_row > 1 else []),
    ]
    columns = dict(found.columns)
    if found.digits:
        key = f"{{column: {_quoted(columns['sku'])}, matches: '.*[0-9].*'}}"
        file.append(f"    when: {key}   # the other rows are sums and notes")
    if found.canonical:
        yield from (f"  {name}:", "    format: truths_csv", *file)
        return
    known = [(field, columns[field]) for field in _PRODUCT_FIELDS if field in columns]
    if known:
        yield from (
            f"  {name}_products:",
            f"    format: {found.format}",
            "    records: products",
            *file,
        )
        yield "    columns:"
        yield from (f"      {f}: {_quoted(c)}" for f, c in [("sku", columns["sku"]), *known])
    facts = [fact for fact in found.facts if not fact.question or fact.unit]
    open_questions = [fact for fact in found.facts if fact.question and not fact.unit]
    if facts:
        yield from (f"  {name}:", f"    format: {found.format}", *file)
        if any(fact.attribute == "price" and not fact.unit for fact in facts) and (
            "unit" not in columns
        ):
            yield "    # currency: EUR                   # the prices name none: say which"
        yield "    # tax: excl                       # or incl: what the prices hold"
        yield "    columns:"
        yield f"      sku: {_quoted(columns['sku'])}"
        if "valid_from" in columns:
            form = f", date: {_quoted(found.dates)}" if found.dates else ""
            mark = "" if found.dates else "# "
            yield f"      {mark}valid_from: {{column: {_quoted(columns['valid_from'])}{form}}}"
        yield "    facts:"
        yield from (_fact_line(fact, columns.get("unit", "")) for fact in facts)
    for fact in open_questions:
        yield f"    # {fact.attribute} in {_quoted(fact.column)}: {fact.question}"
    if found.left:
        yield f"    # not used: {', '.join(found.left)[:160]}"


def _fact_line(fact: Fact, currency_column: str) -> str:
    value = [f"column: {_quoted(fact.column)}"]
    value += [f"regex: {_quoted(fact.regex)}"] if fact.regex else []
    value += [f"decimal: {_quoted(fact.decimal)}"] if fact.decimal else []
    value += [f"thousands: {_quoted(fact.thousands)}"] if fact.thousands else []
    if fact.lookup:
        pairs = ", ".join(f"{_quoted(theirs)}: {ours}" for theirs, ours in fact.lookup)
        value.append(f"lookup: {{{pairs}}}")
    parts = [f"attribute: {{constant: {fact.attribute}}}", f"value: {{{', '.join(value)}}}"]
    if fact.attribute == "price" and currency_column:
        parts.append(f"unit: {_quoted(currency_column)}")
    elif fact.unit:
        parts.append(f"unit: {{constant: {fact.unit}}}")
    question = f"   # {fact.question}?" if fact.question else ""
    return f"      - {{{', '.join(parts)}}}{question}"


def _quoted(text: str) -> str:
    """A text as a YAML scalar; quoted unless it is plainly a word.

    >>> _quoted("Preis"), _quoted("Art.-Nr."), _quoted("it's"), _quoted("\\t")
    ('Preis', "'Art.-Nr.'", "'it''s'", 'tab')
    """
    if text == "\t":
        return "tab"
    if re.fullmatch(r"[^\W\d_]\w*", text) and text.casefold() not in {
        "yes",
        "no",
        "on",
        "off",
        "true",
        "false",
        "null",
    }:
        return text
    return "'" + text.replace("'", "''") + "'"
