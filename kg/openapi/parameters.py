"""Query parameters as OpenAPI has them: filters of lists, paging, and what fixed routes take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.documents.description import Json
from kg.documents.listing import LIMIT_DEFAULT, LIMIT_MAX
from kg.documents.parameters import VALUE_LIMIT, VALUES_LIMIT, sortable
from kg.rdf.formats import Format
from kg.schema.filters import PERIOD, Filter, Kind, filters_of, members_under
from kg.schema.schema import Schema
from kg.schema.selection import HEAD

Parameter = dict[str, Json]

_SLUG = "[a-z0-9]+(-[a-z0-9]+)*"
ID_PATTERN = f"^{_SLUG}(/{_SLUG})?$"
_THING_PATTERN = f"^({_SLUG}(/{_SLUG})?|https?://[a-z0-9./#_-]+)$"
_DAY_PATTERN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MOST = 10**18 - 1  # 18 digits are read
NUMBER: Json = {"type": "integer", "minimum": 0, "maximum": 10**9 - 1}  # of a version


def query(
    name: str, schema: Json, description: str, *, example: Json = None, required: bool = False
) -> Parameter:
    """A query parameter."""
    found: Parameter = {
        "name": name,
        "in": "query",
        "description": description,
        "required": required,
        "schema": schema,
    }
    return found if example is None else {**found, "example": example}


def header(name: str, description: str) -> Parameter:
    """A request header."""
    return {
        "name": name,
        "in": "header",
        "description": description,
        "required": False,
        "schema": {"type": "string"},
    }


def path_parameter(name: str, schema: Json, description: str, *, example: Json = None) -> Parameter:
    """What varies in a path."""
    found = query(name, schema, description, example=example, required=True)
    return {**found, "in": "path"}


def shared_parameters(languages: Iterable[str]) -> list[Parameter]:
    """What every operation takes, ``lang``, and what every read of a version, ``version``."""
    names: list[Json] = [*languages]
    tongue: Json = {"type": "string", "enum": names}
    return [
        query("lang", tongue, "The language, rather than by Accept-Language."),
        query("version", NUMBER, "The number of the version to read, rather than the current one."),
    ]


def path_id(example: str | None) -> Parameter:
    """The id of a thing in a URL; the slash in an id may be written as it is."""
    schema: Json = {"type": "string", "pattern": ID_PATTERN, "maxLength": 200}
    text = "The thing's id, such as putin or yomiuri-2025-08-17/p6s1."
    return path_parameter("id", schema, text, example=example)


def format_parameter(offered: Sequence[Format]) -> Parameter:
    """The parameter that beats the Accept header."""
    names = ", ".join(each.name for each in offered)
    text = f"The format, rather than by Accept: {names}; or a media type or suffix of these."
    return query("format", {"type": "string"}, text)


def selection_parameters(schema: Schema, class_iri: str | None, *, views: bool) -> list[Parameter]:
    """``fields`` and ``include`` of a list, or of a document if ``views``."""
    members = members_under(schema, class_iri)
    fields = {*HEAD, "types", *(each.name for each in members)}
    linking = {each.name for each in members if not each.datatype and (views or not each.view)}
    texts = {
        "fields": "The members wanted, all others left out.",
        "include": "Members whose linked things are shown whole.",
    }
    return [
        {**query(name, _names(known), texts[name]), "style": "form", "explode": False}
        for name, known in (("fields", fields), ("include", linking))
        if known
    ]


def list_parameters(schema: Schema, class_iri: str | None) -> list[Parameter]:
    """All parameters of a list of things of a class, but for the format."""
    orders = ["id", "label", *sorted(sortable(schema, class_iri))]
    spelled: list[Json] = [f"{sign}{name}" for name in orders for sign in ("", "-")]
    return [
        *all_filter_parameters(schema, class_iri),
        query("sort", {"type": "string", "enum": spelled}, "The order; - means descending."),
        limit_parameter(LIMIT_DEFAULT, LIMIT_MAX),
        cursor_parameter(),
        *selection_parameters(schema, class_iri, views=False),
    ]


def all_filter_parameters(schema: Schema, class_iri: str | None) -> list[Parameter]:
    """The parameters by which a list of things of a class is filtered."""
    return [
        parameter
        for each in filters_of(schema, class_iri)
        for parameter in _filter_parameters(schema, class_iri, each)
    ]


def limit_parameter(default: int, most: int) -> Parameter:
    """How many things a page has."""
    schema: Json = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return query("limit", schema, "How many things a page has at most.")


def cursor_parameter() -> Parameter:
    """Where a list goes on; clients follow ``next`` and never make one."""
    text = "Where the list goes on: opaque, from an answer's next or prev. It pins the version."
    return query("cursor", {"type": "string"}, text)


def thing_schema() -> Json:
    """An id or IRI."""
    return {"type": "string", "pattern": _THING_PATTERN, "maxLength": 200}


def _names(known: Iterable[str]) -> Json:
    names: list[Json] = [*sorted(known)]
    return {"type": "array", "items": {"type": "string", "enum": names}, "minItems": 1}


def _filter_parameters(schema: Schema, class_iri: str | None, known: Filter) -> list[Parameter]:
    text = known.descriptions.get("en") or known.labels.get("en", known.name)
    value = _value_schema(schema, class_iri, known)
    if known.name == "q":
        text = f"{text} Just so: /search is what ranks, and forgives slips of the pen."
    if not known.repeatable:
        return [query(known.name, value, text, example=known.example)]
    several: Json = {"type": "array", "items": value, "minItems": 1, "maxItems": VALUES_LIMIT}
    return [
        query(
            name,
            value if operator.sign else several,
            f"{text} {operator.text}; {known.form}.",
            example=known.example if operator.sign else [known.example],
        )
        for name, operator in zip(known.parameters, known.operators, strict=True)
    ]


def _value_schema(schema: Schema, class_iri: str | None, known: Filter) -> Json:
    if known.kind is Kind.DATE or known.name in PERIOD:
        return {"type": "string", "format": "date", "pattern": _DAY_PATTERN}
    if known.kind is Kind.NUMBER:
        return {"type": "number", "minimum": -_MOST, "maximum": _MOST}
    if known.kind is Kind.TEXT:
        return {"type": "string", "maxLength": VALUE_LIMIT}
    if known.kind is Kind.CLASS:
        return _class_schema(schema, class_iri, known)
    return thing_schema()


def _class_schema(schema: Schema, class_iri: str | None, known: Filter) -> Json:
    iris = schema.subclasses(class_iri) if class_iri else tuple(schema.classes)
    names: list[Json] = [*sorted(schema.class_name(iri) for iri in iris)]
    named: Json = {"type": "string", "enum": names}
    return {"anyOf": [named, thing_schema()]} if known.members else named
