"""Where to keep what can be made anew from the store: beside it, or where that cannot be, apart."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from pathlib import Path
from threading import Lock


class CacheFolder:
    """The folder ``given``, which processes may share, or one that goes with this object."""

    def __init__(self, given: Path | None) -> None:
        self._given = given
        self._temporary: Path | None = None
        self._guard = Lock()

    def path(self, *, shared: bool) -> Path:
        """The folder to write to; that of this object alone unless ``shared`` is asked for.

        A store that is empty may not exist yet, and is not to be made here.
        """
        with self._guard:
            if self._given is not None and shared and _is_writable(self._given):
                return self._given
            if self._temporary is None:
                self._temporary = Path(tempfile.mkdtemp(prefix="kg-cache-"))
                weakref.finalize(self, shutil.rmtree, self._temporary, ignore_errors=True)
            return self._temporary


def _is_writable(folder: Path) -> bool:
    """Whether files can be made in the folder, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
