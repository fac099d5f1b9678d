"""Who comes in: tokens, cookies, forms of our own."""

from __future__ import annotations

from auditor.config import Config
from auditor.model import PersonRole
from auditor.serve.access import Rate, Sessions, askers, is_cross_site, token_digest

CONFIG = Config.model_validate(
    {
        "people": {
            "anna": {"token": "secret-a"},
            "ben": {"token_sha256": token_digest("secret-b"), "role": "reader", "deputy": "anna"},
            "carl": {"role": "lead"},
        }
    }
)


def sessions() -> Sessions:
    return Sessions(askers(CONFIG), hours=1, key=b"k" * 32)


def test_a_token_is_known_by_its_digest_and_nobody_without_one_comes_in() -> None:
    known = sessions()
    assert (known.by_token("secret-a") or "").name == "anna"
    assert known.by_token("secret-b").role is PersonRole.READER
    assert [known.by_token(token) for token in ("", "carl", "secret-c")] == [None, None, None]


def test_a_deputy_decides_for_whom_they_stand_in() -> None:
    assert sessions().by_token("secret-a").names == ("ben",)


def test_a_cookie_ends_and_cannot_be_forged_or_prolonged() -> None:
    known = sessions()
    cookie = known.cookie("secret-a", 1000.0)
    assert known.by_cookie(cookie, 1000.0 + 3599).name == "anna"
    assert known.by_cookie(cookie, 1000.0 + 3601) is None
    digest, ends, signature = cookie.split(".")
    assert known.by_cookie(f"{digest}.{int(ends) + 9999}.{signature}", 1000.0) is None
    assert Sessions(askers(CONFIG), 1).by_cookie(cookie, 1000.0) is None
    assert known.by_cookie("", 0) is known.by_cookie("a.b.c", 0) is known.by_cookie("é", 0) is None


def test_a_form_of_another_session_is_not_our_own() -> None:
    known = sessions()
    mine, other = known.cookie("secret-a", 0), known.cookie("secret-b", 0)
    assert known.is_own_form(mine, known.form_word(mine))
    assert not known.is_own_form(mine, known.form_word(other))
    assert not known.is_own_form("", known.form_word(""))


def test_what_a_browser_says_comes_from_elsewhere_is_from_elsewhere() -> None:
    assert is_cross_site({"sec-fetch-site": "cross-site"}, "s.example")
    assert is_cross_site({"origin": "https://evil.example"}, "s.example")
    assert not is_cross_site({"origin": "https://s.example"}, "s.example")
    assert not is_cross_site({"sec-fetch-site": "same-origin", "origin": "null"}, "s.example")


def test_one_callers_rate_is_not_anothers() -> None:
    rate = Rate(1, 1)
    assert [rate.allows("a", 0), rate.allows("a", 0), rate.allows("b", 0)] == [True, False, True]
