"""Dumps hold the whole content, are equal where it is, and are found by VoID and DCAT."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from kg.errors import Conflict
from kg.exchange.dumping import SUMS, dump, file_names
from kg.exchange.exporting import export
from kg.exchange.void import catalog
from kg.rdf.formats import N_QUADS, RDF_FORMATS, TURTLE, by_name
from kg.rdf.namespaces import VOID
from kg.rdf.parsing import parse
from kg.rdf.terms import DefaultGraph, GraphName, Literal, NamedNode, Quad
from kg.settings import Settings
from kg.store.base import Snapshot
from kg.store.contents import graph_name
from kg.store.digests import describe_graph
from kg.store.embedded.store import EmbeddedStore
from kg.web.app import create_app
from tests.fakes import FakeSnapshot

_GRAPHS: tuple[GraphName, ...] = (
    DefaultGraph(),
    *(NamedNode(f"http://{each}.example/entities") for each in "ab"),
    NamedNode("http://c.example/Entities"),
    NamedNode("http://d.example/other"),
)


@pytest.fixture
def snapshot(built_store: Path) -> Snapshot:
    """The real graph."""
    return EmbeddedStore(built_store).snapshot()


@pytest.fixture
def client(built_store: Path, tmp_path: Path) -> Iterator[FlaskClient]:
    """The app over the real graph."""
    app = create_app(Settings(store=str(built_store), cache=tmp_path / "cache"))
    with app.test_client() as found:
        yield found


def _read(path: Path) -> list[Quad]:
    suffix = path.suffix.removeprefix(".")
    return parse(path.read_bytes(), by_name(suffix, RDF_FORMATS))


def _node(name: str) -> NamedNode:
    return NamedNode(f"http://x.example/{name}")


def _placed(quads: list[Quad], graph: GraphName) -> set[Quad]:
    return {Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads}


def _fetch(client: FlaskClient, path: str, **headers: str) -> tuple[int, Headers, bytes]:
    """The answer, read to its end and closed."""
    with client.get(path, headers=headers) as found:
        return found.status_code, found.headers, found.get_data()


def test_every_file_says_the_same_as_the_store(snapshot: Snapshot, tmp_path: Path) -> None:
    dump(snapshot, tmp_path / "out")
    out = tmp_path / "out"
    assert (out / "dataset.nq").read_bytes() == export(snapshot, N_QUADS)
    for name in ("dataset.trig", "dataset.jsonld"):
        by_graph: dict[str, list[Quad]] = {}
        for quad in _read(out / name):
            assert isinstance(quad.graph_name, NamedNode)
            by_graph.setdefault(quad.graph_name.value, []).append(quad)
        digests = {graph: describe_graph(quads).digest for graph, quads in by_graph.items()}
        assert digests == {graph: info.digest for graph, info in snapshot.info.graphs.items()}
    for graph, info in snapshot.info.graphs.items():
        name = graph.rpartition("/")[2]
        assert (out / "virtuoso" / f"{name}.nt.graph").read_text() == f"{graph}\n"
        for path in (f"virtuoso/{name}.nt", f"graphs/{name}.ttl", f"graphs/{name}.rdf"):
            placed = _placed(_read(out / path), NamedNode(graph))
            assert describe_graph(placed).digest == info.digest, path


def test_equal_content_is_equal_bytes_and_the_sums_hold(snapshot: Snapshot, tmp_path: Path) -> None:
    for name in ("one", "two"):
        dump(snapshot, tmp_path / name)
    sums = (tmp_path / "one" / SUMS).read_text()
    assert sums == (tmp_path / "two" / SUMS).read_text()
    pairs = [line.split("  ") for line in sums.splitlines()]
    listed = {name: digest for digest, name in pairs}
    files = {str(p.relative_to(tmp_path / "one")) for p in (tmp_path / "one").rglob("*.*")}
    assert set(listed) == files
    for name, digest in listed.items():
        data = (tmp_path / "one" / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
        if name.endswith(".gz"):
            assert gzip.decompress(data) == (tmp_path / "one" / name[:-3]).read_bytes()


def test_a_folder_with_something_in_it_is_left_alone(snapshot: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep")
    with pytest.raises(Conflict):
        dump(snapshot, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("graphs", "names"),
    [
        (["http://a.example/x", "http://b.example/y"], ["x", "y"]),
        (["", "http://a.example/graph/x/"], ["default", "x"]),
        (["http://a.example/x", "http://b.example/x"], ["x-{0}", "x-{1}"]),
        (["http://a.example/X", "http://b.example/x"], ["X-{0}", "x-{1}"]),
        (["", "http://a.example/default"], ["default-{0}", "default-{1}"]),
        (["http://a.example/日本", "urn:a b"], ["{0}", "{1}"]),
        ([f"http://a.example/{'x' * 101}"], ["{0}"]),
        ([f"http://a.example/x-{'0' * 32}"], [f"x-{'0' * 32}-{{0}}"]),
        ([f"http://a.example/{'0' * 32}"], [f"{'0' * 32}-{{0}}"]),
    ],
)
def test_no_two_graphs_share_a_file(graphs: list[str], names: list[str]) -> None:
    digests = [hashlib.sha256(each.encode()).hexdigest()[:32] for each in graphs]
    expected = {graph: name.format(*digests) for graph, name in zip(graphs, names, strict=True)}
    assert file_names(reversed(graphs)) == expected


def test_graphs_of_like_names_and_the_default_graph_are_written(tmp_path: Path) -> None:
    """Each to files of its own; the loader that knows no default graph gets none of it."""
    said = [Quad(_node("s"), _node("p"), Literal(str(n)), graph) for n, graph in enumerate(_GRAPHS)]
    version = FakeSnapshot(said)
    dump(version, tmp_path / "out")
    names = file_names(version.info.graphs)
    assert len(names) == len(_GRAPHS)
    for graph, info in version.info.graphs.items():
        for suffix in ("ttl", "rdf"):
            found = _read(tmp_path / "out" / "graphs" / f"{names[graph]}.{suffix}")
            assert describe_graph(_placed(found, graph_name(graph))).digest == info.digest
        loaded = tmp_path / "out" / "virtuoso" / f"{names[graph]}.nt"
        assert loaded.exists() == loaded.with_name(f"{loaded.name}.graph").exists() == bool(graph)
    whole = describe_graph(said).digest
    for name in ("dataset.nq", "dataset.trig", "dataset.jsonld"):
        assert describe_graph(_read(tmp_path / "out" / name)).digest == whole
    assert "in the default graph are in" in (tmp_path / "out" / "README.md").read_text()
    urls = [
        q.object for q in catalog(version.info, "http://x") if "downloadURL" in q.predicate.value
    ]
    for url in urls:
        assert isinstance(url, NamedNode)
        assert (tmp_path / "out" / url.value.removeprefix("http://x/dumps/1/")).is_file()


def test_every_step_of_a_dump_is_reported_to_its_end(snapshot: Snapshot, tmp_path: Path) -> None:
    seen: dict[str, list[tuple[int, int]]] = {}

    def note(step: str, /, *, done: int, total: int) -> None:
        seen.setdefault(step, []).append((done, total))

    dump(snapshot, tmp_path / "out", note)
    writing = [f"Writing dataset.{suffix}" for suffix in ("nq", "trig", "jsonld")]
    assert set(seen) == {"Writing graphs", *writing, "Sorting by graph", "Compressing", "Adding up"}
    for step, reports in seen.items():
        assert reports == sorted(reports), step
        assert reports[0][0] == 0 < reports[-1][0] == reports[-1][1], step
        assert len(reports) <= 120, step


def test_dumps_are_served_by_version_and_latest_leads_there(client: FlaskClient) -> None:
    status, headers, _ = _fetch(client, "/dumps/latest/dataset.nq.gz")
    assert (status, headers["Location"]) == (307, "/dumps/1/dataset.nq.gz")
    status, headers, packed = _fetch(client, "/dumps/1/dataset.nq.gz")
    assert (status, headers["Content-Type"]) == (200, "application/gzip")
    assert gzip.decompress(packed) == _fetch(client, "/dumps/1/dataset.nq")[2]
    tag = {"If-None-Match": headers["ETag"]}
    assert _fetch(client, "/dumps/1/dataset.nq.gz", **tag)[0] == 304
    files = {each["name"]: each for each in json.loads(_fetch(client, "/dumps/1/")[2])["files"]}
    assert "graphs/entities.ttl" in files
    assert files["dataset.nq.gz"]["size"] == len(packed)
    assert files["dataset.nq"]["mediaType"] == "application/n-quads"
    for path in ("/dumps/1/nothing.nq", "/dumps/1/../version.json", "/dumps/99/dataset.nq"):
        assert _fetch(client, path)[0] == 404


def test_files_are_served_from_a_store_named_from_the_working_folder(
    built_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As ``make serve`` does."""
    monkeypatch.chdir(tmp_path)
    settings = Settings(store=str(built_store), cache=Path("cache"))
    with create_app(settings).test_client() as client:
        assert _fetch(client, "/dumps/1/dataset.nq")[0] == 200
        assert _fetch(client, "/dumps/1/graphs/entities.ttl.gz")[0] == 200


def test_dumps_have_pages(client: FlaskClient) -> None:
    """With the versions, and for each file its size, format and digest, and a way to load it."""
    headers = {"Accept": "text/html"}
    assert 'href="/dumps/1/"' in client.get("/dumps/", headers=headers).text
    files = {each["name"]: each for each in client.get("/dumps/1/").get_json()["files"]}
    page = client.get("/dumps/1/", headers=headers).text
    for name, each in files.items():
        assert f'href="/dumps/1/{name}"' in page
        assert f'title="{each["sha256"]}"' in page
        assert f'title="{each["size"]} bytes"' in page
    assert "N-Quads (gzip)" in page
    assert "oxigraph load" in page
    assert "版1のファイル" in client.get("/dumps/1/?lang=ja", headers=headers).text


def test_what_describes_the_data_has_pages_for_browsers(client: FlaskClient) -> None:
    """Also for one that accepts nothing but HTML; programs that accept anything get Turtle."""
    headers = {"Accept": "text/html"}
    page = client.get("/void", headers=headers).text
    assert '<code>ekg:Claim</code></th><td class="number">' in page
    assert 'href="/dumps/1/"' in page
    assert "グラフの内容" in client.get("/void?lang=ja", headers=headers).text
    assert 'href="/dumps/1/dataset.nq.gz"' in client.get("/catalog", headers=headers).text
    for path in ("/void", "/catalog"):
        assert client.get(path).mimetype == TURTLE.media_type
        assert client.get(path, headers={"Accept": "image/png"}).status_code == 406


def test_void_counts_what_is_there(client: FlaskClient, snapshot: Snapshot) -> None:
    assert client.get("/.well-known/void").headers["Location"] == "/void"
    found = client.get("/void?format=nt")
    quads = parse(found.data, by_name("nt", RDF_FORMATS))
    triples = [q.object for q in quads if q.predicate.value == f"{VOID}triples"]
    assert str(snapshot.info.triples) in {getattr(each, "value", None) for each in triples}
    classes = {q.object for q in quads if q.predicate.value == f"{VOID}class"}
    assert NamedNode("https://w3id.org/editorial-kg/ontology#Claim") in classes


def test_the_catalog_names_files_that_are_there(client: FlaskClient) -> None:
    quads = parse(client.get("/catalog?format=nt").data, by_name("nt", RDF_FORMATS))
    urls = [q.object for q in quads if q.predicate.value.endswith("#downloadURL")]
    assert len(urls) > 10
    for url in urls:
        assert isinstance(url, NamedNode)
        assert _fetch(client, url.value.removeprefix("http://localhost"))[0] == 200, url


@pytest.mark.parametrize("path", ["/void", "/catalog"])
def test_what_describes_the_data_names_the_host_that_was_asked(
    client: FlaskClient, path: str
) -> None:
    hosts = ("a.example", "b.example", "a.example")
    said = [client.get(path, headers={"Host": host}).text for host in hosts]
    assert all(f"http://{host}/sparql" in text for host, text in zip(hosts, said, strict=True))
    assert said[0] == said[2]
    assert said[0].replace("a.example", "b.example") == said[1]
