"""The query pool answers, with real processes, as the engine does."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, QueryResultsFormat, QuerySolutions, Store

from kg.errors import ParameterError, QuerySyntaxError, StoreError, UnknownFormat
from kg.rdf.formats import RESULTS_CSV, RESULTS_JSON, TURTLE
from kg.sparql.forms import Form
from kg.store.processes.workers import QueryPool
from tests.processes import resident_bytes, sample_store
from tests.queries import ASK, FLOOD, TRUE, request


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return sample_store(tmp_path_factory.mktemp("stores") / "1")


@pytest.fixture(scope="module")
def pool() -> Iterator[QueryPool]:
    with QueryPool(processes=2, memory_mib=512, queue=64) as pool:
        yield pool


def table(pool: QueryPool, folder: str, text: str) -> list[str]:
    """The words of a small result in CSV."""
    complete = pool.run(folder, request(text, media_type=RESULTS_CSV.media_type)).complete
    assert complete is not None
    return complete.decode().split()


def test_a_small_result_comes_complete(pool: QueryPool, folder: str) -> None:
    answer = pool.run(folder, request("SELECT ?o { <urn:s7> ?p ?o }"))
    expected = b'{"head":{"vars":["o"]},"results":{"bindings":[{"o":{"type":"literal","value":"7",'
    assert answer.form is Form.SELECT
    assert answer.complete is not None
    assert answer.complete.startswith(expected)
    assert b"".join(answer) == answer.complete


def test_a_result_of_many_rows_is_still_complete(pool: QueryPool, folder: str) -> None:
    text = "SELECT ?a ?b { ?a ?p ?b . ?c ?q ?d } LIMIT 9000"
    complete = pool.run(folder, request(text, media_type=RESULTS_CSV.media_type)).complete
    assert complete is not None
    assert len(complete) > 70_000
    assert complete.count(b"\n") == 9001


def test_a_large_result_comes_in_parts_and_is_what_the_engine_writes(
    pool: QueryPool, folder: str
) -> None:
    text = "SELECT * { ?a ?p ?b . ?c ?q ?d FILTER(?b < 80) }"
    answer = pool.run(folder, request(text, media_type=RESULTS_CSV.media_type))
    parts = list(answer)
    expected = Store.read_only(folder).query(text, use_default_graph_as_union=True)
    assert isinstance(expected, QuerySolutions)
    assert answer.complete is None
    assert len(parts) > 5
    whole = expected.serialize(format=QueryResultsFormat.CSV)
    assert whole is not None
    assert sorted(b"".join(parts).splitlines()) == sorted(whole.splitlines())


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("ASK {}", Form.ASK),
        ("CONSTRUCT WHERE { <urn:s1> ?p ?o }", Form.CONSTRUCT),
        ("DESCRIBE <urn:s1>", Form.DESCRIBE),
    ],
)
def test_an_answer_tells_its_form(pool: QueryPool, folder: str, text: str, form: Form) -> None:
    media_type = RESULTS_JSON if form is Form.ASK else TURTLE
    assert pool.run(folder, request(text, media_type=media_type.media_type)).form is form


@pytest.mark.parametrize(
    ("clauses", "count"),
    [
        ("", 400),
        ("FROM <urn:g1>", 133),
        ("FROM <urn:g1> FROM <urn:g2>", 266),
        ("FROM NAMED <urn:g1>", 0),
    ],
)
def test_from_says_what_is_read_and_the_union_is_read_where_nothing_does(
    pool: QueryPool, folder: str, clauses: str, count: int
) -> None:
    text = f"SELECT (COUNT(*) AS ?n) {clauses} {{ ?s ?p ?o }}"
    assert table(pool, folder, text) == ["n", str(count)]


def test_the_strict_reading_has_an_empty_default_graph(pool: QueryPool, folder: str) -> None:
    answer = pool.run(folder, request(ASK, union=False))
    assert answer.complete == b'{"head":{},"boolean":false}'


def test_the_graphs_of_the_request_override_those_of_the_query(
    pool: QueryPool, folder: str
) -> None:
    asked = request(
        "SELECT ?g (COUNT(*) AS ?n) FROM <urn:g2> FROM NAMED <urn:g2>"
        "{ { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } GROUP BY ?g ORDER BY ?g",
        media_type=RESULTS_CSV.media_type,
        default_graphs=("urn:g1", "urn:g2"),
        named_graphs=("urn:g0",),
    )
    complete = pool.run(folder, asked).complete
    assert complete is not None
    assert complete.split() == [b"g,n", b",266", b"urn:g0,134"]


def test_equal_graphs_are_equal_bytes_whichever_process_writes_them(folder: str) -> None:
    text = (
        "CONSTRUCT { ?s <http://www.w3.org/2004/02/skos/core#notation> ?o ;"
        " a <https://schema.org/Thing> } { ?s ?p ?o } LIMIT 20"
    )
    documents = set()
    for _ in range(3):
        with QueryPool(processes=1, memory_mib=256, queue=1) as pool:
            documents.add(pool.run(folder, request(text, media_type="text/turtle")).complete)
    (document,) = documents
    assert document is not None
    assert document.startswith(b"@prefix schema: <https://schema.org/> .\n@prefix skos: ")


def test_a_version_is_read_whole_whatever_was_asked_before(
    pool: QueryPool, folder: str, tmp_path: Path
) -> None:
    folders = [
        folder,
        *(sample_store(tmp_path / str(size), subjects=size) for size in (10, 20, 30)),
    ]
    for _ in range(3):
        for each, size in zip(folders, (400, 10, 20, 30), strict=True):
            text = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
            assert table(pool, each, text) == ["n", str(size)]


def test_a_small_version_needs_its_files_no_more_once_it_was_read(tmp_path: Path) -> None:
    with QueryPool(processes=1, memory_mib=256, queue=1) as alone:
        small = sample_store(tmp_path / "small", subjects=7)
        Store(small).add_graph(NamedNode("urn:empty"))
        text = "SELECT (COUNT(?g) AS ?graphs) { GRAPH ?g {} }"
        assert table(alone, small, text) == ["graphs", "4"]
        shutil.rmtree(small)
        assert table(alone, small, text) == ["graphs", "4"]


def test_a_large_version_is_read_from_its_files(pool: QueryPool, tmp_path: Path) -> None:
    large = sample_store(tmp_path / "large", subjects=30_000)
    text = "SELECT (SUM(?o) AS ?sum) { ?s ?p ?o }"
    assert table(pool, large, text) == ["sum", str(sum(range(30_000)))]


def test_a_store_that_is_not_there_yet_is_empty(pool: QueryPool) -> None:
    assert table(pool, "", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == ["n", "0"]


def test_threads_share_a_pool_without_mixing_answers(pool: QueryPool, folder: str) -> None:
    def ask(number: int) -> bool:
        text = f"SELECT ?o {{ <urn:s{number}> ?p ?o }}"
        return table(pool, folder, text) == ["o", str(number)]

    with ThreadPoolExecutor(max_workers=16) as threads:
        assert all(threads.map(ask, range(400)))


def test_a_result_that_its_form_has_not_is_refused(pool: QueryPool, folder: str) -> None:
    with pytest.raises(UnknownFormat, match="text/turtle"):
        pool.run(folder, request(ASK, media_type="text/turtle"))
    with pytest.raises(UnknownFormat, match="text/csv"):
        pool.run(folder, request("CONSTRUCT WHERE { ?s ?p ?o }", media_type="text/csv"))


def test_a_syntax_error_tells_its_place(pool: QueryPool, folder: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        pool.run(folder, request("SELECT *\nWHERE { ?s ?p }"))
    assert (caught.value.line, caught.value.column) == (2, 15)


def test_a_graph_that_is_no_iri_is_refused(pool: QueryPool, folder: str) -> None:
    asked = request(ASK, default_graphs=("not an IRI",))
    with pytest.raises(ParameterError, match="no IRI"):
        pool.run(folder, asked)


def test_a_version_that_is_not_there_is_an_error_of_the_store(
    pool: QueryPool, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        pool.run(str(tmp_path / "none"), request(ASK))


def test_a_query_process_opens_no_connection(pool: QueryPool, folder: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        service = f"<http://127.0.0.1:{listener.getsockname()[1]}/>"
        with pytest.raises(StoreError, match="Permission denied"):
            pool.run(folder, request(f"ASK {{ SERVICE {service} {{ ?s ?p ?o }} }}"))
        pool.run(folder, request(f"ASK {{ SERVICE SILENT {service} {{ ?s ?p ?o }} }}"))
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_long_result_passes_without_the_reader_growing(pool: QueryPool, folder: str) -> None:
    answer = pool.run(folder, request(f"{FLOOD} LIMIT 60000"))
    next(iter(answer))
    before = resident_bytes()
    size = sum(len(part) for part in answer)
    assert size > 15_000_000
    assert resident_bytes() - before < 8_000_000


def test_a_client_that_sends_more_is_still_there(pool: QueryPool, folder: str) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"GET /next HTTP/1.1")
        assert pool.run(folder, request(ASK), client=ours.fileno()).complete == TRUE
