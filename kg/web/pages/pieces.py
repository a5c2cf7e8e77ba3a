"""The small pieces of HTML that pages have by the hundred: links, marks, values.

As functions and not as macros of a template, which take five times as long. Whatever comes from the
graph is escaped by ``Markup``, and stands in an element of its own (``bdi``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup

from kg.documents.description import Json
from kg.rdf.namespaces import XSD
from kg.schema.schema import Member, Schema
from kg.web.pages.dates import Dates
from kg.web.pages.items import Field, Item, Thing, status_of

# What readers call the sites that things are most often identified with.
SITES = {"wikidata.org": "Wikidata", "dbpedia.org": "DBpedia", "viaf.org": "VIAF"}

_APART = Markup("<bdi>%s</bdi>")
_LINK = Markup('<a href="%s"><bdi>%s</bdi></a>')
_OUTSIDE = Markup('<a href="%s" rel="external noreferrer">%s</a>')
_MARK = Markup('<span class="mark mark-%s"><bdi>%s</bdi></span>')
_POLARITY = Markup('<span class="polarity polarity-%s"><bdi>%s</bdi></span>')
_TEXT = Markup('<span class="text" lang="%s"><bdi>%s</bdi></span>')
_ITEM = Markup("<li>%s</li>")
_LIST = Markup('<ul class="%s">%s</ul>')
_SPACE = Markup(" ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """Writes pieces for one reader: in ``language``, with links as ``way`` makes them."""

    schema: Schema
    language: str
    dates: Dates
    way: Callable[[str], str]

    def reference(self, thing: Thing) -> Markup:
        """A thing's label, leading to its page where it has one."""
        url = thing.get("url")
        if not url:
            return _APART % (thing["label"],)
        return _LINK % (self.way(str(url)), thing["label"])

    def mark(self, status: Thing) -> Markup:
        """How something is put forward: a word and a sign, never colour alone."""
        return _MARK % (status["id"], status["label"])

    def polarity(self, concept: Thing) -> Markup:
        """Whether a content or a relation is affirmed or denied."""
        return _POLARITY % (concept["id"], concept["label"])

    def marked(self, thing: Thing, than: Thing | None = None) -> Markup:
        """A link to a thing, with its mark where its status is another one than ``than``."""
        status = status_of(self.schema, thing)
        link = self.reference(thing)
        if status is None or (than and than["iri"] == status["iri"]):
            return link
        return link + _SPACE + self.mark(status)

    def text(self, texts: Mapping[str, Json]) -> Markup:
        """A text by language: in the reader's, else in all that there are."""
        own = {self.language: texts[self.language]} if self.language in texts else texts
        return Markup().join(_TEXT % (tag, _words(words)) for tag, words in own.items())

    def value(self, value: Json, than: Thing | None = None) -> Markup:
        """A value of any member, as it stands in the JSON form."""
        if isinstance(value, str):
            address = web_address(value)
            return _OUTSIDE % (address, site_name(address)) if address else _APART % (value,)
        if not isinstance(value, Mapping):
            return _APART % (value,)
        if "iri" in value:  # a blank node has no label
            return self.marked(value, than) if "label" in value else _APART % (value["iri"],)
        return _APART % (value["@value"],) if "@value" in value else self.text(value)

    def values(self, values: Sequence[Json], than: Thing | None = None) -> Markup:
        """One value as it is, several as a list."""
        return _joined("values", [self.value(each, than) for each in values])

    def passages(self, evidence: Sequence[Thing]) -> Markup:
        """The passages that an item rests on."""
        return _listed("passages", [self.reference(each) for each in evidence])

    def said(self, item: Item, field: Field) -> Markup:
        """What an item says by one member; its content with whether that is affirmed or denied."""
        if field.member.role == "polarity" and item.polarity:
            return self.polarity(item.polarity)
        if is_date(field.member):
            return _joined("values", [self.dates.shown(str(each)) for each in field.values])
        values = self.values(field.values, item.status)
        if field.member.role == "content" and item.polarity:
            return self.polarity(item.polarity) + _SPACE + values
        return values


def web_address(iri: str) -> str | None:
    """The IRI where a browser may be led there, else None: never ``javascript:`` or ``data:``."""
    try:
        parts = urlsplit(iri)
    except ValueError:
        return None
    return iri if parts.scheme in {"http", "https"} and parts.netloc else None


def site_name(iri: str) -> str:
    """What a link out is called: the site and the thing's name there, else the IRI itself."""
    parts = urlsplit(iri)
    known = SITES.get(parts.netloc.removeprefix("www."))
    return f"{known} {parts.path.rpartition('/')[2]}" if known else iri


def is_date(member: Member) -> bool:
    """Whether the values of a member are dates: of EDTF, of which a day is the simplest."""
    return member.role == "date" or member.datatype == f"{XSD}date"


def _joined(kind: str, pieces: Sequence[Markup]) -> Markup:
    """One piece as it is, several as a list."""
    return pieces[0] if len(pieces) == 1 else _listed(kind, pieces)


def _listed(kind: str, pieces: Sequence[Markup]) -> Markup:
    return _LIST % (kind, Markup().join(_ITEM % (each,) for each in pieces))


def _words(words: Json) -> Json:
    return " · ".join(map(str, words)) if isinstance(words, list) else words
