"""The Python client shows the same over HTTP and over a store of this machine."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

import kg
from kg import connect, errors
from kg.client.graph import Graph, Listing, Thing
from kg.client.problems import error_of
from kg.client.tables import Table
from kg.client.transports import Call, Reply, WsgiTransport
from kg.rdf.iris import Iris
from kg.rdf.namespaces import XSD
from kg.settings import Settings
from kg.sources import Sources
from kg.store.embedded.store import EmbeddedStore
from kg.web.app import create_app


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the source files' graphs."""
    path = tmp_path_factory.mktemp("client") / "store"
    settings = Settings()
    with EmbeddedStore(path).begin(author="test", message="Fill") as change:
        for name, quads in Sources.read(settings).graphs.items():
            change.replace(Iris(settings.namespace).graph(name), quads)
        change.publish()
    return path


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture(scope="module", params=["local", "http", "prefix"])
def graph(request: pytest.FixtureRequest, folder: Path) -> Iterator[Graph]:
    """The graph by each way to it."""
    if request.param == "local":
        with connect(str(folder)) as local:
            yield local
        return
    prefix = "/kg" if request.param == "prefix" else ""
    app = create_app(Settings(store=str(folder)))
    with make_server("127.0.0.1", 0, _mounted(app, prefix), handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield connect(f"http://127.0.0.1:{server.server_port}{prefix}")
        server.shutdown()
        thread.join()
    app.extensions["kg"].querying.close()


def _mounted(app: Callable[..., Any], prefix: str) -> Callable[..., Any]:
    def mounted(environ: dict[str, Any], start: Any) -> Any:
        environ["SCRIPT_NAME"] = prefix
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(prefix)
        return app(environ, start)

    return mounted


def test_a_thing_has_what_points_to_it(graph: Graph) -> None:
    statements = graph.actors["putin"].statements
    assert statements
    assert {each.accordingTo.label for each in statements} == {"Vladimir Putin"}


def test_a_linked_thing_fetches_the_rest_when_it_is_asked_for(graph: Graph) -> None:
    (status, *_) = (each.status for each in graph.actors["putin"].statements)
    assert isinstance(status, Thing)
    assert "types" not in status.to_dict()
    assert status.types == ["Concept"]


def test_members_can_be_written_with_underscores(graph: Graph) -> None:
    putin = graph.actors["putin"]
    assert putin.norm_stances == putin.normStances
    assert list(graph.norm_stances) == list(graph.collection("norm-stances"))


def test_a_list_is_walked_page_by_page(graph: Graph) -> None:
    passages = graph.passages.where(limit=7)
    found = list(passages)
    assert len(found) == len(passages) == len(set(found)) == 24


def test_a_list_can_be_cut_down(graph: Graph) -> None:
    assert {each.id for each in graph.actors.where(type="Person")} == {"putin", "trump"}
    assert "putin" not in {each.id for each in graph.actors.where(not_type="Person")}


def test_a_thing_asked_for_in_another_collection_is_found_in_its_own(graph: Graph) -> None:
    assert graph.actors["nato"] == graph.institutions["nato"]


def test_a_filter_whose_name_python_keeps_for_itself_ends_in_an_underscore(graph: Graph) -> None:
    assert len(graph.events.where(from_="2025-08-15", to="2025-08-15")) > 0


def test_a_collection_knows_what_it_holds_and_takes_ids_only(graph: Graph) -> None:
    assert "putin" in graph.actors
    assert graph.actors["putin"] in graph.actors
    assert "nobody" not in graph.actors
    assert "" not in graph.actors
    with pytest.raises(TypeError, match="its id"):
        _ = graph.actors[0]  # type: ignore[index]


def test_collections_and_members_can_be_completed(graph: Graph) -> None:
    assert {"actors", "norm_stances", "query"} <= set(dir(graph))
    assert {"label", "get"} <= set(dir(graph.actors["putin"]))
    assert "actors" in repr(graph)


def test_an_id_within_an_article_is_an_id(graph: Graph) -> None:
    assert graph.passages["yomiuri-2025-08-17/p6s1"].paragraph == 6


def test_a_query_gives_rows_of_python_values(graph: Graph) -> None:
    table = graph.query(
        "PREFIX ekg: <https://w3id.org/editorial-kg/ontology#>"
        " SELECT ?n ?nothing { <https://w3id.org/editorial-kg/id/yomiuri-2025-08-17>"
        " ekg:textLength ?n OPTIONAL { ?n a ?nothing } }"
    )
    assert not isinstance(table, bool | str)
    assert list(table) == [{"n": 2969, "nothing": None}]
    assert table.columns == ("n", "nothing")


def test_a_query_may_ask_for_a_boolean_or_for_triples(graph: Graph) -> None:
    assert graph.query("ASK { ?s ?p ?o }") is True
    construct = graph.query("CONSTRUCT WHERE { ?s a ?class } LIMIT 1")
    assert isinstance(construct, str)
    assert " a " in construct


def test_search_finds_things_with_their_score(graph: Graph) -> None:
    (best, *_) = graph.search("Vladimir Putin")
    assert (best.id, best.score) == ("putin", 1.0)
    assert graph.thing("https://w3id.org/editorial-kg/id/putin") == best


def test_errors_are_those_of_the_other_side(graph: Graph) -> None:
    with pytest.raises(errors.NotFound, match="nobody"):
        graph.actors["nobody"]
    with pytest.raises(errors.ParameterError, match="colour") as caught:
        list(graph.actors.where(colour="red"))
    assert caught.value.parameter == "colour"
    with pytest.raises(errors.QuerySyntaxError) as wrong:
        graph.query("SELECT * {")
    assert wrong.value.line == 1


def test_what_there_is_not_is_an_attribute_error_that_names_what_there_is(graph: Graph) -> None:
    with pytest.raises(AttributeError, match="actors"):
        _ = graph.planets
    with pytest.raises(AttributeError, match="labels"):
        _ = graph.actors["putin"].colour
    assert graph.actors["putin"].get("colour", "none") == "none"


def test_what_the_graph_does_not_know_is_not_found_by_an_iri(graph: Graph) -> None:
    with pytest.raises(errors.NotFound, match="urn:nobody"):
        graph.thing("urn:nobody")


def test_all_that_is_shown_in_a_notebook_says_what_it_is(graph: Graph) -> None:
    assert repr(graph.actors["putin"]) == "<Person putin: Vladimir Putin>"
    assert repr(graph.actors.where(type="Person")) == "<Listing /actors {'type': 'Person'}>"
    assert repr(Table(["n"], [{"n": 1}])) == "<Table of 1 rows: n>"
    for each in (graph, graph.actors["putin"]):  # which would else be fetched as members
        assert not hasattr(each, "__array__")


@pytest.mark.parametrize(
    ("text", "datatype", "value"),
    [
        ("1.50", "decimal", 1.5),
        ("1e3", "double", 1000.0),
        ("2025-08-17", "date", date(2025, 8, 17)),
        ("1", "boolean", True),
        ("false", "boolean", False),
        ("seven", "integer", "seven"),
        ("2025-13-01", "date", "2025-13-01"),
        ("PT1H", "duration", "PT1H"),
    ],
)
def test_a_value_is_what_python_has_for_its_datatype(
    text: str, datatype: str, value: object
) -> None:
    term = {"type": "literal", "value": text, "datatype": XSD + datatype}
    document = {"head": {"vars": ["x"]}, "results": {"bindings": [{"x": term}]}}
    assert Table.read(document)[0] == {"x": value}


def test_a_document_that_has_not_changed_is_not_sent_again() -> None:
    sent: list[str | None] = []

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        sent.append(environ.get("HTTP_IF_NONE_MATCH"))
        known = sent[-1] == '"1"'
        start("304 Not Modified" if known else "200 OK", [("ETag", '"1"')])
        return [] if known else [b'{"n": 1}']

    graph = Graph(WsgiTransport(app, lambda: None))
    assert [graph.fetch("/x"), graph.fetch("/x")] == [{"n": 1}, {"n": 1}]
    assert sent == [None, '"1"']


def test_few_documents_are_kept() -> None:
    sent: list[str | None] = []

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        sent.append(environ.get("HTTP_IF_NONE_MATCH"))
        start("200 OK", [("ETag", '"1"')])
        return [b"{}"]

    graph = Graph(WsgiTransport(app, lambda: None))
    for number in (*range(300), 0):
        graph.fetch(f"/{number}")
    assert sent[-1] is None
    graph.fetch("/299")
    assert sent[-1] == '"1"'


def test_a_server_that_is_busy_says_when_to_come_again() -> None:
    problem = b'{"type": "https://x/problem/busy", "detail": "wait"}'
    head = {"content-type": "application/problem+json"}
    for after, seconds in (("7", 7), ("soon", 1)):
        error = error_of(Reply(503, {**head, "retry-after": after}, problem))
        assert isinstance(error, errors.Busy)
        assert (str(error), error.retry_after) == ("wait", seconds)
    broken = error_of(Reply(503, head, b"{"))
    assert (type(broken), str(broken)) == (errors.QueryInterrupted, "HTTP status 503.")


def test_what_a_document_cuts_short_goes_on_as_a_list() -> None:
    asked: list[str] = []

    class Fake:
        def send(self, call: Call) -> Reply:
            asked.append(call.target)
            item = b'{"id": "a", "iri": "x:a", "type": "T", "label": "A", "url": null}'
            return Reply(200, {}, b'{"items": [' + item + b'], "count": 1, "next": null}')

        def close(self) -> None:
            """Nothing is open."""

    body = {"id": "t", "iri": "x:t", "claims": [], "more": {"claims": "/actors/t/claims"}}
    claims = Thing(Graph(Fake()), body).claims
    assert isinstance(claims, Listing)
    assert [each.id for each in claims] == ["a"]
    assert asked == ["/actors/t/claims"]


@pytest.mark.parametrize(
    ("status", "kind"), [(404, errors.NotFound), (418, errors.InputError), (502, errors.StoreError)]
)
def test_an_error_that_is_no_problem_document_goes_by_its_status(
    status: int, kind: type[errors.KgError]
) -> None:
    assert type(error_of(Reply(status, {"content-type": "text/html"}, b"<html>"))) is kind


def test_a_table_becomes_a_dataframe(monkeypatch: pytest.MonkeyPatch, graph: Graph) -> None:
    made: list[tuple[Any, Any]] = []
    frames = SimpleNamespace(DataFrame=lambda rows, columns: made.append((rows, columns)))
    monkeypatch.setitem(sys.modules, "pandas", frames)
    table = graph.query("SELECT (1 AS ?n) {}")
    assert not isinstance(table, bool | str)
    table.to_dataframe()
    assert made == [([{"n": 1}], ["n"])]


def test_without_pandas_the_error_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, graph: Graph
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    table = graph.query("SELECT (1 AS ?n) {}")
    assert not isinstance(table, bool | str)
    with pytest.raises(errors.InputError, match=r"editorial-kg\[pandas\]"):
        table.to_dataframe()


def test_a_service_that_is_not_there_is_a_store_error() -> None:
    with pytest.raises(errors.StoreError, match="cannot be reached"):
        connect("http://127.0.0.1:9", timeout=1).collections  # noqa: B018


def test_a_folder_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(errors.NotFound):
        connect(str(tmp_path / "none"))


def test_the_package_exports_what_it_says_in_order() -> None:
    assert kg.__all__ == sorted(kg.__all__)
    assert all(getattr(kg, name) for name in kg.__all__)


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, kg; print([m for m in sys.modules if m.split('.')[0] in"
    code += " {'flask', 'pyoxigraph', 'pyshacl', 'rdflib'}])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
