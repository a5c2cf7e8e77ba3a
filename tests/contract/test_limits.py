"""What cannot be had over another engine is said plainly, and is never made up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.engines import ServerEngine
from tests.servers.kinds import KINDS
from tests.servers.started import Servers
from tests.writers import Writer, plain, writer

GRAPH = "/data?graph=urn:g"
ONE = "<urn:a> <urn:b> 1 ."
WORDS = "only its current content"


@pytest.mark.parametrize("kind", KINDS)
def test_an_engine_that_loses_rows_is_told_of_once(
    servers: Servers, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(servers.get(kind).store()) as store:
        caplog.clear()
        for _ in range(2):
            store.snapshot()
    told = [each for each in caplog.messages if "loses rows" in each]
    assert len(told) == (1 if kind == "virtuoso" else 0)


@pytest.fixture
def anna(servers: Servers, tmp_path: Path) -> Iterator[Writer]:
    """A writer whose store is another engine, at its second version."""
    engine = ServerEngine(servers, "oxigraph")
    with engine.holding((), plain(tmp_path)) as settings, writer(settings) as found:
        found.put(GRAPH, "<urn:a> <urn:b> 0 .")
        found.put(GRAPH, ONE)
        yield found


def test_there_is_one_version_and_the_list_says_why(anna: Writer) -> None:
    listed = anna.client.get("/versions").json
    assert [each["number"] for each in listed["items"]] == [2]
    assert WORDS in listed["note"]
    for path in ("/versions/1", "/versions/1..2", f"{GRAPH}&version=1"):
        missing = anna.client.get(path)
        assert (missing.status_code, WORDS in missing.json["detail"]) == (404, True), path


def test_the_current_version_is_not_kept_by_caches(anna: Writer) -> None:
    """Others may write to the engine, which changes no number."""
    for path in (f"{GRAPH}&version=2", "/versions/2"):
        found = anna.client.get(path)
        assert (found.status_code, found.headers["Cache-Control"]) == (200, "public, no-cache"), (
            path
        )


def test_nothing_offers_the_past(anna: Writer) -> None:
    wanted = {"Accept-Datetime": "Sat, 01 Jan 2000 00:00:00 GMT"}
    found = anna.client.get(GRAPH, headers=wanted)
    assert found.status_code == 200
    assert "Accept-Datetime" not in found.headers["Vary"]
    assert not {"Link", "Memento-Datetime"} & set(found.headers.keys())
    missing = anna.client.get("/timemap/data?graph=urn:g")
    assert (missing.status_code, WORDS in missing.json["detail"]) == (404, True)


def test_the_default_graph_is_empty_and_stays_so(anna: Writer) -> None:
    before = anna.live
    for answer in (
        anna.put("/data?default", ONE),
        anna.send("DELETE", "/data?default"),
        anna.update("INSERT DATA { <urn:a> <urn:b> 1 }"),
    ):
        assert answer.status_code == 400
        assert "another engine" in answer.json["detail"]
    assert anna.triples("/data?default") == set()
    assert anna.live == before
