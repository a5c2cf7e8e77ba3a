"""The server that the conformance cases are asked of: no ontology, no shapes, a strict default."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import run_kg, serving
from tests.conformance.endpoint import Endpoint
from tests.conformance.manifests import Case
from tests.content import quick_folder

HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have cases on the same data run one after another: each change of data is a commit."""
    places = [place for place, item in enumerate(items) if item.path.is_relative_to(HERE)]
    ordered = sorted((items[place] for place in places), key=_data)
    for place, item in zip(places, ordered, strict=True):
        items[place] = item


def _data(item: pytest.Item) -> str:
    """What stands for the data that a test loads."""
    assert isinstance(item, pytest.Function)
    case = item.callspec.params.get("case") if hasattr(item, "callspec") else None
    return f"{case.kind} {case.data}" if isinstance(case, Case) else item.name


@pytest.fixture(scope="package")
def endpoint() -> Iterator[Endpoint]:
    """A plain SPARQL store behind ``kg serve``, and a token for it."""
    with quick_folder() as folder:
        store, nothing = folder / "store", folder / "nothing"
        nothing.mkdir()
        token = run_kg("token", "add", "suite", "--store", store).stdout.strip()
        with serving(
            *("--store", store, "--shapes", nothing, "--ontology", nothing, "--workers", "1"),
            log=folder / "log",
            environ={"KG_UNION_DEFAULT_GRAPH": "false"},
        ) as server:
            endpoint = Endpoint(server.url, token)
            yield endpoint
            endpoint.close()
