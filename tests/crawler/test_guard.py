"""A crawl stays where it was sent."""

from __future__ import annotations

import ipaddress

import pytest
from twisted.internet.defer import succeed
from twisted.internet.error import DNSLookupError

from crawler.config import WebsiteSource
from crawler.errors import SourceError
from crawler.guard import Reach, Scope, host_reach, reach
from crawler.resolver import GuardedResolver, RefusedAddress

LOOPBACK = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.1",
            "::1", "[::1]", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
            "localhost", "LOCALHOST.", "a.localhost", "１２７.０.０.１", "127.0.0.1."]  # fmt: skip
FORBIDDEN = ["169.254.169.254", "2852039166", "0xa9fea9fe", "::ffff:a9fe:a9fe", "fe80::1",
             "fe80::1%25eth0", "0.0.0.0", "0", "::", "224.0.0.1", "255.255.255.255"]  # fmt: skip
PRIVATE = ["10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "fc00::1", "fd12::1"]


def scope_of(**given) -> Scope:
    return Scope.of(WebsiteSource(**{"name": "s", "start": ("https://shop.example/",), **given}))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *((host, Reach.LOOPBACK) for host in LOOPBACK),
        *((host, Reach.FORBIDDEN) for host in FORBIDDEN),
        *((host, Reach.PRIVATE) for host in PRIVATE),
        ("93.184.216.34", Reach.PUBLIC),
        ("2606:2800:220:1::1", Reach.PUBLIC),
        ("shop.example", None),
        ("999.1.1.1", None),
        ("1.2.3.4.5", None),
    ],
)
def test_an_address_is_recognised_in_every_form(host, expected):
    assert host_reach(host) == expected


@pytest.mark.parametrize(
    "url",
    ["http://shop.example.evil.example/", "https://evil.example/?https://shop.example/",
     "https://shop.example@evil.example/", "https://shop.example:8443/", "https://evilshop.example/",
     "http://169.254.169.254/", "http://127.0.0.1/", "ftp://shop.example/"],
)  # fmt: skip
def test_other_hosts_are_out_of_scope(url):
    assert scope_of().refusal(url) is not None


def test_http_and_https_of_one_site_are_one():
    assert scope_of().admitted("http://shop.example/a") == "https://shop.example/a"


def test_prefixes_narrow_the_scope_but_not_the_way_to_robots_and_sitemaps():
    scope = scope_of(start=("https://a.example/en/",), scope=("https://a.example/en/",))

    assert scope.refusal("https://a.example/en/x") is None
    assert scope.refusal("https://a.example/de/x") is not None
    assert scope.refusal("https://a.example/sitemap.xml", whole_origin=True) is None
    assert scope.refusal("https://b.example/sitemap.xml", whole_origin=True) is not None


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000", "2130706433"])
def test_loopback_is_allowed_only_where_the_source_is_loopback(host):
    scope = scope_of(start=(f"http://{host}/",))

    assert scope.reaches == {Reach.LOOPBACK}
    assert not scope.allows(ipaddress.ip_address("10.0.0.1"))
    assert not scope_of().allows(ipaddress.ip_address("127.0.0.1"))
    assert not scope_of().allows(ipaddress.ip_address("::ffff:127.0.0.1"))


def test_a_private_network_is_reached_only_where_the_operator_says_so():
    inside = ipaddress.ip_address("192.168.1.5")

    assert not scope_of().allows(inside)
    assert scope_of(start=("http://192.168.1.5/",)).allows(inside)
    assert scope_of(private_network=True).allows(inside)
    assert not scope_of(private_network=True).allows(ipaddress.ip_address("169.254.169.254"))


@pytest.mark.parametrize("start", ["http://169.254.169.254/", "http://[fe80::1]/", "ftp://a/", "x"])
def test_a_source_cannot_start_at_a_forbidden_address(start):
    with pytest.raises(SourceError):
        scope_of(start=(start,))


def test_a_mirror_is_fetched_under_another_address():
    scope = scope_of(start=("http://127.0.0.1:8000/index",), base_url="https://www.shop.example/de")

    assert scope.starts == ("https://www.shop.example/de/index",)
    assert scope.public("http://127.0.0.1:8000/a") == "https://www.shop.example/de/a"
    assert scope.fetched("https://www.shop.example/de/a") == "http://127.0.0.1:8000/a"
    assert scope.admitted("https://www.shop.example/fr/a") is None
    assert scope.origins == ("http://127.0.0.1:8000",)
    assert scope.refusal("https://www.shop.example/de/a") is not None, "never the public site"


class Answers(GuardedResolver):
    """The resolver over a name server that answers what a test wants."""

    def __init__(self, address: str) -> None:
        self.answer = address
        self.reaches = frozenset({Reach.PUBLIC})
        self.trusted = frozenset({"proxy.example"})

    def _looked_up(self, name, timeout):
        return succeed(self.answer)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1"])
def test_a_name_that_resolves_into_a_private_network_is_refused(address):
    failures = []
    Answers(address).getHostByName("shop.example").addErrback(failures.append)

    assert failures[0].check(RefusedAddress)
    assert failures[0].check(DNSLookupError)


def test_a_name_that_resolves_to_a_public_address_is_not():
    found = []
    Answers("93.184.216.34").getHostByName("shop.example").addCallback(found.append)
    Answers("10.0.0.1").getHostByName("proxy.example").addCallback(found.append)

    assert found == ["93.184.216.34", "10.0.0.1"]


def test_what_an_ipv6_address_embeds_counts():
    assert reach(ipaddress.ip_address("64:ff9b::a9fe:a9fe")) is Reach.FORBIDDEN
