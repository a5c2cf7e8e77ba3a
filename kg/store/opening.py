"""Opening the store that the settings name."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from kg.errors import SettingsError
from kg.settings import Settings
from kg.store.base import Store
from kg.store.embedded.store import EmbeddedStore

MEMORY = "memory:"


class TemporaryStore(EmbeddedStore):
    """A store that begins empty, in a folder that goes with it: nothing is kept."""

    def __init__(self) -> None:
        self._home = TemporaryDirectory(prefix="kg-")
        super().__init__(Path(self._home.name) / "store")

    def close(self) -> None:
        """Let go of all versions and remove the folder."""
        super().close()
        self._home.cleanup()


def open_store(settings: Settings) -> Store:
    """The store of ``settings.store``; nothing is read or written before it is used.

    Raises SettingsError for an address that cannot be used.
    """
    if settings.store == MEMORY:
        return TemporaryStore()
    if "://" not in settings.store:
        return EmbeddedStore(Path(settings.store))
    from kg.store.remote.store import remote_store  # slow to import, and seldom needed

    return remote_store(settings)


def store_folder(settings: Settings) -> Path:
    """The folder of the store. Raises SettingsError where the settings name no folder."""
    if settings.store == MEMORY or "://" in settings.store:
        raise SettingsError(f"KG_STORE={settings.store}: for this the store must be a folder.")
    return Path(settings.store)
