"""The past over HTTP: versions, their differences, ``?version=``, and Memento (RFC 7089)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.http import http_date, parse_date

from kg.store.base import VersionInfo, Versions
from kg.web.app import create_app
from tests.fakes import START, FakeStore
from tests.writers import Writer, plain, writer

GRAPH = "/data?graph=urn:g"
QUERY = "SELECT ?o { GRAPH ?g { ?s ?p ?o } }"
RDF_PATCH = "application/rdf-patch"


@pytest.fixture(scope="module")
def anna(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    """A writer to a store with versions 1 to 3, in which a graph says 1 to 3."""
    with writer(plain(tmp_path_factory.mktemp("versions"))) as found:
        for number in (1, 2, 3):
            found.put(GRAPH, f"<urn:a> <urn:b> {number} .")
        yield found


def value(text: str) -> str:
    """The value in the one N-Triples line of a graph."""
    return text.split('"')[1]


def test_versions_are_listed_newest_first_and_described(anna: Writer) -> None:
    items = anna.client.get("/versions").json["items"]
    assert [each["number"] for each in items] == [3, 2, 1, 0]
    assert [each["number"] for each in anna.client.get("/versions?before=2").json["items"]] == [
        1,
        0,
    ]
    one = anna.client.get("/versions/1")
    assert one.json["graphs"]["urn:g"]["triples"] == 1
    assert one.json["digest"] == anna.store.snapshot(1).info.digest
    assert "immutable" in one.headers["Cache-Control"]
    tag = {"If-None-Match": one.headers["ETag"]}
    assert anna.client.get("/versions/1", headers=tag).status_code == 304
    for path in ("/versions/9", "/versions/x", "/versions/1..9", "/versions/1..", "/versions/-1"):
        assert anna.client.get(path).status_code == 404, path


@pytest.mark.parametrize("path", ["/versions", "/timemap/sparql", "/health", "/metrics"])
def test_what_is_of_no_version_is_not_kept_for_one(anna: Writer, path: str) -> None:
    response = anna.client.get(f"{path}?version=1")
    assert response.status_code == 200
    assert "immutable" not in response.headers.get("Cache-Control", "")


def test_a_difference_is_an_rdf_patch_or_json(anna: Writer) -> None:
    response = anna.client.get("/versions/1..3")
    assert response.mimetype == RDF_PATCH
    rows = [line for line in response.text.splitlines() if line[:2] in {"A ", "D "}]
    assert [row[0] for row in rows] == ["D", "A"]
    assert value(rows[0]) == "1"
    found = anna.client.get("/versions/3..1", headers={"Accept": "application/json"}).json
    assert (len(found["removed"]), value(found["added"][0])) == (1, "1")
    refused = anna.client.get("/versions/1..3", headers={"Accept": "image/png"})
    assert refused.status_code == 406


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_read_route_can_be_asked_as_of_a_version(anna: Writer, number: int) -> None:
    graph = anna.client.get(
        f"{GRAPH}&version={number}", headers={"Accept": "application/n-triples"}
    )
    assert value(graph.text) == str(number)
    assert "immutable" in graph.headers["Cache-Control"]
    answer = anna.client.get("/sparql", query_string={"query": QUERY, "version": number})
    assert answer.json["results"]["bindings"][0]["o"]["value"] == str(number)
    assert anna.client.get(f"/?version={number}").json["version"]["number"] == number


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?version=9", 404),
        ("/?version=x", 400),
        ("/?version=1&version=2", 400),
        ("/?version=", 400),
    ],
)
def test_a_version_that_is_none_is_refused(anna: Writer, path: str, status: int) -> None:
    assert anna.client.get(path).status_code == status


@pytest.mark.parametrize(
    ("query", "parameter"), [("from=1", "to"), ("to=2", "from"), ("from=x&to=2", "from")]
)
def test_a_difference_is_between_two_versions(anna: Writer, query: str, parameter: str) -> None:
    answer = anna.client.get(f"/versions?{query}")
    assert (answer.status_code, answer.json["parameter"]) == (400, parameter)


def test_a_redirect_of_a_version_stays_in_it(anna: Writer) -> None:
    moved = anna.client.get("/versions?from=1&to=3")
    assert (moved.status_code, moved.location) == (303, "/versions/1..3")
    moved = anna.client.get("/dumps/latest/?version=2")
    assert moved.location == "/dumps/2/?version=2"


def test_a_resource_is_its_own_timegate(anna: Writer) -> None:
    now = anna.client.get(GRAPH)
    assert "Accept-Datetime" in now.headers["Vary"]
    assert "Memento-Datetime" not in now.headers
    links = ", ".join(now.headers.getlist("Link"))
    assert '</data?graph=urn%3Ag>; rel="original timegate"' in links
    assert '</timemap/data?graph=urn%3Ag>; rel="timemap"' in links
    last = anna.live
    cases = {http_date(last.time + timedelta(days=1)): 3, "Sat, 01 Jan 2000 00:00:00 GMT": 0}
    for wanted, number in cases.items():
        found = anna.client.get(GRAPH, headers={"Accept-Datetime": wanted})
        assert found.status_code == 302
        assert found.headers["Location"] == f"/data?graph=urn%3Ag&version={number}"
        assert "Accept-Datetime" in found.headers["Vary"]
    memento = anna.client.get("/data?graph=urn%3Ag&version=3")
    assert parse_date(memento.headers["Memento-Datetime"]) == last.time.replace(microsecond=0)
    bad = anna.client.get(GRAPH, headers={"Accept-Datetime": "yesterday"})
    assert (bad.status_code, bad.json["parameter"]) == (400, "Accept-Datetime")


def test_a_time_map_leads_to_every_version(anna: Writer) -> None:
    response = anna.client.get("/timemap/data?graph=urn:g")
    assert response.mimetype == "application/link-format"
    lines = response.text.strip().split(",\n")
    assert lines[0] == '<http://localhost/data?graph=urn%3Ag>; rel="original timegate"'
    assert 'rel="first memento"' in lines[2]
    assert 'rel="last memento"' in lines[-1]
    assert len(lines) == 2 + 4
    url = lines[-1].partition(">")[0].removeprefix("<http://localhost")
    assert anna.client.get(url).status_code == 200
    assert anna.client.get("/timemap/no/such/thing").status_code == 404


class ManyVersions(FakeStore):
    """A store with 250 versions, which notes what is read of them."""

    def __init__(self) -> None:
        super().__init__([])
        for _ in range(249):
            self.publish([])
        self.read: list[int] = []

    def versions(self) -> Versions:
        """The versions, each reading noted."""
        known = super().versions()
        return Versions(known.numbers, lambda number: self._noted(known.below(number + 1)[0]))

    def _noted(self, info: VersionInfo) -> VersionInfo:
        self.read.append(info.number)
        return info


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ManyVersions, Any]]:
    """A store with many versions, and a client of its app."""
    store = ManyVersions()
    app = create_app(plain(tmp_path_factory.mktemp("many")), store)
    yield store, app.test_client()
    app.extensions["kg"].querying.close()


def test_a_page_of_versions_reads_no_others(many: tuple[ManyVersions, Any]) -> None:
    store, client = many
    store.read.clear()
    sizes, url = [], "/versions"
    while url:
        page = client.get(url).json
        sizes.append(len(page["items"]))
        assert len(store.read) == sum(sizes)
        url = page["next"]
    assert sizes == [100, 100, 50]


def test_a_time_map_leads_to_those_of_older_versions(many: tuple[ManyVersions, Any]) -> None:
    store, client = many
    found: list[str] = []
    url = "/timemap/data?graph=urn:g"
    while url:
        store.read.clear()
        lines = client.get(url).text.strip().split(",\n")
        assert len(store.read) <= 102, "a page, and the ends of the older ones"
        mementos = [line for line in lines if 'memento"' in line]
        found = mementos + found
        assert "&before=" not in lines[0]
        url = next((place(line) for line in lines if 'rel="timemap"' in line), "")
    assert [place(line).rpartition("=")[2] for line in found] == [str(n) for n in range(1, 251)]
    assert ['rel="first' in found[0], 'rel="last' in found[-1]] == [True, True]
    assert client.get("/timemap/data?graph=urn:g&before=1").status_code == 404
    assert client.get("/timemap/data?graph=urn:g&before=x").status_code == 400


def test_a_time_is_found_among_many_versions_by_reading_few(
    many: tuple[ManyVersions, Any],
) -> None:
    store, client = many
    store.read.clear()
    headers = {"Accept-Datetime": http_date(START + timedelta(days=77.5))}
    response = client.get("/data?graph=urn:g", headers=headers)
    assert response.headers["Location"].endswith("version=77")
    assert len(store.read) <= 10


def place(link: str) -> str:
    """The path and query of a link of a TimeMap."""
    return link.partition(">")[0].removeprefix("<http://localhost")


def test_a_patch_leads_back_and_only_from_where_it_was_made(tmp_path: Path) -> None:
    with writer(plain(tmp_path)) as ben:
        ben.put(GRAPH, "<urn:a> <urn:b> 1 .")
        digest = ben.live.digest
        ben.put("/data?graph=urn:h", "<urn:a> <urn:b> 2 .")
        back = ben.client.get("/versions/2..1").data
        assert ben.send("PATCH", "/data", back, content_type=RDF_PATCH).status_code == 204
        assert ben.live.digest == digest
        assert ben.send("PATCH", "/data", back, content_type=RDF_PATCH).status_code == 412
        broken = ben.send("PATCH", "/data", b"TX .\nA <urn:a> .\nTC .", content_type=RDF_PATCH)
        assert (broken.status_code, broken.json["line"]) == (400, 2)
        assert ben.live.digest == digest
