"""What a page with status 200 is: an apology in six languages is told from a product page."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.outcome import by_status, classify, is_login_redirect
from crawler.outline import read_outline
from crawler.snapshot import Outcome

SHARED = Path(__file__).resolve().parents[3] / "shared" / "pitfalls"
MENU = "".join(f"<li><a href='/c/{n}'>Category number {n}</a></li>" for n in range(40))
FOOT = "<p>Prices in euro plus VAT. Free delivery from 150 EUR. Mon-Fri 8-17 h, tel 0555 33440.</p>"
FORM = (
    "<form action=/session><input name=user><input type=password name=p><button>OK</button></form>"
)


def page(title: str, heading: str, text: str, more: str = "") -> str:
    """A page as shops build it: menu, main part, teasers, footer, in plain divs."""
    return (
        f"<!doctype html><html><head><title>{title}</title><style>.a{{margin:0}}</style>"
        f"<script>var a={{'error':'404 not found','login':'Please log in'}}</script></head><body>"
        f"<div id=top><a href=/>Home</a> <a href=/login>Log in</a> <a href=/help>404</a></div>"
        f"<ul>{MENU}</ul><div id=main><h1>{heading}</h1><p>{text}</p>{more}</div>"
        f"<div><h3>Bestsellers</h3><a href=/x>Gas spring 10 N</a> 24.30 EUR</div>"
        f"<div id=foot>{FOOT}</div></body></html>"
    )


MISSING = [
    ("404 Not Found", "404", "The page you requested could not be found."),
    ("Page not found | Acme", "Oops!", "Sorry, we couldn't find that page. Try the search."),
    ("Acme", "Page not found", "It may have been moved."),
    ("Acme Tools", "Whoops", "The page you are looking for doesn't exist."),
    ("Seite nicht gefunden – Muster GmbH", "Hoppla",
     "Die angeforderte Seite wurde leider nicht gefunden."),
    ("Fehler 404", "Fehler 404", "Leider konnte die Seite nicht gefunden werden."),
    ("Muster", "Ups!", "Diese Seite existiert leider nicht mehr."),
    ("Page introuvable | Pièces", "Oups", "La page que vous recherchez n'existe plus."),
    ("Erreur 404", "Erreur 404", "Désolé, cette page est introuvable."),
    ("Página no encontrada - Tienda", "¡Vaya!", "La página que buscas no existe."),
    ("Tienda", "Error 404", "No hemos encontrado la página."),
    ("Pagina non trovata | Negozio", "Ops", "La pagina richiesta non è stata trovata."),
    ("Pagina niet gevonden", "Helaas", "De opgevraagde pagina kan niet gevonden worden."),
    ("acme:pump [Wiki]", "This topic does not exist yet",
     "You've followed a link to a topic that doesn't exist yet."),
    ("Produkt nicht gefunden", "Produkt nicht gefunden", "Vielleicht hilft die Suche."),
]  # fmt: skip
WALLS = [
    ("Log in – Acme", "Log in", "Please log in to continue."),
    ("Acme", "Members only", "You must be logged in to view this page."),
    ("Customer login", "Welcome back", "Enter your account details." + FORM),
    ("Sign in to your account", "Sign in", FORM),
    ("Anmeldung | Muster", "Anmeldung", "Bitte melden Sie sich an, um fortzufahren." + FORM),
    ("Muster", "Login", "Diese Seite ist nur für registrierte Händler sichtbar." + FORM),
    ("Connexion", "Connexion", "Veuillez vous connecter pour continuer."),
    ("Espace client - Pièces", "Identification", FORM),
    ("Iniciar sesión", "Acceso", "Inicie sesión para continuar." + FORM),
    ("Accedi | Negozio", "Accedi", "Effettua l'accesso per continuare."),
    ("Inloggen", "Inloggen", "Log in om verder te gaan." + FORM),
    ("kb:pump [Wiki]", "Permission Denied",
     "Sorry, you don't have enough rights to continue." + FORM),
]  # fmt: skip
BLOCKS = [
    (
        "Just a moment...",
        "Just a moment...",
        "Checking your browser before accessing acme.example.",
    ),
    ("Attention Required!", "Sorry, you have been blocked", "Please complete the security check."),
    ("Access denied", "Access denied", "You are not authorized to view this page."),
    ("Robot Check", "Are you a robot?", "Please verify you are human."),
    ("Einen Moment bitte", "Einen Moment bitte", "Ihr Browser wird überprüft."),
    ("Zugriff verweigert", "Zugriff verweigert", "Ihr Zugriff wurde blockiert."),
    ("Un instant", "Vérification de sécurité", "Veuillez confirmer que vous êtes humain."),
    ("Acceso denegado", "Acceso denegado", "Su solicitud ha sido bloqueada."),
    ("Een moment geduld", "Beveiligingscontrole", "Controleer dat u een mens bent."),
    ("Accesso negato", "Accesso negato", "Non hai i permessi."),
]
DOWN = [
    ("Maintenance", "We'll be back soon", "Our shop is down for scheduled maintenance."),
    ("Service unavailable", "Service temporarily unavailable", "Please try again later."),
    ("503 Service Unavailable", "503", "The server is temporarily unable to service your request."),
    ("Wartungsarbeiten", "Wir sind gleich wieder da", "Unser Shop wird gerade gewartet."),
    ("Wartung", "Wartung", "Wegen Wartungsarbeiten ist der Shop nicht erreichbar."),
    ("Site en maintenance", "Maintenance en cours", "Notre site est en maintenance."),
    ("Mantenimiento", "Volvemos pronto", "Estamos realizando tareas de mantenimiento."),
    ("Manutenzione", "Torniamo presto", "Il nostro sito è in manutenzione."),
    ("Onderhoud", "We zijn zo terug", "Onze webshop is in onderhoud."),
]

LONG = (
    "The pump moves water with a head of forty metres and a flow of ninety litres a minute. " * 12
)
CONTENT = [
    ("Valve 404 | Acme", "Valve 404", "Stainless steel, 9.99 EUR. Log in to see your price."),
    (
        "404-B Seal kit",
        "404",
        "Seal kit for pump 404. Price 12.00 EUR per piece, in stock. " + LONG,
    ),
    ("Maintenance kit MK-7 | Acme", "Maintenance kit", "Contains seals and grease. 49.00 EUR."),
    (
        "Scheduled maintenance of pumps",
        "Scheduled maintenance",
        "Change the oil each year. " + LONG,
    ),
    ("Wartungsset WS 30 – Muster", "Wartungsset WS 30", "Für alle Pumpen der Reihe 30. 49,00 €"),
    ("How to log in", "How to log in", "Press the button in the corner. " + LONG),
    ("Login", "Login", "The log-in page of the partner portal is explained here. " + LONG),
    ("Error 404 explained", "What error 404 means", "The page was not found, it says. " + LONG),
    ("Page not found errors after the update", "Page not found errors", "Clear the cache. " + LONG),
    ("Pump P-1", "Pump P-1", "This product is no longer available. Successor: P-2."),
    ("Pumpe P-1", "Pumpe P-1", "Artikel nicht mehr lieferbar. Preis auf Anfrage."),
    ("Pump P-1", "Pump P-1", "Please log in to see prices." + FORM),
    ("Pumpe P-2", "Pumpe P-2", "Bitte melden Sie sich an, um Preise zu sehen." + FORM),
    ("Pump", "Pump", "9.99 EUR" + FORM + LONG),
    ("Robot arm R-7", "Robot arm R-7", "Payload 7 kg. Are you a robot builder? Call us."),
    ("Access control panel", "Access denied buzzer AD-1", "Sounds where access is denied. 20 EUR"),
    ("Moment sensor M-5", "Just a moment sensor", "Range 5 Nm. 99 EUR"),
    ("Blocked drains", "Blocked", "A drain that is blocked is freed with our spiral. " + LONG),
    ("Browser", "Security check valve", "Opens at 3 bar. 15 EUR"),
    ("Acme", "Acme", "Welcome. Unavailable items are marked. " + LONG),
    ("Vérin 404", "Vérin introuvable ailleurs", "En stock. 12,00 €"),
    (
        "FAQ",
        "FAQ",
        "<h2>Page not found</h2><p>The page could not be found if the link is old. " + LONG,
    ),
    ("Lieferzeiten", "Lieferzeiten", "Zurzeit nicht verfügbar sind Teile der Reihe 7. " + LONG),
    ("500", "Series 500", "Pumps of series 500, 502 and 503. From 100 EUR."),
    ("Versand", "Versand", "Ab 150 € frachtfrei."),
]


@pytest.mark.parametrize(("title", "heading", "text"), MISSING)
def test_a_soft_404_is_no_content(title, heading, text):
    assert classify(page(title, heading, text)).outcome is Outcome.SOFT_404


@pytest.mark.parametrize(("title", "heading", "text"), WALLS)
def test_a_login_wall_is_no_content(title, heading, text):
    assert classify(page(title, heading, text)).outcome is Outcome.LOGIN_WALL


@pytest.mark.parametrize(("title", "heading", "text"), BLOCKS)
def test_a_bot_check_is_no_content(title, heading, text):
    assert classify(page(title, heading, text)).outcome is Outcome.BLOCKED


@pytest.mark.parametrize(("title", "heading", "text"), DOWN)
def test_a_maintenance_page_is_no_content(title, heading, text):
    assert classify(page(title, heading, text)).outcome is Outcome.SERVER_ERROR


@pytest.mark.parametrize(("title", "heading", "text"), CONTENT)
def test_a_page_that_has_the_words_but_says_something_else_is_content(title, heading, text):
    verdict = classify(page(title, heading, text))

    assert verdict.outcome is Outcome.OK, verdict.detail


PRODUCT = '<script type="application/ld+json">{"@type":"Product","sku":"P-1"}</script>'


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Pump P-1", "You must be logged in to view this price." + FORM),
        ("Pump P-1", "Our shop is temporarily closed for stocktaking, orders are shipped later."),
        ("Log in", "Pump P-1, 9.99 EUR"),
    ],
)
def test_a_page_with_product_data_is_content(heading, text):
    assert classify(page("Pump P-1", heading, text, PRODUCT)).outcome is Outcome.OK


def test_the_reason_is_quoted():
    verdict = classify(page("Acme", "Page not found", "The page was not found."))

    assert "The page was not found." in verdict.detail


def test_a_challenge_is_known_by_its_script():
    html = "<title>acme.example</title><script src='/cdn-cgi/challenge-platform/x.js'></script>"

    assert classify(html).outcome is Outcome.BLOCKED
    assert classify(html, status=503).outcome is Outcome.BLOCKED
    assert classify(html, status=403).outcome is Outcome.BLOCKED


def test_a_403_with_a_form_is_a_login_wall():
    assert classify(page("Acme", "Log in", FORM), status=403).outcome is Outcome.LOGIN_WALL


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "ok"), (204, "ok"), (304, "unchanged"), (302, "redirected"), (401, "login_wall"),
     (403, "blocked"), (404, "gone"), (408, "timeout"), (410, "gone"), (429, "blocked"),
     (451, "blocked"), (500, "server_error"), (503, "server_error"), (599, "server_error")],
)  # fmt: skip
def test_every_status_has_an_outcome(status, outcome):
    assert by_status(status).outcome.value == outcome


@pytest.mark.parametrize(
    "target",
    ["/login", "/login?next=/x", "/account/login", "/wp-login.php?redirect_to=x", "/sign-in/",
     "/user/signin", "/acl_users/credentials_cookie_auth/require_login?came_from=x",
     "/de/anmelden", "/connexion", "/customer/account/login/referer/aHR0/", "/sso/saml2"],
)  # fmt: skip
def test_a_redirect_to_a_form_is_a_login_wall(target):
    assert is_login_redirect("https://a.example/pump", f"https://a.example{target}")


@pytest.mark.parametrize(
    "target", ["/", "/pump-2", "/login-sensors-guide-to-logging/x", "/blog/singing", "/casting"]
)
def test_a_redirect_to_a_page_is_none(target):
    assert not is_login_redirect("https://a.example/pump", f"https://a.example{target}")


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300)))
def test_classifying_never_raises(body):
    classify(body)
    if isinstance(body, str):
        classify(page(body, body, body))


@pytest.mark.parametrize(
    "piece", ["<a href=", "<p>we are sorry ", "log in ", "\x02", "<h1>", "&#x"]
)
def test_hostile_pages_take_linear_time(piece):
    html = "<title>Login</title>" + piece * (1_000_000 // len(piece))

    classify(html)


def test_links_are_read_as_a_browser_would():
    outline = read_outline(
        "<base href='https://b.example/x/'><link rel='shortlink canonical' href='/c'>"
        "<a href='&#47;a?x=1&amp;y=2#z'>a</a><A HREF=b>b</A><!-- <a href=no> -->"
        "<script>'<a href=no>'</script><a rel='external NOFOLLOW' href=no>n</a>"
        "<map><area href=area></map><a href='#top'>t</a><a href='javascript:x()'>j</a>"
        "<svg><a xlink:href='/drawn'><text>x</text></a></svg><a>none</a><a href=''>empty</a>"
        "<link rel=next href='?page=2'>"
        "<meta http-equiv=Refresh content='5; URL=\"/later\"'>"
    )

    assert outline.links == ("/a?x=1&y=2#z", "b", "area", "/drawn", "?page=2")
    assert outline.base == "https://b.example/x/"
    assert outline.canonical == "/c"
    assert outline.refresh == "/later"


@pytest.mark.skipif(not SHARED.exists(), reason="the shared pitfall pages are not here")
def test_of_the_pitfall_pages_only_those_that_are_none_are_left_out():
    import yaml

    case = yaml.safe_load((SHARED / "cases" / "23-not-content.yaml").read_text())
    expected = {entry["page"]: entry["reason"] for entry in case["abstain"]}
    found = {
        str(path.relative_to(SHARED)): classify(path.read_bytes()).outcome.value
        for path in SHARED.rglob("*.html")
    }

    assert {path: outcome for path, outcome in found.items() if outcome != "ok"} == expected
