"""Reading a request by the SPARQL 1.1 Protocol §2: each parameter decoded once, none ignored."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Request
from werkzeug.datastructures import ETags, MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from kg.errors import ParameterError
from kg.rdf.terms import NamedNode

QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"
FORM_TYPE = "application/x-www-form-urlencoded"
# What clients call the result format; the first that is given counts.
FORMAT_PARAMETERS = ("format", "output", "results")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryOperation:
    """A query as it was sent. ``text`` is None where there is none; ``timeout`` is in seconds."""

    text: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    timeout: float | None = None
    format: str | None = None


def read_query(request: Request) -> QueryOperation:
    """The query operation that a request asks for.

    Raises ParameterError for a repeated or unreadable parameter and UnsupportedMediaType.
    """
    parameters, text = _parameters(request)
    return QueryOperation(
        text=text if text is not None else single(parameters, "query"),
        default_graphs=graph_iris(parameters, "default-graph-uri"),
        named_graphs=graph_iris(parameters, "named-graph-uri"),
        timeout=_timeout(single(parameters, "timeout")),
        format=next((found for name in FORMAT_PARAMETERS if (found := parameters.get(name))), None),
    )


def single(parameters: MultiDict[str, str], name: str) -> str | None:
    """A parameter's value, or None. Raises ParameterError where it is given more than once."""
    values = parameters.getlist(name)
    if len(values) > 1:
        raise ParameterError(
            f"Parameter {name!r} is given {len(values)} times; once is right.", parameter=name
        )
    return values[0] if values else None


def strong_tags(tags: ETags) -> set[str]:
    """The strong tags of a header but for the empty one, for which the parser gives None."""
    return {tag for tag in tags.as_set(include_weak=False) if tag}


def body_text(request: Request) -> str:
    """The body as text. Raises ParameterError where it is not UTF-8."""
    try:
        return request.get_data().decode()
    except UnicodeDecodeError as error:
        raise ParameterError(
            f"The body is not UTF-8 (byte {error.start}).", parameter="body"
        ) from error


def check_charset(request: Request) -> None:
    """Raise UnsupportedMediaType where the Content-Type names another charset than UTF-8."""
    charset = request.mimetype_params.get("charset", "utf-8").strip('"').lower()
    if charset not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType(f"Charset {charset[:40]!r} is not read here; send UTF-8.")


def _parameters(request: Request) -> tuple[MultiDict[str, str], str | None]:
    """All parameters, and the query text where it is the whole body."""
    check_charset(request)
    if request.method in {"GET", "HEAD"}:
        return request.args, None
    if request.mimetype == QUERY_TYPE:
        _refuse_query_parameter(request.args)
        return request.args, body_text(request)
    if request.mimetype == FORM_TYPE:
        return form_parameters(request), None
    raise UnsupportedMediaType(
        f"Send a query as {QUERY_TYPE} or as a form ({FORM_TYPE}),"
        f" not as {request.mimetype or 'a body without a Content-Type'}."
    )


def form_parameters(request: Request) -> MultiDict[str, str]:
    """The parameters of a form, those of the URL too. Raises ParameterError as ``body_text``."""
    body_text(request)  # kept by the request for its form, which would replace bad bytes in silence
    return MultiDict([*request.args.items(multi=True), *request.form.items(multi=True)])


def _refuse_query_parameter(parameters: MultiDict[str, str]) -> None:
    if "query" in parameters:
        raise ParameterError(
            "The query is given twice: in the body and as a parameter.", parameter="query"
        )


def graph_iris(parameters: MultiDict[str, str], name: str) -> tuple[str, ...]:
    """The absolute IRIs that a repeatable parameter gives. Raises ParameterError for others."""
    return tuple(_iri(value, name) for value in parameters.getlist(name))


def _iri(value: str, name: str) -> str:
    try:
        return NamedNode(value).value
    except ValueError as error:
        raise ParameterError(
            f"{name}={value[:100]!r} is no absolute IRI: {error}.", parameter=name
        ) from error


def _timeout(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        seconds = float(text.removesuffix("s"))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ParameterError(
            f"timeout={text[:20]!r}: expected seconds, such as 5 or 0.5.", parameter="timeout"
        )
    return seconds
