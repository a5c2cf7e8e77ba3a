"""The first article as a form to fill in: its graph with actors, names, dates and hashes left open.

Whatever the form is filled in with, the structure is the real article's: so are the statistics, and
what conforms to the shapes still does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kg.rdf.namespaces import BASE, DCTERMS, RDF, SCHEMA, XSD
from kg.rdf.parsing import parse_file
from kg.rdf.terms import Literal, NamedNode, Quad, Term
from kg.schema.schema import Schema
from kg.sources import materialise

ID = f"{BASE}id/"
ONTOLOGY = f"{BASE}ontology#"
PUBLISHED = f"{SCHEMA}datePublished"

# The actors of the article by how its labels and slugs call them, the longest name first.
_CALLED = {
    "trump": ("Trump", "トランプ"),
    "putin": ("Putin", "プーチン"),
    "united-states": ("United States", "U.S.", "アメリカ合衆国", "米国", "米"),
    "russia": ("Russian", "Russia", "ロシア"),
    "ukraine": ("Ukraine", "ウクライナ"),
    "japan": ("Japan", "日本"),
    "icc": ("ICC", "国際刑事裁判所"),
    "nato": ("NATO",),
    "europe": ("Europe", "欧州"),
    "alaska": ("Alaska", "アラスカ"),
    "yomiuri-shimbun": ("Yomiuri Shimbun", "読売新聞"),
}
_ROLES = {called: role for role, names in _CALLED.items() for called in names}
_NAMED = re.compile("|".join(sorted(map(re.escape, _ROLES), key=len, reverse=True)))
_IN_SLUGS = {"us": "united-states", "russian": "russia", "yomiuri": "yomiuri-shimbun"}
_SLUG_WORD = re.compile(r"united-states|[a-z0-9]+")
_DAY = re.compile(r"\b(20\d\d)(?=-\d\d-\d\d|/|\b)")


@dataclass(frozen=True, slots=True)
class Form:
    """N-Triples text with fields for ``str.format_map``; ``hashes`` is how many it takes."""

    text: str
    hashes: int


@dataclass(frozen=True, slots=True)
class Template:
    """The article's form, and that of what its topic brings along: situations, measures, places."""

    article: Form
    topic: Form
    spans: tuple[tuple[int, int], ...]
    published: date

    @classmethod
    def read(cls, articles: Path, schema: Schema, *, name: str, types: bool) -> Template:
        """The forms of the article ``name``; with superclass types if ``types``."""
        own = _quads(articles / f"{name}.ttl", schema, types=types)
        shared = _quads(articles / "entities.ttl", schema, types=types)
        topical = _topical(shared)
        writer = _Writer(name, _subjects(own), topical)
        spans = sorted(
            (int(_text(quad.object)), int(_text(end.object)))
            for quad in own
            for end in own
            if quad.predicate.value == f"{ONTOLOGY}charStart"
            and end.predicate.value == f"{ONTOLOGY}charEnd"
            and end.subject == quad.subject
        )
        published = next(q.object for q in own if q.predicate.value == PUBLISHED)
        writer.number_spans(spans)
        return cls(
            article=writer.form(own),
            topic=writer.form(quad for quad in shared if quad.subject in topical),
            spans=tuple(spans),
            published=date.fromisoformat(_text(published)),
        )


def _quads(path: Path, schema: Schema, *, types: bool) -> list[Quad]:
    quads = parse_file(path)
    return list(dict.fromkeys(materialise(quads, schema) if types else quads))


def _subjects(quads: Iterable[Quad]) -> set[Term]:
    return {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}


def _topical(quads: Iterable[Quad]) -> set[Term]:
    """The shared things that are no actors and no norms: each topic has its own."""
    kinds = {f"{ONTOLOGY}{name}" for name in ("Situation", "Measure", "Place")}
    return {
        quad.subject
        for quad in quads
        if quad.predicate.value == f"{RDF}type" and _text(quad.object) in kinds
        if isinstance(quad.subject, NamedNode)
    }


class _Writer:
    """Writes quads as lines in which all that varies is a field."""

    def __init__(self, article: str, own: set[Term], topical: set[Term]) -> None:
        self._article = f"{ID}{article}"
        self._own = own
        self._topical = topical
        self._offsets: dict[int, str] = {}
        self._hashes = 0

    def number_spans(self, spans: Iterable[tuple[int, int]]) -> None:
        """Learn which offsets the passages have, so that others can be put in their place."""
        for number, (start, end) in enumerate(spans):
            self._offsets |= {start: f"start{number}", end: f"end{number}"}

    def form(self, quads: Iterable[Quad]) -> Form:
        """The quads as a form."""
        self._hashes = 0
        text = "".join(self._lines(quads))
        return Form(text, self._hashes)

    def _lines(self, quads: Iterable[Quad]) -> Iterator[str]:
        for quad in quads:
            predicate = quad.predicate.value
            if predicate != f"{SCHEMA}sameAs":
                subject = self._iri(_text(quad.subject))
                yield f"{subject} <{predicate}> {self._object(predicate, quad.object)}{{end}}\n"

    def _object(self, predicate: str, term: Term) -> str:
        if isinstance(term, NamedNode):
            return self._iri(term.value)
        value = self._value(predicate, _text(term))
        assert isinstance(term, Literal)
        if term.language:
            return f'"{value}"@{term.language}'
        plain = term.datatype.value == f"{XSD}string"
        return f'"{value}"' if plain else f'"{value}"^^<{term.datatype.value}>'

    def _value(self, predicate: str, text: str) -> str:
        if predicate == f"{SCHEMA}sha256":
            self._hashes += 1
            return f"{{hash{self._hashes - 1}}}"
        if predicate == f"{DCTERMS}identifier":
            return self._slug(text)
        if predicate == PUBLISHED:
            return "{published}"
        if predicate in {f"{ONTOLOGY}charStart", f"{ONTOLOGY}charEnd"}:
            return f"{{{self._offsets[int(text)]}}}"
        if predicate == f"{ONTOLOGY}textLength":
            return "{length}"
        if predicate in {f"{DCTERMS}date", f"{ONTOLOGY}earliest", f"{ONTOLOGY}latest"}:
            return _DAY.sub(lambda found: f"{{year{found[1]}}}", text)
        language = "japanese" if not text.isascii() else "english"
        return _NAMED.sub(lambda found: f"{{{_field(_ROLES[found[0]])}.short_{language}}}", text)

    def _iri(self, iri: str) -> str:
        if not iri.startswith(ID):
            return f"<{iri}>"
        if iri == self._article:
            return f"<{ID}{{slug}}>"
        if iri.startswith(f"{self._article}/"):
            return f"<{ID}{{slug}}/{self._slug(iri.rpartition('/')[2])}>"
        local = iri.removeprefix(ID)
        return f"<{ID}{self._slug(local) if self._is_made(iri) else _slot(local)}>"

    def _slug(self, local: str) -> str:
        """The slug of something of the article's or the topic's own, after whom it is about."""
        if f"{ID}{local}" == self._article:
            return "{slug}"
        if not self._is_made(f"{ID}{local}"):
            return _renamed(local)
        number = "topic" if NamedNode(f"{ID}{local}") in self._topical else "number"
        return f"{_renamed(local)}-{{{number}}}"

    def _is_made(self, iri: str) -> bool:
        return NamedNode(iri) in self._own or NamedNode(iri) in self._topical


def _renamed(slug: str) -> str:
    def role(found: re.Match[str]) -> str:
        known = _IN_SLUGS.get(found[0], found[0])
        return f"{{{_field(known)}.word}}" if known in _CALLED else found[0]

    return _SLUG_WORD.sub(role, slug)


def _slot(local: str) -> str:
    return f"{{{_field(local)}.slug}}"


def _field(role: str) -> str:
    return role.replace("-", "_")


def _text(term: object) -> str:
    assert isinstance(term, NamedNode | Literal)
    return term.value


def filled(form: Form, values: Mapping[str, object]) -> str:
    """The form with all fields filled in."""
    return form.text.format_map(values)
