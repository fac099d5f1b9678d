"""Pages made to be slow or huge are read in linear time and bounded space."""

from __future__ import annotations

import time

import pytest

from auditor.page.structured.literal import MAX_LITERAL

N = 20_000

HOSTILE = {
    "numbers in a cell": "<table><tr><td>a</td><td>b</td></tr><tr><td>"
    + "1.," * N
    + "x</td></tr></table>",
    "nested tables": "<table><tr><td>x" * 600 + "word " * N,
    "open inline elements": "<p>" + "<b>a:" * N,
    "bold labels": "<p>" + "<b>a:</b> b " * N,
    "colons": "<p>" + "a: b " * N,
    "bars": "<p>a: b" + " | a: b" * N,
    "nested lists": "<ul><li>a</li><li>" * 900 + "<p>x</p>" * N,
    "related headings": "<h2>Related products</h2><p>x</p>" * N,
    "accessory lines": "".join(f"<div class=c{n}>Accessories</div>" for n in range(N))
    + "<table><tr><td>a</table>",
    "headers": "<div>" * 1500 + "<header>x</header>" * N,
    "scopes": "<div itemscope itemtype=x>" * 1500 + "<i itemprop=a>b</i>" * N,
    "references": "".join(f"<p itemscope itemref=r{n} id=r{n}>x</p>" for n in range(N // 4)),
    "placeholders": "<p>" + "{{ a" * N + "</p><script></script>",
    "classes": f"<p class='{'related-' * N}'>x</p>",
    "styles": "<style>" + "{line-through" * N + "</style><p>x",
    "unfinished literals": "<script>" + "price={a:[1," * N + "</script>",
    "quoted": '<script type="application/ld+json">{"a":"' + '\\"' * N + "</script>",
    "braces": '<script type="application/ld+json">' + '{"a":' * N + "</script>",
    "graph": '<script type="application/ld+json">['
    + '{"@type":"Product","offers":{"@id":"x"}},' * N
    + "{}]</script>",
    "entities": "<p>" + "&lt;" * N,
    "spans": "<table>"
    + "<tr><td colspan=400 rowspan=9999>x</td><td>1</td></tr>" * 2000
    + "</table>",
    "rows of two": "<div><div>a</div><div>1</div></div>" * N,
    "links": "<p>" + "<a href='../x?a=1'>y</a>" * N,
    "headings": "".join(f"<h{n % 6 + 1}>x</h{n % 6 + 1}>" for n in range(N)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_in_time(read, name):
    begun = time.process_time()
    page = read(HOSTILE[name])
    spent = time.process_time() - begun
    assert spent < 5, f"{spent:.1f} s"
    assert sum(len(table.cells) for table in page.tables) <= 100_000


def test_twice_the_page_takes_about_twice_the_time(read):
    def seconds(times: int) -> float:
        body = "<div class=row><b>Weight</b> 2 kg <a href=/x>x</a></div><p>9 €</p>" * times
        best = []
        for _ in range(3):
            begun = time.process_time()
            read(body)
            best.append(time.process_time() - begun)
        return min(best)

    assert seconds(8000) < 5 * seconds(4000)


def test_long_literals_are_left_alone(read):
    body = "<script>price = {a: [" + "1," * MAX_LITERAL + "]}</script><p>x</p>"
    assert read(body).embedded == ()
