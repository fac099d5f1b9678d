"""Reading config.yaml: every mistake at once, each with its line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from auditor.config import Config, load
from auditor.config.document import read_document
from auditor.errors import ConfigError

FIVE = """\
company: Acme
timezone: Europe/Berln
sources:
  website:
    kind: website
    start: ["https://www.example.com/"]
    curency: EUR
    deny: ["("]
feeds:
  erp:
    pth: prices.csv
owners:
  - {owner: anna, source: webiste}
"""


def write(directory: Path, text: str) -> Path:
    path = directory / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(directory: Path, text: str, **environ: str) -> list[str]:
    path = write(directory, text)
    with pytest.raises(ConfigError) as caught:
        load(path, environ=environ)
    return [line.removeprefix(f"{path}:") for line in caught.value.mistakes]


def test_all_mistakes_come_at_once_with_line_and_suggestion(tmp_path: Path) -> None:
    assert mistakes(tmp_path, FIVE) == [
        (
            "2: timezone: 'Europe/Berln' is no IANA time zone, like Europe/Berlin, "
            "did you mean 'Europe/Berlin'?"
        ),
        "7: sources.website.curency: unknown key, did you mean 'currency'?",
        (
            "8: sources.website.deny: '(' is no regular expression: missing ), unterminated "
            "subpattern at position 0"
        ),
        "10: feeds.erp.path: is missing: File, relative to config.yaml",
        "11: feeds.erp.pth: unknown key, did you mean 'path'?",
        "13: owners[0].source: no such source: 'webiste', did you mean 'website'?",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("company: a\ncompany: b\n", "2: company: given twice, first on line 1"),
        ("sources:\n\twebsite: 1\n", "2: a tab at the start of the line; indent with blanks"),
        ("a: &x [1]\nb: *x\n", "1: anchors and aliases (& and *) are not read; write it out"),
        ("a: !!python/object:os.system x\n", "1: the tag "),
        ("company: a: b\n", "1: is no YAML: mapping values are not allowed here; text with"),
        ("- company\n", "1: must be keys and values, like `sources:`"),
        ("company: x\n---\ncompany: y\n", "2: a second document; the file must be one"),
        ("company: 12\n", "1: company: 12 must be text; put it in quotes"),
        ("company: x\x07\n", "1: a character that no YAML has"),
        ("sources: {Web Site: {kind: folder, path: x, base_url: 'https://e.example/'}}\n",
         "1: sources.Web Site: a name is small letters"),
        ("sources: {w: {start: ['https://e.example/']}}\n",
         "1: sources.w.kind: is missing; one of website, kms, folder"),
        ("sources: {w: {kind: web, start: ['https://e.example/']}}\n",
         "1: sources.w.kind: 'web' is none of website, kms, folder, warc, did you mean 'website'?"),
        ("sources: {w: {kind: website, start: ['ftp://e.example/']}}\n",
         "1: sources.w.start: 'ftp://e.example/' is no http or https URL"),
        ("sources: {w: {kind: website, start: ['https://me:secret@e.example/']}}\n",
         "1: sources.w.start: a password in a URL ends up in logs"),
        ("sources: {w: {kind: website, start: ['https://e.example/'], currency: EURO}}\n",
         "1: sources.w.currency: 'EURO' is no ISO 4217 currency code, like EUR"),
        ("sources: {w: {kind: website, start: ['https://e.example/'], currency: ZZZ}}\n",
         "1: sources.w.currency: 'ZZZ' is no ISO 4217 currency code, like EUR"),
        ("sources: {w: {kind: website, start: ['https://e.example/'], language: klingonisch}}\n",
         "1: sources.w.language: 'klingonisch' is no language tag"),
        ("sources: {w: {kind: website, start: ['https://e.example/'], limits: {max_pages: x}}}\n",
         "1: sources.w.limits.max_pages: 'x' is no whole number"),
        ("sources: {w: {kind: kms, url: 'https://e.example/', connector: mediawikki}}\n",
         "1: sources.w.connector: no such connector: 'mediawikki', did you mean 'mediawiki'?"),
        ("feeds: {f: {path: x.csv, format: truth_csv}}\n",
         "1: feeds.f.format: no such format: 'truth_csv', did you mean 'truths_csv'?"),
        ("judgement: {grace_hours: {prize: 3}}\n", "1: judgement.grace_hours"),
        ("owners: [{owner: a, path: '['}]\n", "1: owners[0].path: '[' is no regular expression"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    found = mistakes(tmp_path, text)
    assert any(line.startswith(said) for line in found), found


def test_a_file_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="sellby init"):
        load(tmp_path / "config.yaml")


def test_bytes_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes("company: Müller\n".encode("latin-1"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load(path)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    found = mistakes(tmp_path, "company: " + "x" * 1_100_000)
    assert found == ["1: larger than 1,000,000 bytes"]


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    found = mistakes(tmp_path, "a: " + "[" * 200 + "]" * 200)
    assert found == ["1: nested deeper than 30 levels"]


def test_a_secret_that_is_not_set_is_named(tmp_path: Path) -> None:
    text = "sources:\n  w:\n    kind: kms\n    connector: mediawiki\n"
    text += "    url: https://w.example/api.php\n    token: ${WIKI_TOKEN}\n"
    said = "6: sources.w.token: the environment variable WIKI_TOKEN is not set"
    assert mistakes(tmp_path, text) == [said]
    config = load(write(tmp_path, text), environ={}, secrets=False)
    assert config.sources["w"].kind == "kms"


def test_a_secret_is_in_no_text_of_the_configuration(tmp_path: Path) -> None:
    text = "sources: {w: {kind: website, start: ['https://e.example/'], "
    text += "headers: {Authorization: 'Basic ${LOGIN}'}}}\n"
    config = load(write(tmp_path, text), environ={"LOGIN": "hunter2"})
    assert config.sources["w"].headers["Authorization"].get_secret_value() == "Basic hunter2"
    for shown in (str(config), repr(config), config.model_dump_json()):
        assert "hunter2" not in shown


@pytest.mark.parametrize("key", ["headers", "robots", "currency", "timezone", "limits", "deny"])
def test_a_wrong_value_from_the_environment_is_not_printed(tmp_path: Path, key: str) -> None:
    text = f"sources: {{w: {{kind: website, start: ['https://e.example/'], {key}: ${{LOGIN}}}}}}\n"
    found = mistakes(tmp_path, text, LOGIN="(hunter2")
    assert found
    assert "hunter2" not in "".join(found)


def test_words_that_yaml_would_twist_stay_words() -> None:
    document = read_document("a: NO\nb: 0123\nc: 12:30\nd: 1.50\ne: 2026-12-24\nf: on\n", {})
    assert document.data == {
        "a": "NO", "b": "0123", "c": "12:30", "d": "1.50", "e": "2026-12-24", "f": "on",
    }  # fmt: skip


def test_two_dollars_are_one() -> None:
    assert read_document("a: 5 $$ {x}\n", {}).data == {"a": "5 $ {x}"}


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    text = "database: data/x.db\nsources: {s: {kind: folder, path: pages, "
    text += "base_url: 'https://e.example/'}}\n"
    config = load(write(tmp_path, text))
    assert config.database == tmp_path / "data/x.db"
    assert config.report.dir == tmp_path / "report"
    source = config.sources["s"]
    assert source.kind == "folder"
    assert source.path == tmp_path / "pages"
    assert source.name == "s"


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    config = load(write(tmp_path, "# nothing yet\n"))
    assert isinstance(config, Config)
    assert config.sources == {}


def test_the_example_configuration_is_right() -> None:
    config = load(Path(__file__).parents[3] / "config.yaml", environ={})
    assert set(config.sources) == {"website", "wiki"}
    assert set(config.feeds) == {"products", "truths", "popularity", "contacts"}


def test_words_of_no_language_and_no_kind_are_mistakes(tmp_path: Path) -> None:
    words = "    mok: [Mindestabnahme]\n    pack: [x]\n    moq: ['*']\n"
    text = f"vocabulary:\n  ge: {{}}\n  de:\n{words}"
    assert mistakes(tmp_path, text) == [
        "2: vocabulary.ge: no such language: 'ge'; known are en, de, fr, es, it, nl",
        (
            "4: vocabulary.de.mok: no such kind of phrase: 'mok', did you mean 'moq'? "
            "docs/vocabulary.md lists them"
        ),
        "5: vocabulary.de.pack: 'pack' can be order.pack or unit.pack; write one of them",
        "6: vocabulary.de.moq: '*' has no letter or sign to look for",
    ]


@pytest.mark.parametrize(
    ("country", "said"),
    [
        ("XX", "no public holidays are known of 'XX'"),
        ("DE-ZZ", "DE has no region 'ZZ'; known are BB, BE, BW, BY"),
    ],
)
def test_a_country_without_known_holidays_is_a_mistake(
    tmp_path: Path, country: str, said: str
) -> None:
    (found,) = mistakes(tmp_path, f"service:\n  calendar:\n    country: {country}\n")
    assert found.startswith("3: service.calendar.country: ")
    assert said in found


def test_a_country_without_the_package_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    (found,) = mistakes(tmp_path, "service: {calendar: {country: DE}}\n")
    assert "pip install 'sellby[holidays]'" in found


def test_own_words_may_be_one_or_many(tmp_path: Path) -> None:
    path = write(tmp_path, "vocabulary:\n  de:\n    moq: Mindestabnahme\n    unit.pack: [a, b]\n")
    assert load(path).vocabulary == {"de": {"moq": ("Mindestabnahme",), "unit.pack": ("a", "b")}}


def test_selectors_that_are_none_are_mistakes(tmp_path: Path) -> None:
    text = """\
sources:
  web:
    kind: website
    start: ["https://www.example.com/"]
    profile:
      price: {css: "p..now"}
      moq: {xpath: "//dd["}
      lead_time: {css: p, xpath: //p}
      spec: {Weight: {css: "a::text("}, Size: {}}
      prise: {css: p}
"""
    found = mistakes(tmp_path, text)
    assert [line.partition(" ")[0] for line in found] == ["6:", "7:", "8:", "9:", "9:", "10:"]
    assert "is no CSS selector" in found[0]
    assert "is no XPath" in found[1]
    assert "either `css` or `xpath`" in found[2]
    assert "did you mean 'price'?" in found[5]


MAPPING = """\
feeds:
  erp:
    format: xlsx
    path: prices.xlsx
    columns:
      sku: {column: Art, strip_leding: "0"}
      valu: Price
      unit: {constant: EUR, decimal: ","}
      min_qty: "Qty {}"
      attribute: {column: Kind, regex: "(a)(b)"}
      key: {column: Key, regex: "("}
      value: {column: Price, locale: de-XX-QQ}
      valid_from: {column: From, date: "%d.%m.%Y", timezone: Berlin}
    when: {column: Org}
  shop:
    format: csv
    path: prices.csv
    columns:
      skuu: Art
      value: "Price {}"
    sheet: A
"""


def test_mistakes_of_a_mapping_are_told_where_they_stand_all_at_once(tmp_path: Path) -> None:
    told = mistakes(tmp_path, MAPPING)
    assert [line.partition(" ")[0] for line in told] == [
        "6:", "10:", "11:", "12:", "13:", "14:", "18:", "19:", "20:", "21:",
    ]  # fmt: skip
    for line, words in (
        (0, "feeds.erp.columns.sku.strip_leding: unknown key, did you mean 'strip_leading'?"),
        (1, "feeds.erp.columns.attribute.regex: '(a)(b)' has 2 groups and needs exactly one"),
        (2, "'(' is no regular expression"),
        (3, "'de-XX-QQ' is no language tag, like de-DE"),
        (4, "no IANA time zone"),
        (5, "feeds.erp.when: say what must hold: is, not, empty or matches"),
        (6, "feeds.shop.columns: the mapping of truths lacks sku, attribute"),
        (7, "feeds.shop.columns.skuu: no such field of truths: skuu, did you mean 'sku'?"),
        (8, "feeds.shop.columns.value: `{}` stands for the group of `unpivot`, which is missing"),
        (9, "feeds.shop.sheet: goes with the formats ods, xlsx, not csv"),
    ):
        assert words in told[line]


PLACES = """\
feeds:
  erp:
    format: sql
    path: postgresql://reader:hush@erp.example/erp
  web:
    format: csv
    path: https://erp.example/p.csv
    headers: {Authorization: Bearer hush, X-Api-Key: "${KEY}", Accept: text/csv}
    paging: {by: page}
    access: {password: hush}
  s3:
    format: csv
    path: s3://bucket/p.csv
    access: {key: "${KEY}", secret: hush}
    headers: {Accept: text/csv}
"""


def test_secrets_in_the_file_and_keys_that_do_not_fit_the_place_are_told(tmp_path: Path) -> None:
    secret = "a secret stands in this file; put it into the environment and write ${NAME}"
    assert mistakes(tmp_path, PLACES, KEY="k3y") == [
        "2: feeds.erp.query: is missing: the select whose rows are the feed",
        f"4: feeds.erp.path: {secret}",
        f"8: feeds.web.headers.Authorization: {secret}",
        "9: feeds.web.paging: by: page needs `parameter`, its name in the address",
        f"10: feeds.web.access.password: {secret}",
        f"14: feeds.s3.access.secret: {secret}",
        "15: feeds.s3.headers: goes with a `path` at http:// or https://",
    ]


def test_reading_feeds_needs_their_secrets_and_not_the_crawlers(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "sources: {k: {kind: kms, connector: mediawiki, url: 'https://w.example/', "
        "token: '${WIKI}'}}\n"
        "feeds: {e: {format: sql, path: 'postgresql://e.example/', query: q, "
        "access: {password: '${ERP}'}}}\n",
    )
    assert load(path, environ={"ERP": "x"}, secrets=("feeds",)).feeds["e"].access.password
    with pytest.raises(ConfigError, match="ERP is not set"):
        load(path, environ={}, secrets=("feeds",))
