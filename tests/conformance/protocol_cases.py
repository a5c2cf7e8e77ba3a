"""The W3C's cases for the SPARQL 1.1 Protocol as a table, after its manifest of that name.

Each has the name that the manifest gives it. Of ``query_multiple_dataset`` the manifest escapes
an ampersand too many; here its two graphs are two parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

GOOD, BAD = range(200, 400), range(400, 500)
TABLE, BOOLEAN, RDF = "table", "boolean", "rdf"

_DATA = "http://kasei.us/2009/09/sparql/data/"
DATA1, DATA2, DATA3 = (f"{_DATA}data{number}.rdf" for number in (1, 2, 3))
_DOCUMENT = "http://xmlns.com/foaf/0.1/Document"
_RESOURCE = "http://purl.org/dc/terms/BibliographicResource"
_TARGET = "http://example.org/protocol-test/"

# What the manifest has in the store before queries with a dataset: each graph types itself.
SETUP = " ".join(
    f"INSERT DATA {{ GRAPH <{graph}> {{ <{graph}> a <{_DOCUMENT}> }} }} ;"
    for graph in (DATA1, DATA2, DATA3)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A request and what is expected of its answer.

    ``form`` is the family of the answer's media type; ``value`` is what an ASK has to say.
    """

    method: str = "POST"
    parameters: tuple[tuple[str, str], ...] = ()
    content_type: str | None = None
    body: bytes | None = None
    status: range = GOOD
    form: str | None = None
    value: bool | None = None

    @property
    def target(self) -> str:
        """Path and query, the path with the slash that the manifest has."""
        pairs = (f"{name}={quote(value, safe='')}" for name, value in self.parameters)
        return f"/sparql/?{'&'.join(pairs)}" if self.parameters else "/sparql/"


def _graphs(parameter: str, *graphs: str) -> tuple[tuple[str, str], ...]:
    return tuple((parameter, graph) for graph in graphs)


def _get(*parameters: tuple[str, str], form: str = BOOLEAN, value: bool | None = True) -> Step:
    return Step(method="GET", parameters=parameters, form=form, value=value)


def _ask(text: str, *parameters: tuple[str, str]) -> Step:
    return _post(QUERY, text, *parameters, form=BOOLEAN, value=True)


def _post(
    content_type: str | None,
    text: str,
    *parameters: tuple[str, str],
    form: str | None = None,
    value: bool | None = None,
) -> Step:
    return Step(
        parameters=parameters,
        content_type=content_type,
        body=text.encode(),
        form=form,
        value=value,
    )


def _bad(
    content_type: str | None = None,
    body: str = "",
    *parameters: tuple[str, str],
    method: str = "POST",
    encoding: str = "utf-8",
) -> tuple[Step, ...]:
    return (
        Step(
            method=method,
            parameters=parameters,
            content_type=content_type,
            body=body.encode(encoding) if method != "GET" else None,
            status=BAD,
        ),
    )


_IN_DEFAULT = f"ASK {{ <{DATA1}> a ?type . <{DATA2}> a ?type }}"
_IN_NAMED = f"GRAPH ?g1 {{ <{DATA1}> a ?type }} GRAPH ?g2 {{ <{DATA2}> a ?type }}"
_D0 = ("default-graph-uri", f"{_DATA}data0.rdf")

_FILL = f"DROP ALL ; {SETUP}"
_MARK = f"INSERT {{ GRAPH <{_TARGET}> {{ ?s a <{_RESOURCE}> }} }}"
_IN_PATTERN = f"{_FILL} {_MARK} WHERE {{ ?s a <{_DOCUMENT}> }}"
_IN_GRAPHS = f"{_FILL} {_MARK} WHERE {{ GRAPH ?g {{ ?s a <{_DOCUMENT}> }} }}"
_WHERE_FROM = (
    f"{_FILL} INSERT {{ GRAPH <{_TARGET}> {{ ?s <urn:in> ?in }} }} WHERE {{"
    f" {{ GRAPH ?g {{ ?s a <{_DOCUMENT}> }} BIND(?g AS ?in) }}"
    f' UNION {{ ?s a <{_DOCUMENT}> BIND("default" AS ?in) }} }}'
)


def _marked(*graphs: str) -> Step:
    """Whether the update has found these graphs and no others."""
    triples = " ".join(f"<{graph}> a <{_RESOURCE}> ." for graph in graphs)
    others = " ".join(
        f"FILTER NOT EXISTS {{ GRAPH <{_TARGET}> {{ <{graph}> ?p ?o }} }}"
        for graph in (DATA1, DATA2, DATA3)
        if graph not in graphs
    )
    return _ask(f"ASK {{ GRAPH <{_TARGET}> {{ {triples} }} {others} }}")


PROTOCOL_CASES: dict[str, tuple[Step, ...]] = {
    "query_post_form": (_post(FORM, "query=ASK%20%7B%7D", _D0, form=BOOLEAN, value=True),),
    "query_dataset_default_graphs_get": (
        _get(("query", _IN_DEFAULT), *_graphs("default-graph-uri", DATA1, DATA2)),
    ),
    "query_dataset_default_graphs_post": (
        _ask(_IN_DEFAULT, *_graphs("default-graph-uri", DATA1, DATA2)),
    ),
    "query_dataset_named_graphs_post": (
        _ask(f"ASK {{ {_IN_NAMED} }}", *_graphs("named-graph-uri", DATA1, DATA2)),
    ),
    "query_dataset_named_graphs_get": (
        _get(("query", f"ASK {{ {_IN_NAMED} }}"), *_graphs("named-graph-uri", DATA1, DATA2)),
    ),
    "query_dataset_full": (
        _ask(
            f"ASK {{ <{DATA3}> a ?type {_IN_NAMED} }}",
            ("default-graph-uri", DATA3),
            *_graphs("named-graph-uri", DATA1, DATA2),
        ),
    ),
    "query_multiple_dataset": (
        _ask(f"ASK FROM <{DATA3}> {{ {_IN_NAMED} }}", *_graphs("named-graph-uri", DATA1, DATA2)),
    ),
    "query_get": (_get(("query", "ASK {}"), _D0),),
    "query_content_type_select": (_post(QUERY, "SELECT (1 AS ?value) {}", _D0, form=TABLE),),
    "query_content_type_ask": (_post(QUERY, "ASK {}", _D0, form=BOOLEAN),),
    "query_content_type_describe": (_post(QUERY, "DESCRIBE <http://example.org/>", _D0, form=RDF),),
    "query_content_type_construct": (
        _post(QUERY, "CONSTRUCT { <s> <p> 1 } WHERE {}", _D0, form=RDF),
    ),
    "update_dataset_default_graph": (
        _post(UPDATE, _IN_PATTERN, *_graphs("using-graph-uri", DATA1)),
        _marked(DATA1),
    ),
    "update_dataset_default_graphs": (
        _post(UPDATE, _IN_PATTERN, *_graphs("using-graph-uri", DATA1, DATA2)),
        _marked(DATA1, DATA2),
    ),
    "update_dataset_named_graphs": (
        _post(UPDATE, _IN_GRAPHS, *_graphs("using-named-graph-uri", DATA1, DATA2)),
        _marked(DATA1, DATA2),
    ),
    "update_dataset_full": (
        _post(UPDATE, _WHERE_FROM, ("using-graph-uri", DATA1), ("using-named-graph-uri", DATA2)),
        _ask(
            f'ASK {{ GRAPH <{_TARGET}> {{ <{DATA1}> <urn:in> "default" .'
            f" <{DATA2}> <urn:in> <{DATA2}> }}"
            f" FILTER NOT EXISTS {{ GRAPH <{_TARGET}> {{ <{DATA3}> ?p ?o }} }} }}"
        ),
    ),
    "update_post_form": (_post(FORM, "update=CLEAR+ALL"),),
    "update_post_direct": (_post(UPDATE, "CLEAR ALL"),),
    "update_base_uri": (
        _post(
            UPDATE,
            "CLEAR GRAPH <http://example.org/base/> ;"
            " INSERT DATA { GRAPH <http://example.org/base/> { <urn:s> <urn:p> <test> } }",
        ),
        _ask(
            "ASK { GRAPH <http://example.org/base/> { <urn:s> <urn:p> ?o }"
            " FILTER(isIRI(?o) && STRENDS(STR(?o), '/test')) }"
        ),
    ),
    "query_post_direct": (_ask("ASK {}"),),
    "bad_query_method": _bad(FORM, "", ("query", "ASK {}"), _D0, method="PUT"),
    "bad_multiple_queries": _bad(
        None, "", ("query", "ASK {}"), ("query", "SELECT * {}"), method="GET"
    ),
    "bad_query_wrong_media_type": _bad("text/plain", "ASK {}"),
    "bad_query_missing_form_type": _bad(None, "query=ASK%20%7B%7D"),
    "bad_query_missing_direct_type": _bad(None, "ASK {}"),
    "bad_query_non_utf8": _bad(f"{QUERY}; charset=UTF-16", "ASK {}", encoding="utf-16"),
    "bad_query_syntax": _bad(None, "", ("query", "ASK {"), method="GET"),
    "bad_update_get": _bad(None, "", ("update", "CLEAR ALL"), method="GET"),
    "bad_multiple_updates": _bad(FORM, "update=CLEAR%20NAMED&update=CLEAR%20DEFAULT"),
    "bad_update_wrong_media_type": _bad("text/plain", "CLEAR NAMED"),
    "bad_update_missing_form_type": _bad(None, "update=CLEAR%20NAMED"),
    "bad_update_non_utf8": _bad(f"{UPDATE}; charset=UTF-16", "CLEAR NAMED", encoding="utf-16"),
    "bad_update_syntax": _bad(FORM, "update=CLEAR%20XYZ"),
    "bad_update_dataset_conflict": _bad(
        UPDATE,
        "WITH <urn:g> DELETE { ?s <urn:p> 1 } INSERT { ?s <urn:p> 2 } WHERE { ?s <urn:p> 1 }",
        ("using-named-graph-uri", "http://example/people"),
    ),
}
