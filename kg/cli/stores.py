"""The store that a command works on."""

from __future__ import annotations

import click

from kg.settings import Settings
from kg.store.base import Store
from kg.store.opening import open_store


def opened_store(settings: Settings) -> Store:
    """The store that the settings name, closed when the command ends."""
    store = open_store(settings)
    click.get_current_context().call_on_close(store.close)
    return store
