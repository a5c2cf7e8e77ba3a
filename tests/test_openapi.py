"""The OpenAPI document is valid, complete, and true: a fuzzer that knows it finds nothing."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kg.documents.subresources import sub_resources
from kg.openapi.requests import curl, example_target
from kg.rdf.iris import Iris
from kg.schema.filters import filters_of
from kg.settings import Settings
from kg.sources import Sources
from kg.store.embedded.store import EmbeddedStore
from kg.web.app import create_app

# No part of the API; what picks a format by suffix, the document's introduction tells.
_APART = {
    "static",
    "crawlers.robots",
    "crawlers.sitemap",
    "crawlers.part",
    "crawlers.favicon",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service over the source files."""
    settings = Settings(store=str(tmp_path_factory.mktemp("openapi") / "store"))
    store = EmbeddedStore(Path(settings.store))
    with store.begin(author="test", message="Fill") as change:
        for name, quads in Sources.read(settings).graphs.items():
            change.replace(Iris(settings.namespace).graph(name), quads)
        change.publish()
    made = create_app(settings, store)
    yield made
    made.extensions["kg"].querying.close()


@pytest.fixture(scope="module")
def api(app: Flask) -> dict[str, Any]:
    """The document."""
    response = app.test_client().get("/openapi.json")
    assert response.status_code == 200
    found: dict[str, Any] = json.loads(response.data)
    return found


def test_the_document_is_valid(api: dict[str, Any]) -> None:
    validator = pytest.importorskip("openapi_spec_validator")
    validator.validate(api)


def test_every_route_is_described_and_every_description_is_of_a_route(
    app: Flask, api: dict[str, Any]
) -> None:
    """Both ways: the document's own examples lead to all routes with all their methods."""
    urls = app.url_map.bind("localhost")
    described: dict[str, set[str]] = {}
    for path, methods in api["paths"].items():
        for method in methods:
            target = example_target(api, path, method).partition("?")[0]
            rule, _ = urls.match(target, method=method.upper(), return_rule=True)
            described.setdefault(rule.rule, set()).add(method.upper())
    known: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if "suffix" not in rule.arguments and rule.endpoint not in _APART:
            methods = (rule.methods or set()) - {"HEAD", "OPTIONS", "QUERY"}
            known.setdefault(rule.rule, set()).update(methods)
    assert described == known


def test_every_operation_has_an_example_that_can_be_sent(api: dict[str, Any]) -> None:
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            assert shlex.split(curl(api, path, method))[0] == "curl"
            assert not re.search("{|%7B\\w", example_target(api, path, method))
            bodies = operation.get("requestBody", {}).get("content", {})
            assert not bodies or any("example" in each for each in bodies.values()), path


def test_every_collection_and_what_is_below_it_is_described(
    app: Flask, api: dict[str, Any]
) -> None:
    schema = app.extensions["kg"].schema
    for name, collection in schema.collections.items():
        assert {f"/{name}", f"/{name}/{{id}}"} <= set(api["paths"])
        for segment in sub_resources(schema, collection):
            assert f"/{name}/{{id}}/{segment}" in api["paths"]


def test_every_filter_is_a_parameter(app: Flask, api: dict[str, Any]) -> None:
    schema = app.extensions["kg"].schema
    for name, collection in schema.collections.items():
        described = _parameters(api, f"/{name}")
        for known in filters_of(schema, collection.class_iri):
            assert set(known.parameters) <= described, (name, known.name)


def test_every_operation_takes_a_language_and_every_read_of_a_version_a_version(
    api: dict[str, Any],
) -> None:
    timeless = {"/health", "/metrics", "/versions", "/timemap/{path}"}
    for path, methods in api["paths"].items():
        for method in methods:
            names = _parameters(api, path, method)
            reads = method == "get" or path in {"/sparql", "/validate"}
            assert "lang" in names, (method, path)
            assert ("version" in names) == (reads and path not in timeless), (method, path)


@pytest.mark.parametrize(
    ("path", "name"), [("search", "q"), ("compare", "actor"), ("path", "from")]
)
def test_what_a_page_has_a_form_for_json_is_refused_without(
    app: Flask, api: dict[str, Any], path: str, name: str
) -> None:
    client = app.test_client()
    refused = client.get(f"/{path}", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.get_json()["parameter"]) == (400, name)
    assert client.get(f"/{path}", headers={"Accept": "text/html"}).status_code == 200
    assert client.get(example_target(api, f"/{path}", "get")).status_code == 200
    assert not any(each["required"] for each in _described(api, f"/{path}", "get"))


def test_every_class_has_a_schema_and_an_example(app: Flask, api: dict[str, Any]) -> None:
    counts = json.loads(app.test_client().get("/").data)["collections"]
    schema = app.extensions["kg"].schema
    for collection in schema.collections.values():
        described = api["components"]["schemas"][schema.class_name(collection.class_iri)]
        assert counts[collection.name]["count"] == 0 or described["examples"]


def test_every_reference_leads_somewhere(api: dict[str, Any]) -> None:
    for reference in set(_references(api)):
        found: Any = api
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found


def test_operation_ids_are_unique(api: dict[str, Any]) -> None:
    names = [each["operationId"] for methods in api["paths"].values() for each in methods.values()]
    assert len(names) == len(set(names))


def test_an_empty_store_is_described_too(app: Flask) -> None:
    """Version 0 has nothing to make examples of."""
    client = app.test_client()
    assert client.get("/openapi.json?version=0").status_code == 200
    assert "/actors/{id}</code>" in client.get("/docs?version=0").text


def test_the_page_lists_every_operation_without_scripts(app: Flask, api: dict[str, Any]) -> None:
    response = app.test_client().get("/docs", headers={"Accept": "text/html"})
    assert set(re.findall(r'<script[^>]* src="[^"]*/([a-z]+)-', response.text)) <= {"suggest"}
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    for methods in api["paths"].values():
        for each in methods.values():
            assert f'id="{each["operationId"]}"' in response.text
    anchors = set(re.findall(r'id="([^"]+)"', response.text))
    assert set(re.findall(r'href="#([^"]+)"', response.text)) <= anchors
    assert {f"schema-{name}" for name in api["components"]["schemas"]} <= anchors
    assert "curl &#39;http://localhost:8000/search?q=putin&#39;" in response.text


def test_a_fuzzer_that_knows_the_document_finds_nothing(app: Flask) -> None:
    """One request each, right and wrong; ``make fuzz`` sends tens of thousands over HTTP."""
    schemathesis = pytest.importorskip("schemathesis")
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis.errors import Unsatisfiable

    config = schemathesis.Config.from_path(Path(__file__).parents[1] / "schemathesis.toml")
    described = schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)
    # What is below a thing is listed as collections are.
    reading = described.exclude(path_regex=r"\{id\}/")
    limits = settings(
        max_examples=1,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    operations = [found.ok() for found in reading.get_all_operations()]
    for operation in (each for each in operations if each.method == "get"):
        for mode in schemathesis.GenerationMode:

            @limits
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                case.call_and_validate()

            # An operation without parameters can be asked in no wrong way.
            with suppress(Unsatisfiable):
                ask()


def _parameters(api: dict[str, Any], path: str, method: str = "get") -> set[str]:
    return {each["name"] for each in _described(api, path, method)}


def _described(api: dict[str, Any], path: str, method: str) -> list[dict[str, Any]]:
    shared = api["components"]["parameters"]
    listed = api["paths"][path][method]["parameters"]
    return [shared[each["$ref"].rpartition("/")[2]] for each in listed]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "$ref":
                yield each
            else:
                yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)
