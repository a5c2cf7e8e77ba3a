"""Descriptions as people and programs read them: one JSON form for every answer, also JSON-LD."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from kg.documents.lookup import Description
from kg.documents.subresources import hyphenated
from kg.rdf.iris import Iris
from kg.rdf.namespaces import XSD
from kg.rdf.terms import Literal, NamedNode, Term, Triple
from kg.schema.patterns import TYPE
from kg.schema.schema import Member, Profile, Schema, local_name
from kg.schema.selection import ALL, Selection

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


_Show: TypeAlias = Callable[[NamedNode], dict[str, Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presenter:
    """Writes descriptions as JSON.

    ``languages`` are the reader's, best first; ``root`` is the path that the service is mounted
    under, "" at the top of a host. URLs are paths, so an answer is the same behind every proxy.
    """

    schema: Schema
    iris: Iris
    root: str = ""
    languages: tuple[str, ...] = ()

    def url(self, node: NamedNode, types: Sequence[str]) -> str | None:
        """The path of a thing's own document, or None for what has none here."""
        collection = self.schema.collection_of(types)
        local_id = collection and self.iris.local_id(node.value, collection.segment)
        return f"{self.root}/{collection.name}/{local_id}" if collection and local_id else None

    def entity(
        self, description: Description, node: NamedNode, selection: Selection = ALL
    ) -> dict[str, Json]:
        """A thing with the members wanted, and what points to it.

        ``more`` has the paths of the lists that complete those view members of which only the
        first values are shown.
        """
        writer = self.writer(description)
        body = writer.whole(node, selection)
        for member in self.schema.profile(description.types(node)).views:
            if selection.shows(member):
                shown = description.views.get((node, member.name), [])
                show = writer.whole if selection.nests(member) else writer.reference
                body[member.name] = [show(each) for each in shown]
        more = self.more(description, node)
        return body | ({"more": more} if more else {})

    def more(self, description: Description, node: NamedNode) -> dict[str, Json]:
        """The paths of the lists that complete what is shown of a thing's views, by their names."""
        url = self.url(node, description.types(node))
        names = sorted(name for each, name in description.cut if each == node)
        return {name: f"{url}/{hyphenated(name)}" for name in names}

    def listing(self, description: Description, selection: Selection = ALL) -> list[Json]:
        """The described things, each with its own members wanted."""
        writer = self.writer(description)
        return [writer.whole(node, selection) for node in description.subjects]

    def reference(self, description: Description, node: NamedNode) -> dict[str, Json]:
        """Enough of a linked thing to show it: id, IRI, class, label, URL, summary members."""
        return self.writer(description).reference(node)

    def writer(self, description: Description) -> Writer:
        """Writes things of one description one by one."""
        return Writer(self, description)

    def label(self, labels: Mapping[str, str]) -> str | None:
        """The label in the language that the reader knows best, if there is any at all."""
        for language in (*self.languages, "en", ""):
            if language in labels:
                return labels[language]
        return next(iter(labels.values()), None)


class Writer:
    """Writes one description; a thing that is linked twice is written once."""

    def __init__(self, presenter: Presenter, description: Description) -> None:
        self._presenter = presenter
        self._schema = presenter.schema
        self._description = description
        self._references: dict[NamedNode, dict[str, Json]] = {}

    def whole(self, node: NamedNode, selection: Selection = ALL) -> dict[str, Json]:
        """A thing with its own members wanted."""
        profile, said = self._known(node)
        body = self._head(node, profile)
        body["types"] = list(profile.names)
        for predicate, member in profile.stated:
            if predicate in said and selection.shows(member):
                show = self.whole if member.name in selection.include else self.reference
                body[member.name] = self._values(said[predicate], member, show)
        return body

    def reference(self, node: NamedNode) -> dict[str, Json]:
        """Enough of a thing to show it."""
        known = self._references.get(node)
        if known is None:
            profile, said = self._known(node)
            known = self._references[node] = self._head(node, profile)
            for predicate, member in profile.summary:
                if predicate in said:
                    known[member.name] = self._values(said[predicate], member, self.reference)
        return known

    def references(self, nodes: Iterable[NamedNode]) -> list[Json]:
        """The same for each of several things."""
        return [self.reference(node) for node in nodes]

    def _known(self, node: NamedNode) -> tuple[Profile, Mapping[str, Sequence[Term]]]:
        said = self._description.about.get(node, {})
        types = [each.value for each in said.get(TYPE, ()) if isinstance(each, NamedNode)]
        return self._schema.profile(types), said

    def _head(self, node: NamedNode, profile: Profile) -> dict[str, Json]:
        iri, known = node.value, profile.collection
        local_id = self._presenter.iris.local_id(iri, known.segment) if known else None
        name = local_id or local_name(iri)
        return {
            "id": name,
            "iri": iri,
            "type": profile.class_name,
            "label": self._presenter.label(self._description.labels(node)) or name,
            "url": f"{self._presenter.root}/{known.name}/{local_id}"
            if known and local_id
            else None,
        }

    def _values(self, values: Sequence[Term], member: Member, show: _Show) -> Json:
        if isinstance(values[0], Literal) and all(map(_is_text, values)):
            return _by_language(values, one_each=member.one_per_language)
        if len(values) > 1:
            values = sorted(values, key=_place)
        shown = [self._value(each, member, show) for each in values]
        return shown[0] if member.single and len(shown) == 1 else shown

    def _value(self, term: Term, member: Member, show: _Show) -> Json:
        if isinstance(term, NamedNode):
            return show(term) if TYPE in self._description.about.get(term, ()) else term.value
        if isinstance(term, Literal):
            return _literal(term, member.datatype)
        assert not isinstance(term, Triple), "REST shows no triple terms"
        return {"iri": str(term)}


def _place(term: Term) -> tuple[str, str]:
    """The order of values: by their characters, then by what else tells literals apart."""
    if isinstance(term, Literal):
        return term.value, term.language or term.datatype.value
    return str(term) if isinstance(term, Triple) else term.value, ""


def _is_text(term: Term) -> bool:
    return isinstance(term, Literal) and term.language is not None


def _by_language(values: Sequence[Term], *, one_each: bool) -> dict[str, Json]:
    found: dict[str, list[Json]] = {}
    for literal in sorted(values, key=_place):
        assert isinstance(literal, Literal)
        found.setdefault(literal.language or "", []).append(literal.value)
    if one_each:
        return {tag: texts[0] if len(texts) == 1 else texts for tag, texts in found.items()}
    return dict(found)


def _literal(literal: Literal, declared: str | None) -> Json:
    """A plain value where the member's datatype tells the rest, else a JSON-LD value object."""
    datatype = literal.datatype.value
    if literal.language:
        return {"@value": literal.value, "@language": literal.language}
    if datatype == declared == f"{XSD}integer" and _is_canonical(literal.value):
        return int(literal.value)
    if datatype == declared:
        return literal.value
    return {"@value": literal.value, "@type": datatype}


def _is_canonical(integer: str) -> bool:
    digits = integer.removeprefix("-")
    return digits.isdecimal() and digits.isascii() and (digits == "0" or digits[0] != "0")
