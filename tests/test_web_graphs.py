"""The Graph Store protocol: each operation, each refusal, and what the store holds after it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from kg.rdf.formats import RDF_FORMATS, Format
from tests.engines import Engine
from tests.writers import TURTLE, UPDATE, Writer, plain, writer

GRAPH = "/data?graph=urn:g"
ONE, TWO = "<urn:a> <urn:b> 1 .", "<urn:a> <urn:b> 2 ."
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
TRIPLE_ONE, TRIPLE_TWO = (f'<urn:a> <urn:b> "{n}"^^<{INTEGER}> .' for n in (1, 2))


@pytest.fixture
def anna(engine: Engine, tmp_path: Path) -> Iterator[Writer]:
    given = replace(plain(tmp_path), body_limit=1)
    with engine.holding((), given) as settings, writer(settings) as found:
        yield found


def test_put_creates_with_201_and_location_and_replaces_with_204(anna: Writer) -> None:
    created = anna.put(GRAPH, ONE)
    assert (created.status_code, created.headers["Location"]) == (201, "/data?graph=urn%3Ag")
    assert anna.triples(created.headers["Location"]) == {TRIPLE_ONE}
    assert anna.put(GRAPH, TWO).status_code == 204
    assert anna.triples(GRAPH) == {TRIPLE_TWO}


def test_post_adds_and_keeps_blank_nodes_of_two_documents_apart(anna: Writer) -> None:
    anna.put(GRAPH, "_:x <urn:b> 1 .")
    added = anna.send("POST", GRAPH, "_:x <urn:b> 1 .", content_type=TURTLE)
    assert added.status_code == 204
    assert len(anna.triples(GRAPH)) == 2


def test_post_without_a_graph_makes_one_that_is_found_at_its_location(anna: Writer) -> None:
    created = anna.send("POST", "/data", ONE, content_type=TURTLE)
    assert created.status_code == 201
    place = created.headers["Location"]
    assert anna.triples(place) == {TRIPLE_ONE}
    assert place in anna.live.graphs
    assert anna.triples(f"/data?graph={place}") == {TRIPLE_ONE}


def test_direct_and_indirect_names_mean_the_same_graph(anna: Writer) -> None:
    anna.put("/data/person/1.ttl", ONE)
    assert anna.triples("/data?graph=http://localhost/data/person/1.ttl") == {TRIPLE_ONE}
    anna.put("/graph/notes", TWO)
    assert anna.triples("/data?graph=https://w3id.org/editorial-kg/graph/notes") == {TRIPLE_TWO}


@pytest.mark.own_engine("keeps the default graph apart")
def test_the_default_graph_is_always_there(anna: Writer) -> None:
    assert anna.client.get("/data?default").status_code == 200
    assert anna.put("/data?default", ONE).status_code == 204
    assert anna.triples("/data?graph=default") == {TRIPLE_ONE}
    assert anna.send("DELETE", "/data?default").status_code == 204
    assert anna.triples("/data?default") == set()


def test_delete_removes_the_graph_and_then_finds_none(anna: Writer) -> None:
    anna.put(GRAPH, ONE)
    assert anna.send("DELETE", GRAPH).status_code == 204
    assert "urn:g" not in anna.live.graphs
    assert anna.client.get(GRAPH).status_code == 404
    assert anna.client.head(GRAPH).status_code == 404
    assert anna.send("DELETE", GRAPH).status_code == 404


def test_patch_changes_its_graph_and_sees_no_other(anna: Writer) -> None:
    anna.put(GRAPH, ONE)
    anna.put("/data?graph=urn:beside", TWO)
    text = "DELETE { ?s ?p ?o } INSERT { ?s <urn:was> ?o } WHERE { ?s ?p ?o }"
    assert anna.send("PATCH", GRAPH, text, content_type=UPDATE).status_code == 204
    assert anna.triples(GRAPH) == {f'<urn:a> <urn:was> "1"^^<{INTEGER}> .'}
    assert anna.triples("/data?graph=urn:beside") == {TRIPLE_TWO}
    beyond = "INSERT DATA { GRAPH <urn:h> { <urn:a> <urn:b> 3 } }"
    assert anna.send("PATCH", GRAPH, beyond, content_type=UPDATE).status_code == 400
    assert anna.send("PATCH", "/data?graph=urn:no", text, content_type=UPDATE).status_code == 404
    assert set(anna.live.graphs) == {"urn:beside", "urn:g"}


def test_an_empty_graph_is_kept_where_there_are_no_shapes(anna: Writer) -> None:
    assert anna.put(GRAPH, "").status_code == 201
    response = anna.client.get(GRAPH)
    assert (response.status_code, response.text.strip()) == (200, "")


@pytest.mark.parametrize("rdf_format", RDF_FORMATS, ids=lambda each: each.name)
def test_every_format_goes_out_and_comes_back_as_the_same_graph(
    anna: Writer, rdf_format: Format
) -> None:
    anna.put(GRAPH, '<urn:a> <urn:b> 1 , "x"@en , [ <urn:c> <urn:d> ] .')
    digest = anna.live.graphs["urn:g"].digest
    sent = anna.client.get(GRAPH, headers={"Accept": rdf_format.media_type})
    assert sent.mimetype == rdf_format.media_type
    anna.send("DELETE", GRAPH)
    back = anna.send("PUT", GRAPH, sent.data, content_type=rdf_format.media_type)
    assert back.status_code == 201
    assert anna.live.graphs["urn:g"].digest == digest


def test_a_form_brings_several_files(anna: Writer) -> None:
    disposition = 'Content-Disposition: form-data; name="file"; filename='
    turtle = f'{disposition}"a.ttl"\r\nContent-Type: text/turtle; charset=utf-8\r\n\r\n{ONE}'
    triples = f'{disposition}"b.nt"\r\n\r\n{TRIPLE_TWO}'
    body = f"--x\r\n{turtle}\r\n--x\r\n{triples}\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    response = anna.send("POST", GRAPH, body, content_type=kind)
    assert response.status_code == 201, response.text
    assert anna.triples(GRAPH) == {TRIPLE_ONE, TRIPLE_TWO}


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("", 400),
        (f'Content-Disposition: form-data; name="file"\r\n\r\n{ONE}', 400),
        (f'Content-Disposition: form-data; name="file"; filename="a.xyz"\r\n\r\n{ONE}', 415),
    ],
    ids=["no part", "no file", "a file of no known kind"],
)
def test_a_form_that_brings_no_graph_is_refused(anna: Writer, part: str, status: int) -> None:
    before = anna.live
    body = f"--x\r\n{part}\r\n--x--\r\n" if part else "--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    assert anna.send("POST", GRAPH, body, content_type=kind).status_code == status
    assert anna.send("PATCH", GRAPH, ONE, content_type=TURTLE).status_code == 415
    assert anna.live == before


def test_gzip_is_read_and_what_grows_beyond_the_limit_is_not(anna: Writer) -> None:
    coded = {"Content-Encoding": "gzip"}
    assert anna.put(GRAPH, gzip.compress(ONE.encode()), headers=coded).status_code == 201
    bomb = gzip.compress(b" " * (2 << 20))
    assert len(bomb) < 4096
    assert anna.put(GRAPH, bomb, headers=coded).status_code == 413
    assert anna.put(GRAPH, bomb[:-9], headers=coded).status_code in {400, 413}
    cut = gzip.compress(TWO.encode())[:-9]
    assert anna.put(GRAPH, cut, headers=coded).status_code == 400
    assert anna.put(GRAPH, b"", headers={"Content-Encoding": "br"}).status_code == 415
    assert anna.triples(GRAPH) == {TRIPLE_ONE}


XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
BAD_BODIES: dict[str, tuple[str | bytes, str | None, int]] = {
    "Turtle that breaks off half-way": (f"{ONE}\n<urn:a> <urn:b> .", TURTLE, 400),
    "another format than it says": (XML, TURTLE, 400),
    "RDF/XML with a DOCTYPE": (f"<!DOCTYPE a []>{XML}", "application/rdf+xml", 400),
    "JSON-LD with a remote context": (
        '{"@context": "http://localhost:9/c", "@id": "urn:a", "b": 1}',
        "application/ld+json",
        400,
    ),
    "bytes that are no UTF-8": (b"<urn:a> <urn:b> '\xff' .", TURTLE, 400),
    "another charset": (ONE, "text/turtle; charset=utf-16", 415),
    "an unknown type": (ONE, "text/plain+nonsense", 415),
    "no type": (ONE, None, 415),
    "triples of another graph": ("<urn:a> <urn:b> <urn:c> <urn:h> .", "application/n-quads", 400),
    "more than the limit": (b"#" * ((1 << 20) + 1), TURTLE, 413),
}


@pytest.mark.parametrize("case", BAD_BODIES)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_bad_body_is_refused_and_nothing_is_touched(anna: Writer, method: str, case: str) -> None:
    anna.put(GRAPH, ONE)
    before = anna.live
    body, kind, status = BAD_BODIES[case]
    options = {"content_type": kind} if kind else {}
    response = anna.send(method, GRAPH, body, **options)
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    assert anna.live == before


@pytest.mark.parametrize(
    "query",
    [
        "graph=relative",
        "graph=javascript:alert(1)",
        "graph=JavaScript:x",
        "graph=urn:a%20b",
        "graph=urn:a%3E%22",
        "graph=",
        "graph=urn:a&graph=urn:b",
        "graph=urn:a&default",
        "",
        "grpah=urn:a",
    ],
)
def test_what_is_no_name_of_a_graph_is_400(anna: Writer, query: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        response = anna.send(method, f"/data?{query}", ONE, content_type=TURTLE)
        assert response.status_code == 400, (method, response.text)
    assert anna.live.number == 0


@pytest.mark.parametrize("tags", ['""', 'W/"a", ""', '"a", ""'])
def test_an_empty_tag_is_one_that_nothing_has(anna: Writer, tags: str) -> None:
    anna.put(GRAPH, ONE)
    before = anna.live
    assert anna.put(GRAPH, TWO, headers={"If-Match": tags}).status_code == 412
    assert anna.update("CLEAR ALL", headers={"If-Match": tags}).status_code == 412
    assert anna.live == before


def test_a_lost_race_is_412_and_never_overwrites(anna: Writer) -> None:
    assert anna.put(GRAPH, ONE, headers={"If-None-Match": "*"}).status_code == 201
    assert anna.put(GRAPH, TWO, headers={"If-None-Match": "*"}).status_code == 412
    old = anna.client.get(GRAPH).headers["ETag"]
    assert anna.put(GRAPH, TWO, headers={"If-Match": old}).status_code == 204
    for method in ("PUT", "POST"):
        late = anna.send(method, GRAPH, ONE, content_type=TURTLE, headers={"If-Match": old})
        assert late.status_code == 412
    assert anna.send("DELETE", GRAPH, headers={"If-Match": old}).status_code == 412
    patch = anna.send(
        "PATCH", GRAPH, "CLEAR DEFAULT", content_type=UPDATE, headers={"If-Match": old}
    )
    assert patch.status_code == 412
    assert anna.triples(GRAPH) == {TRIPLE_TWO}


def test_an_etag_is_of_the_graph_and_not_of_what_happens_beside_it(anna: Writer) -> None:
    anna.put(GRAPH, ONE)
    tag = anna.client.get(GRAPH).headers["ETag"]
    anna.put("/data?graph=urn:h", TWO)
    again = anna.client.get(GRAPH, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    as_triples = anna.client.get(GRAPH, headers={"Accept": "application/n-triples"})
    assert as_triples.headers["ETag"] != tag


def test_a_length_is_required(anna: Writer) -> None:
    response = anna.client.put(GRAPH, headers=anna.headers, content_type=TURTLE)
    assert response.status_code == 411


def test_a_large_graph_comes_from_a_file(anna: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.web.graphs._SMALL", 10)
    anna.put(GRAPH, " ".join(f"<urn:a> <urn:b> {n} ." for n in range(500)))
    with anna.client.get(GRAPH, headers={"Accept": "application/n-triples"}) as response:
        assert len(response.text.splitlines()) == 500
        assert response.content_length == len(response.data)


def test_of_writers_that_race_from_one_state_exactly_one_wins(anna: Writer) -> None:
    anna.put(GRAPH, ONE)
    headers = anna.headers | {"If-Match": anna.client.get(GRAPH).headers["ETag"]}

    def race(number: int) -> int:
        client = anna.client.application.test_client()
        body = f"<urn:a> <urn:b> {number} ."
        return int(client.put(GRAPH, data=body, content_type=TURTLE, headers=headers).status_code)

    with ThreadPoolExecutor(4) as threads:
        statuses = sorted(threads.map(race, range(10, 14)))
    assert statuses == [204, 412, 412, 412]
    assert anna.live.number == 2
