"""The stores that the contract is tried on: our own, and other engines as real servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.store.base import Store
from kg.store.embedded.store import EmbeddedStore
from kg.store.opening import TemporaryStore
from tests.content import quick_folder
from tests.servers.kinds import KINDS
from tests.servers.started import Servers

OWN: dict[str, Callable[[Path], Store]] = {
    "embedded": EmbeddedStore,
    "memory": lambda _: TemporaryStore(),
}

# What other engines cannot do: keep versions, keep the default graph apart, make writers wait.
ONLY_OUR_OWN = frozenset(
    {
        "test_a_change_becomes_the_next_version_with_author_and_message",
        "test_a_dropped_graph_is_gone",
        "test_a_snapshot_stays_as_it_is_while_others_publish",
        "test_an_older_version_is_read_by_its_number",
        "test_the_default_graph_has_the_empty_key",
        "test_versions_follow_each_other_in_time",
        "test_writers_queue_and_none_is_lost",
    }
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try each test of a store on every kind of store that can be held to it."""
    if "store" in metafunc.fixturenames:
        others = () if metafunc.definition.originalname in ONLY_OUR_OWN else tuple(KINDS)
        metafunc.parametrize("store", (*OWN, *others), indirect=True, scope="function")


@pytest.fixture
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store of each kind."""
    if request.param in KINDS:
        servers: Servers = request.getfixturevalue("servers")
        opened: Store = servers.get(request.param).store()
        yield opened
        opened.close()
        return
    with quick_folder() as folder:
        opened = OWN[request.param](folder / "store")
        yield opened
        opened.close()
