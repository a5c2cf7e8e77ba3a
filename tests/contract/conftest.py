"""The stores that the contract is tried on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.store.base import Store
from kg.store.embedded import EmbeddedStore
from tests.content import quick_folder

STORES: dict[str, Callable[[Path], Store]] = {"embedded": EmbeddedStore}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store of each kind."""
    with quick_folder() as folder:
        opened = STORES[request.param](folder / "store")
        yield opened
        opened.close()
