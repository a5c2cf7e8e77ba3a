"""A full disk and folders that are not ours to write, for a block of code; whoever runs it.

A file-size limit fails as a full disk does: in the middle of a write.
"""

from __future__ import annotations

import ctypes
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_VERSION_3 = 0x20080522
_Capabilities = ctypes.c_uint32 * 6  # effective, permitted, inheritable; then the same, 32 more


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """A block in which this process can write no file beyond ``size`` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def powerless() -> Iterator[None]:
    """A block in which this thread, root's too, has no rights but those that the files give."""
    before = _Capabilities()
    _call("capget", before)
    _call("capset", _Capabilities(0, before[1], before[2], 0, before[4], before[5]))
    try:
        yield
    finally:
        _call("capset", before)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A block in which ``folder`` and all folders below it let nobody write."""
    folders = [folder, *(each for each in folder.rglob("*") if each.is_dir())]
    for each in folders:
        each.chmod(0o555)
    try:
        yield
    finally:
        for each in folders:
            each.chmod(0o755)


def _call(name: str, capabilities: ctypes.Array[ctypes.c_uint32]) -> None:
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    if getattr(ctypes.CDLL(None), name)(header, capabilities):
        raise OSError(f"{name} failed")
