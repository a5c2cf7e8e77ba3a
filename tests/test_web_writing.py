"""Who may write over HTTP, and what is recorded of every attempt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.writing.access import Scope
from tests.engines import Engine
from tests.writers import TURTLE, Writer, plain, writer

GRAPH = "/data?graph=urn:g"
ONE = "<urn:a> <urn:b> 1 ."
WRITES = [("PUT", GRAPH), ("POST", GRAPH), ("POST", "/data"), ("DELETE", GRAPH), ("PATCH", GRAPH),
          ("POST", "/update"), ("POST", "/sparql?update=DROP%20ALL")]  # fmt: skip


@pytest.fixture
def anna(engine: Engine, tmp_path: Path) -> Iterator[Writer]:
    with engine.holding((), plain(tmp_path)) as settings, writer(settings) as found:
        yield found


def outcomes(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """The audit lines so far."""
    return [json.loads(each.message) for each in caplog.records if each.name == "kg.audit"]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_without_any_token_no_write_exists_and_the_answer_says_how_to_make_one(
    engine: Engine, tmp_path: Path, method: str, path: str
) -> None:
    given = plain(tmp_path)
    with engine.holding((), given) as settings, writer(settings, scope=None) as nobody:
        response = nobody.send(method, path, content_type="application/x-www-form-urlencoded")
        assert response.status_code == 403
        assert "kg token add" in response.json["detail"]
        assert nobody.live.number == 0


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_write_needs_a_token_that_is_known(anna: Writer, method: str, path: str) -> None:
    for header in ("", "Basic YTpi", "Bearer", "Bearer kg_wrong"):
        response = anna.send(
            method,
            path,
            headers={"Authorization": header},
            content_type="application/x-www-form-urlencoded",
        )
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer realm=")
    assert anna.live.number == 0


def test_a_revoked_token_is_worth_nothing_at_once(anna: Writer) -> None:
    anna.tokens.revoke("anna")
    anna.tokens.add("ben", Scope.WRITE)
    assert anna.put(GRAPH, ONE).status_code == 401


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://localhost:81"])
def test_a_page_of_another_site_cannot_write(anna: Writer, origin: str) -> None:
    response = anna.put(GRAPH, ONE, headers={"Origin": origin})
    assert response.status_code == 403
    assert anna.live.number == 0
    assert anna.put(GRAPH, ONE, headers={"Origin": "http://localhost"}).status_code == 201


def test_other_sites_are_offered_no_method_that_writes(anna: Writer) -> None:
    preflight = anna.client.options("/data", headers={"Origin": "https://elsewhere.example"})
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS, POST"
    assert "Authorization" not in preflight.headers["Access-Control-Allow-Headers"]


def test_every_attempt_leaves_one_audit_line_without_the_secret(
    anna: Writer, caplog: pytest.LogCaptureFixture
) -> None:
    anna.put(GRAPH, ONE)
    anna.put(GRAPH, ONE)
    anna.put(GRAPH, "nonsense")
    anna.send("PUT", GRAPH, ONE, content_type="image/png")
    anna.put(GRAPH, ONE, headers={"Authorization": "Bearer kg_wrong"})
    lines = outcomes(caplog)
    assert [each["outcome"] for each in lines] == [
        "published",
        "unchanged",
        "RdfSyntaxError",
        "UnsupportedMediaType",
        "NotAuthenticated",
    ]
    assert lines[0] | {"from": None} == {
        "who": "anna",
        "action": "PUT",
        "target": "<urn:g>",
        "outcome": "published",
        "version": 1,
        "from": None,
    }
    assert [each["who"] for each in lines] == ["anna"] * 4 + [None]
    assert "kg_" not in caplog.text


def test_who_names_no_graph_is_audited_and_without_a_token_told_just_that(
    anna: Writer, caplog: pytest.LogCaptureFixture
) -> None:
    for method in ("PUT", "POST", "PATCH", "DELETE"):
        assert anna.client.open("/data?graph=x", method=method).status_code == 401
        assert anna.send(method, "/data?graph=x").status_code == 400
    assert [each["outcome"] for each in outcomes(caplog)] == [
        *("NotAuthenticated", "ParameterError") * 4
    ]


def test_a_version_tells_who_made_it_and_why(anna: Writer) -> None:
    anna.put(GRAPH, ONE, headers={"Commit-Message": "A%20first%20try%20%E2%9C%93"})
    assert (anna.live.author, anna.live.message) == ("anna", "A first try ✓")
    anna.send("DELETE", GRAPH)
    assert anna.live.message == "DELETE <urn:g>"
    for message in ("a%0Ab", "x" * 501):
        response = anna.put(GRAPH, ONE, headers={"Commit-Message": message})
        assert response.status_code == 400


def test_an_old_version_cannot_be_written(anna: Writer) -> None:
    anna.put(GRAPH, ONE)
    response = anna.send("PUT", f"{GRAPH}&version=1", ONE, content_type=TURTLE)
    assert response.status_code == 400
    assert anna.live.number == 1
