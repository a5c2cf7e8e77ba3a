"""A thing as text for people: its label, class and IRI, then one member after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kg.documents.description import Json
from kg.schema.schema import Schema

# What the heading says already, or only programs need.
_HEAD = frozenset({"id", "iri", "type", "types", "label", "url", "identifier", "more"})
_WIDTH = 18


class EntityText:
    """Writes entities, which come in our JSON form, with the shapes' headings in ``language``."""

    def __init__(self, schema: Schema, language: str) -> None:
        self._schema = schema
        self._language = language
        self._classes = {each.name: iri for iri, each in schema.classes.items()}

    def lines(self, body: Mapping[str, Json]) -> Iterator[str]:
        """What fits one line first, then a paragraph for each member that has linked things."""
        yield f"{body['label']}  ({body['type']})"
        yield str(body["iri"])
        members = list(self._members(body, shown=""))
        yield from (_pair(name, value) for name, value in members if not _is_list_of_things(value))
        for name, value in members:
            if isinstance(value, list) and _is_list_of_things(value):
                yield f"\n{name} ({len(value)})"
                for each in value:
                    yield from self._item(each, shown=str(body["id"]))

    def _item(self, value: Json, *, shown: str) -> Iterator[str]:
        """A linked thing, with its members where they are given; no links back to ``shown``."""
        if not isinstance(value, Mapping):
            yield f"  - {_inline(value)}"
            return
        yield f"  - {_inline(value)}  [{value.get('id')}]"
        if "types" in value:
            own = {name: each for name, each in value.items() if name != "labels"}
            yield from (f"    {_pair(*each)}" for each in self._members(own, shown=shown))

    def _members(self, body: Mapping[str, Json], *, shown: str) -> Iterator[tuple[str, Json]]:
        """The members that say something, each under its heading."""
        headings = self._headings(body.get("types"))
        for name, value in body.items():
            back = isinstance(value, Mapping) and value.get("id") == shown
            if name not in _HEAD and value not in ([], {}, None) and not back:
                yield headings.get(name, name), value

    def _headings(self, types: Json) -> dict[str, str]:
        names = types if isinstance(types, Sequence) else ()
        known = (self._classes[name] for name in map(str, names) if name in self._classes)
        members = self._schema.members_of(known)
        return {each.name: each.labels.get(self._language, each.name) for each in members}


def _is_list_of_things(value: Json) -> bool:
    return isinstance(value, list) and any(isinstance(each, Mapping) for each in value)


def _pair(name: str, value: Json) -> str:
    return f"  {name:<{_WIDTH}} {_inline(value)}"


def _inline(value: Json) -> str:
    if isinstance(value, Mapping):
        for name in ("label", "@value"):
            if name in value:
                return str(value[name])
        return "; ".join(f"{_inline(each)} ({tag})" for tag, each in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(map(_inline, value))
    return str(value)
