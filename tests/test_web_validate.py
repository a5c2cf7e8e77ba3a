"""``/validate``: a dry run for anybody, which can neither write nor be used against us."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kg.settings import Settings
from tests.engines import Engine
from tests.knowledge import ROOT
from tests.rest import quads
from tests.writers import TURTLE, Writer, writer

BAD = (ROOT / "tests/data/invalid/C18.ttl").read_bytes()
ARTICLE = "https://w3id.org/editorial-kg/graph/yomiuri-2025-08-17"
PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> .\n"
SHAPES = f"{PREFIXES} :S a sh:NodeShape ; sh:targetClass :C ; sh:property :P ."
NO_STORE = pytest.mark.own_engine("no store has a part in what is posted with its shapes")
NEEDS = f"{SHAPES} :P sh:path :p ; sh:minCount 1 ."


@pytest.fixture(scope="module")
def nobody(engine: Engine) -> Iterator[Writer]:
    """A client without a token, over the shipped graph."""
    with engine.holding(quads(), Settings()) as settings, writer(settings, scope=None) as found:
        yield found


@pytest.fixture
def hurried(engine: Engine) -> Iterator[Writer]:
    """The same, whose validations end soon."""
    given = replace(Settings(), validation_timeout=5.0)
    with engine.holding(quads(), given) as settings, writer(settings, scope=None) as found:
        yield found


def form(nobody: Writer, path: str = "/validate", **parts: str) -> Any:
    """The answer to a form of Turtle files."""
    files = {name: (io.BytesIO(text.encode()), f"{name}.ttl") for name, text in parts.items()}
    return nobody.client.post(path, data=files)


def test_a_body_gets_the_report_that_writing_it_would_get(nobody: Writer) -> None:
    response = nobody.client.post("/validate", data=BAD, content_type=TURTLE)
    assert response.status_code == 200
    assert response.json["conforms"] is False
    assert {"C18"} <= {each["shape"][-3:] for each in response.json["results"]}
    report = nobody.client.post(
        "/validate", data=BAD, content_type=TURTLE, headers={"Accept": TURTLE}
    )
    assert "sh:ValidationReport" in report.text


def test_a_graph_of_the_store_is_validated_where_it_is(nobody: Writer) -> None:
    response = nobody.client.get("/validate", query_string={"graph": ARTICLE})
    assert response.json["conforms"] is True, response.json["results"]
    assert nobody.client.get("/validate?graph=urn:no").status_code == 404
    assert nobody.client.get("/validate").status_code == 400
    before = nobody.live
    shorter = nobody.client.post(
        "/validate", query_string={"graph": ARTICLE}, data=BAD, content_type=TURTLE
    )
    assert shorter.json["conforms"] is False
    sent = form(nobody, f"/validate?graph={ARTICLE}", data=BAD.decode())
    assert sent.json["conforms"] is False, sent.text
    assert nobody.live == before


@NO_STORE
def test_posted_shapes_are_used_instead_of_ours(nobody: Writer) -> None:
    found = form(nobody, data=f"{PREFIXES} :x a :C .", shapes=NEEDS).json
    assert [each["focusNode"] for each in found["results"]] == ["urn:x:x"]
    assert form(nobody, data=f"{PREFIXES} :x a :C ; :p 1 .", shapes=NEEDS).json["conforms"] is True


@NO_STORE
@pytest.mark.parametrize(
    "extra",
    [
        ':S sh:sparql [ sh:select "SELECT $this { $this ?p ?o }" ] .',
        ":S <http://www.w3.org/2002/07/owl#imports> <http://127.0.0.1:9/> .",
        ':S sh:js [ sh:jsFunctionName "f" ] .',
        ':S sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this {}" ] .',
        ":S sh:rule [ a sh:TripleRule ] .",
        ":K a sh:ConstraintComponent .",
    ],
)
def test_shapes_that_hold_a_program_are_refused(nobody: Writer, extra: str) -> None:
    response = form(nobody, data=f"{PREFIXES} :x a :C .", shapes=f"{NEEDS} {extra}")
    assert response.status_code == 403, response.text


@NO_STORE
def test_shapes_that_would_run_for_ever_are_ended(hurried: Writer) -> None:
    slow = f'{SHAPES} :P sh:path :p ; sh:pattern "^(a+)+$" .'
    started = time.monotonic()
    response = form(hurried, data=f'{PREFIXES} :x a :C ; :p "{"a" * 60}!" .', shapes=slow)
    assert response.status_code == 503
    assert time.monotonic() - started < 20
    assert form(hurried, data=f"{PREFIXES} :x a :C ; :p 1 .", shapes=NEEDS).status_code == 200


@NO_STORE
@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ({"data": "", "shapes": NEEDS}, 422),
        ({"data": f"{PREFIXES} :x a :C .", "shapes": ""}, 422),
        ({"data": f"{PREFIXES} :x a :C .", "shapes": f"{PREFIXES} :S a"}, 400),
        ({"data": f"{PREFIXES} :x a :C .", "shape": NEEDS}, 400),
        ({"shapes": NEEDS}, 400),
    ],
)
def test_a_form_that_cannot_be_used_is_refused(
    nobody: Writer, parts: dict[str, str], status: int
) -> None:
    assert form(nobody, **parts).status_code == status
