"""Descriptions as people and programs read them: one JSON form for every answer, also JSON-LD."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from kg.iris import Iris
from kg.lookup import Description
from kg.namespaces import XSD
from kg.schema import Member, Schema, local_name
from kg.selection import ALL, Selection
from kg.subresources import hyphenated
from kg.terms import Literal, NamedNode, Term, Triple

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


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
        body = self._whole(description, node, selection)
        for member in self.schema.profile(description.types(node)).views:
            if selection.shows(member):
                shown = description.views.get((node, member.name), [])
                whole = selection.nests(member)
                body[member.name] = [self._linked(description, each, whole) for each in shown]
        more = sorted(name for each, name in description.cut if each == node)
        if more:
            body["more"] = {name: f"{body['url']}/{hyphenated(name)}" for name in more}
        return body

    def listing(self, description: Description, selection: Selection = ALL) -> list[Json]:
        """The described things, each with its own members wanted."""
        return [self._whole(description, node, selection) for node in description.subjects]

    def reference(self, description: Description, node: NamedNode) -> dict[str, Json]:
        """Enough of a linked thing to show it: id, IRI, class, label, URL, summary members."""
        body = self._head(description, node)
        for member in self.schema.profile(description.types(node)).summary:
            self._put(body, description, node, member, whole=False)
        return body

    def _linked(self, description: Description, node: NamedNode, whole: bool) -> Json:  # noqa: FBT001
        if whole:
            return self._whole(description, node, ALL)
        return self.reference(description, node)

    def _whole(
        self, description: Description, node: NamedNode, selection: Selection
    ) -> dict[str, Json]:
        body = self._head(description, node)
        types = description.types(node)
        body["types"] = sorted(local_name(each) for each in types)
        for member in self.schema.profile(types).own:
            if selection.shows(member):
                whole = member.name in selection.include
                self._put(body, description, node, member, whole=whole)
        return body

    def _head(self, description: Description, node: NamedNode) -> dict[str, Json]:
        profile = self.schema.profile(description.types(node))
        known = profile.collection
        local_id = self.iris.local_id(node.value, known.segment) if known else None
        name = local_id or local_name(node.value)
        return {
            "id": name,
            "iri": node.value,
            "type": profile.class_name,
            "label": self._label(description.labels(node)) or name,
            "url": f"{self.root}/{known.name}/{local_id}" if known and local_id else None,
        }

    def _put(
        self,
        body: dict[str, Json],
        description: Description,
        node: NamedNode,
        member: Member,
        *,
        whole: bool,
    ) -> None:
        values = description.values(node, member.predicate or "")
        if not values:
            return
        if all(isinstance(each, Literal) and each.language for each in values):
            body[member.name] = _by_language(values, one_each=member.one_per_language)
            return
        shown = [self._value(description, each, member, whole) for each in sorted(values, key=str)]
        body[member.name] = shown[0] if member.single and len(shown) == 1 else shown

    def _value(self, description: Description, term: Term, member: Member, whole: bool) -> Json:  # noqa: FBT001
        if isinstance(term, NamedNode):
            known = description.types(term)
            return self._linked(description, term, whole) if known else term.value
        if isinstance(term, Literal):
            return _literal(term, member.datatype)
        assert not isinstance(term, Triple), "REST shows no triple terms"
        return {"iri": str(term)}

    def _label(self, labels: Mapping[str, str]) -> str | None:
        for language in (*self.languages, "en", ""):
            if language in labels:
                return labels[language]
        return next(iter(labels.values()), None)


def _by_language(values: Sequence[Term], *, one_each: bool) -> dict[str, Json]:
    found: dict[str, list[Json]] = {}
    for literal in sorted(values, key=str):
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
