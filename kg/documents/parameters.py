"""The query parameters of lists and documents, read strictly: what is not understood is refused."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from kg.errors import ParameterError
from kg.finding.conditions import Condition, read_condition, read_node
from kg.finding.cursors import Cursor
from kg.finding.requests import LIMIT_DEFAULT, LIMIT_MAX, ListRequest, Scope, Sort
from kg.rdf.iris import Iris
from kg.rdf.terms import NamedNode
from kg.schema.filters import filters_of, members_under, spelled
from kg.schema.schema import Member, Schema
from kg.schema.selection import Selection

Parameters: TypeAlias = Mapping[str, Sequence[str]]

PAGING = ("sort", "limit", "cursor", "fields", "include")
VALUE_LIMIT = 2000
VALUES_LIMIT = 100


def check(parameters: Parameters, known: Iterable[str]) -> None:
    """Raises ParameterError for a parameter that is not known or whose value no text can be."""
    names = sorted(known)
    for name, values in parameters.items():
        if name not in names:
            raise ParameterError(
                f"Unknown parameter {name[:100]!r}. Known here: {', '.join(names)}.",
                parameter=name[:100],
            )
        for value in values:
            check_value(name, value)


def check_value(name: str, value: str) -> None:
    """Raises ParameterError for a value that is too long, or no text of one line in UTF-8."""
    if len(value) > VALUE_LIMIT:
        raise ParameterError(
            f"Parameter {name[:100]!r} is longer than {VALUE_LIMIT} characters.",
            parameter=name[:100],
        )
    if "\ufffd" in value or any(unicodedata.category(each) == "Cc" for each in value):
        raise ParameterError(
            f"Parameter {name[:100]!r} holds characters that are no text.", parameter=name[:100]
        )


def once(parameters: Parameters, name: str) -> str | None:
    """The only value of a parameter, None where it is absent. Raises ParameterError for two."""
    values = parameters.get(name, ())
    if len(values) > 1:
        raise ParameterError(f"Parameter {name!r} is given {len(values)} times.", parameter=name)
    return values[0] if values else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterReader:
    """Reads requests in the terms of one schema; ``languages`` are those of labels, best first."""

    schema: Schema
    names: Iris
    languages: tuple[str, ...]

    def selection(self, class_iri: str | None, parameters: Parameters) -> Selection:
        """The members wanted of a document about a thing of a class. Raises ParameterError."""
        check(parameters, ("fields", "include", "format"))
        return Selection.read(
            members_under(self.schema, class_iri), _single(parameters), views=True
        )

    def list_request(self, scope: Scope, parameters: Parameters) -> ListRequest:
        """What is asked of a list.

        Raises ParameterError, naming the parameter, the form that it takes, and the known ones.
        """
        single = _single(parameters)
        conditions = self._conditions(scope, parameters)
        sort = self._sort(scope, single.get("sort", "id"))
        digest = _digest(scope, parameters, sort)
        cursor = Cursor.read(single["cursor"]) if "cursor" in single else None
        if cursor:
            cursor.check(digest)
        return ListRequest(
            scope=scope,
            conditions=conditions,
            contains=once(parameters, "q"),
            sort=sort,
            limit=whole_number(parameters, "limit", default=LIMIT_DEFAULT, most=LIMIT_MAX),
            cursor=cursor,
            selection=Selection.read(members_under(self.schema, scope.class_iri), single),
            digest=digest,
        )

    def thing(self, name: str, value: str) -> NamedNode:
        """The thing that a parameter's value, an id or an IRI, names. Raises ParameterError."""
        check_value(name, value)
        found = read_node(self.names, "id", value)
        if found is None:
            raise ParameterError(
                f"{name}={value[:100]!r}: expected an id such as putin, or a full IRI.",
                parameter=name,
            )
        return found

    def _conditions(self, scope: Scope, parameters: Parameters) -> tuple[Condition, ...]:
        filters = filters_of(self.schema, scope.class_iri)
        known = spelled(filters)
        found: list[Condition] = []
        for name, values in parameters.items():
            if name in {*PAGING, "format", "q"}:
                continue
            for value in values:
                check_value(name, value)
            condition = read_condition(self.schema, self.names, known, (name, values))
            if condition is None or len(values) > VALUES_LIMIT:
                names = (name for each in filters for name in each.parameters)
                check(parameters, (*names, *PAGING, "format"))
                raise ParameterError(
                    f"Parameter {name!r} is given more than {VALUES_LIMIT} times.", parameter=name
                )
            found.append(condition)
        return tuple(found)

    def _sort(self, scope: Scope, words: str) -> Sort:
        name = words.removeprefix("-")
        members = sortable(self.schema, scope.class_iri)
        if name not in {"id", "label", *members}:
            known = ", ".join(("id", "label", *sorted(members)))
            raise ParameterError(
                f"sort={words[:100]!r}: expected one of {known}, with - in front for descending.",
                parameter="sort",
            )
        return Sort(
            name=name,
            member=members.get(name),
            descending=words.startswith("-"),
            languages=self.languages if name == "label" else (),
        )


def sortable(schema: Schema, class_iri: str | None) -> dict[str, Member]:
    """The members by which a list of things of a class can be sorted: those of one value."""
    members = members_under(schema, class_iri)
    return {each.name: each for each in members if each.single and each.predicate}


def _single(parameters: Parameters) -> dict[str, str]:
    found = {name: once(parameters, name) for name in (*PAGING, "q", "format")}
    for name, value in found.items():
        check_value(name, value or "")
    return {name: value for name, value in found.items() if value is not None}


def whole_number(parameters: Parameters, name: str, *, default: int, most: int) -> int:
    """The number from 1 to ``most`` that a parameter gives. Raises ParameterError."""
    words = once(parameters, name)
    if words is None:
        return default
    if not (words.isascii() and words.isdecimal() and 1 <= int(words[:9]) <= most):
        raise ParameterError(
            f"{name}={words[:20]!r}: expected a whole number from 1 to {most}.", parameter=name
        )
    return int(words)


def _digest(scope: Scope, parameters: Parameters, sort: Sort) -> str:
    """What a list shares with its other pages: what is listed, the filters and the order."""
    free = {"cursor", "limit", "fields", "include", "format", "sort"}
    filters = sorted((name, sorted(v)) for name, v in parameters.items() if name not in free)
    order = (sort.name, sort.descending, sort.languages)
    words = json.dumps([scope.pattern, filters, order])
    return hashlib.sha256(words.encode()).hexdigest()[:16]
