"""Which headings open a part of the page that is not about its subject?

The vocabularies name the usual ones (``related_heading``, ``review_heading``); the patterns here
are for those with a changing middle or tail ("Customers who bought this …", "Reviews (12)").
"""

from __future__ import annotations

import re
from functools import lru_cache

from auditor.page.model import Region
from auditor.values.own_words import NO_WORDS, OwnWords
from auditor.values.vocabulary import Vocabulary, vocabulary

MAX_HEADING = 80
"""Characters; a longer line is text, not a heading."""

_COUNT = r"(?: ?\(?\d+\)?)?"
_OF_PEOPLE = r"(?:(?:customers?['’]?|users?['’]?|buyers?['’]?|verified|product|all|latest) )*"
_RELATED = re.compile(
    "|".join(  # noqa: FLY002 - one line a language
        (
            r"(?:related|similar) (?:[\w&-]+ ){0,3}(?:products?|items?|parts?|articles?)",
            r"you (?:may|might|will) (?:also|like|love|enjoy|want|be interested|need(?! to)).*",
            r"(?:customers?|others?|people) .{0,60}\balso .*",
            r"(?:[\w'’-]+ ){0,4}also (?:look(?:ed)? at|bought|buy|view(?:ed)?|liked?)(?: .{0,30})?",
            r"(?:[\w'’-]+ ){0,4}also (?:ordered|considered?|chose|choose)(?: .{0,30})?",
            r"(?:frequently|often) bought .*|recently viewed.*|more from .*|complete the .*",
            r"recommended (?:for you|products?)|our recommendations?|we (?:also )?recommend",
            r"(?:works|goes) (?:well )?with|alternative (?:products?|items?)",
            r"(?:ähnliche|verwandte|empfohlene|alternative) (?:produkte|artikel)",
            r"das könnte .*|(?:andere )?kunden,? .{0,60}\b(?:auch|ebenfalls|außerdem)(?: .*)?",
            r"kunden (?:kauften|bestellten) .*",
            r".* (?:auch|ebenfalls) (?:gekauft|angesehen|bestellt|interessieren|gefallen)",
            r"wird oft zusammen gekauft|zuletzt (?:an)?gesehen|weitere (?:produkte|artikel).*",
            r"produits (?:similaires|associés|apparentés|complémentaires|connexes)",
            r"vous (?:pourriez|aimerez) .*|les clients .{0,60}\b(?:aussi|également|acheté).*",
            r"dans la même catégorie.*",
            r".* (?:aussi|également) (?:acheté|consulté|commandé|vu|regardé)(?: .*)?",
            r"\d+ autres produits .*|récemment consultés|nos recommandations",
            r"productos (?:relacionados|similares)|(?:también )?te (?:puede|podría) .*",
            r"los clientes .{0,60}\btambién .*|vistos recientemente|artículos relacionados",
            r"prodotti (?:correlati|simili|consigliati)|(?:ti )?potrebbe(?:ro)? .*",
            r"i clienti .{0,60}\banche .*|visti di recente",
            r"(?:gerelateerde|vergelijkbare|bijpassende|aanbevolen) .*|recent bekeken",
            r".* ook (?:gekocht|bekeken|besteld)(?: .*)?",
            r"(?:anderen|klanten) (?:kochten|bekeken) .*|misschien (?:vind|ook) .*",
        )
    )
)
_REVIEWS = re.compile(
    "|".join(
        (
            rf"{_OF_PEOPLE}(?:reviews?|testimonials?){_COUNT}",
            r"(?:customer|user|buyer) ratings?|ratings? (?:and|&) reviews?",
            r"reviews? (?:and|&) ratings?|what (?:our )?customers say.*",
            rf"(?:\d+ )?(?:kunden|produkt)?(?:bewertungen|rezensionen|meinungen){_COUNT}",
            rf"(?:les )?(?:avis|témoignages)(?: (?:des |de nos )?clients?)?{_COUNT}",
            rf"(?:opiniones|reseñas|valoraciones)(?: de (?:los )?clientes)?{_COUNT}",
            rf"(?:recensioni|opinioni|valutazioni)(?: dei clienti)?{_COUNT}",
            rf"(?:klant)?(?:beoordelingen|ervaringen|recensies){_COUNT}",
        )
    )
)
_COMMENTS = re.compile(
    rf"(?:\d+ )?(?:comments?|kommentare?|commentaires?|comentarios?|commenti|reacties){_COUNT}"
    r"|leave a (?:reply|comment)|(?:\d+ )?(?:responses?|thoughts) (?:to|on) .*"
)
_WEAK = re.compile(r"accessor|zubehör|accessoire|alternativ|spare|ersatzteil|parts|toebehoren")


@lru_cache(maxsize=8192)
def heading_region(text: str, own: OwnWords = NO_WORDS) -> Region | None:
    """The region a heading opens, None where it is a heading like any other.

    ``own`` are a company's own names of such headings.

    >>> heading_region("Das könnte Sie auch interessieren"), heading_region("Customer reviews (12)")
    (<Region.RELATED: 'related'>, <Region.REVIEWS: 'reviews'>)
    >>> heading_region("Technical data") is None, heading_region("Electrical ratings") is None
    (True, True)
    """
    if len(text) > MAX_HEADING:
        return None
    if text.endswith(".") and not text.endswith(".."):
        return None  # "You may also order a single piece." is a sentence
    plain = text.lower().strip(" :.…!?›»>*")
    words = vocabulary("", own)
    if _COMMENTS.fullmatch(plain):
        return Region.COMMENTS
    if _RELATED.fullmatch(plain) or words.canonical("related_heading", plain):
        return Region.RELATED
    if _REVIEWS.fullmatch(plain) or _said(words, plain):
        return Region.REVIEWS
    return None


def _said(words: Vocabulary, plain: str) -> bool:
    """A bare "ratings" heads electrical data as often as opinions, so it says nothing."""
    return plain != "ratings" and words.canonical("review_heading", plain) is not None


def may_hold_data(text: str) -> bool:
    """Whether a related heading may as well head the page's own data ("Accessories")."""
    return _WEAK.search(text.lower()) is not None
