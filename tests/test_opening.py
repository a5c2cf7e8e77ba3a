"""The settings name the store: a folder, or one that is gone when it is closed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import SettingsError
from kg.rdf.terms import Literal, NamedNode, Quad
from kg.settings import Settings
from kg.store.opening import TemporaryStore, open_store, store_folder

GRAPH = NamedNode("https://kg.example/graph/boats")
QUAD = Quad(NamedNode("https://kg.example/boat"), GRAPH, Literal("x"), GRAPH)


def test_a_path_names_a_folder_that_nothing_is_made_in_before_a_write(tmp_path: Path) -> None:
    store = open_store(replace(Settings(), store=str(tmp_path / "deep" / "store")))
    assert store.snapshot().info.number == 0
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_to_a_folder_is_there_for_the_next(tmp_path: Path) -> None:
    settings = replace(Settings(), store=str(tmp_path / "store"))
    with open_store(settings).begin(author="test", message="write") as change:
        change.insert(GRAPH, [QUAD])
        change.publish()
    assert list(open_store(settings).snapshot().quads()) == [QUAD]


def test_a_store_in_memory_is_gone_when_it_is_closed() -> None:
    store = open_store(replace(Settings(), store="memory:"))
    assert isinstance(store, TemporaryStore)
    with store.begin(author="test", message="write") as change:
        change.insert(GRAPH, [QUAD])
        change.publish()
    assert list(store.snapshot().quads()) == [QUAD]
    home = store.path.parent
    store.close()
    assert not home.exists()


@pytest.mark.parametrize("store", ["memory:", "https://db.example/"])
def test_what_needs_a_folder_says_so(store: str) -> None:
    with pytest.raises(SettingsError, match="the store must be a folder"):
        store_folder(replace(Settings(), store=store))
    assert store_folder(replace(Settings(), store="some/folder")) == Path("some/folder")
