"""What an operating system or Oxigraph reports of a disk, told as our own errors."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import StoreCorrupt, StoreError, StoreFull, StoreUnwritable

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_UNWRITABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})

# Oxigraph passes RocksDB's text on and no number.
_FULL_TEXTS = ("No space left", "File too large", "quota exceeded")
_UNWRITABLE_TEXTS = ("Permission denied", "Read-only file system", "Operation not permitted")


@contextmanager
def store_faults(path: Path) -> Iterator[None]:
    """Turn what the disk does to the block into a StoreError whose text says what to do."""
    try:
        yield
    except OSError as error:
        raise _explained(error, path) from error
    except RuntimeError as error:
        if "Corruption: " not in str(error):
            raise
        raise corrupt(path, str(error)) from error


def _explained(error: OSError, path: Path) -> StoreError:
    text = str(error)
    if error.errno in _FULL or any(known in text for known in _FULL_TEXTS):
        return StoreFull(f"No space is left for the store {path}: free some, then try again.")
    if error.errno in _UNWRITABLE or any(known in text for known in _UNWRITABLE_TEXTS):
        return StoreUnwritable(f"The store {path} cannot be written: give this user write access.")
    if isinstance(error, FileNotFoundError) or "Corruption: " in text:
        return corrupt(path, text)
    return StoreError(f"The store {path} cannot be used: {text}.")


def corrupt(path: Path, what: str) -> StoreCorrupt:
    """The error for a folder that is no store, or a damaged one."""
    return StoreCorrupt(
        f"{path} is no store of ours, or a damaged one: {what}. Name another folder or restore it."
    )
