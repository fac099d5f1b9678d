"""docs/vocabulary.md, from the data."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.extract.cues import LANGUAGES
from auditor.extract.kinds import FAMILIES, kinds

VOCABULARY = """\
# Vocabulary

The words Sellby reads pages by, and how to add your own. More than {count:,} phrases come with it
in six languages: {languages}. They are data: numbers and units in `auditor/values/vocabulary/`,
the words around them in `auditor/extract/cues.toml`, the small words that patterns are built of in
`auditor/values/phrasing.toml`, names of specifications in `auditor/extract/spec_names.toml`.

`sellby claims PAGE` shows what is read on a page. Where it misses something because your company
calls it by another name, add the name in `config.yaml`:

```yaml
vocabulary:
  de:
    moq: [Mindestabnahme, Sockelposten*]
    unit.pack: [Gebinde]
    spec.operating voltage: [Betriebsspg.]
```

The words count on pages in that language and on pages whose language nobody knows; English words
count on all pages. A phrase is found whatever its case, between word boundaries; `*` at its end or
start lets the word go on there (not for kinds of values: `unit`, `month`, `number` …). Where two
phrases fit at one place, the longer one wins. A kind may be written without its family where only
one fits: `moq` is `order.moq`. `spec.NAME` takes any name of a specification, yours or the feed's.
Mistakes are told by `sellby check` with their line.

This page is generated from the data by `docs/generate.py`.
"""


def vocabulary() -> str:
    """docs/vocabulary.md as it should be."""
    known = kinds()
    count = sum(len(phrases) for by in known.values() for phrases in by.values())
    parts = [VOCABULARY.format(count=count // 500 * 500, languages=", ".join(LANGUAGES))]
    for family, meaning in FAMILIES.items():
        names = [name for name in known if name.partition(".")[0] == family]
        if names:
            parts.append(f"## {family}: {meaning}\n")
            parts.append("| kind | for example |\n|---|---|")
            parts += [_kind(name, known[name]) for name in names]
            parts.append("")
    return "\n".join(parts)


def _kind(name: str, phrases: Mapping[str, tuple[str, ...]]) -> str:
    examples = [f"`{by[0]}`" for language in LANGUAGES if (by := phrases.get(language))][:4]
    return f"| `{name}` | {', '.join(dict.fromkeys(examples)).replace('|', '')} |"
