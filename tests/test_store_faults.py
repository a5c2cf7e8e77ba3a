"""What a disk does is told by its cause, whether it comes as a number or in RocksDB's words."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from kg.errors import StoreCorrupt, StoreError, StoreFull, StoreUnwritable
from kg.store.faults import store_faults

PATH = Path("store")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (OSError(errno.ENOSPC, "full"), StoreFull),
        (OSError("IO error: No space left on device"), StoreFull),
        (OSError("IO error: File too large"), StoreFull),
        (PermissionError(errno.EACCES, "no"), StoreUnwritable),
        (OSError("IO error: Read-only file system"), StoreUnwritable),
        (FileNotFoundError(errno.ENOENT, "gone"), StoreCorrupt),
        (OSError("Corruption: bad block"), StoreCorrupt),
        (RuntimeError("Corruption: bad block"), StoreCorrupt),
        (OSError(errno.EIO, "broken"), StoreError),
    ],
    ids=str,
)
def test_a_fault_of_the_disk_has_a_name(fault: Exception, expected: type[StoreError]) -> None:
    with pytest.raises(StoreError, match=str(PATH)) as caught, store_faults(PATH):
        raise fault
    assert type(caught.value) is expected
    assert caught.value.__cause__ is fault


def test_what_is_no_fault_of_the_disk_passes() -> None:
    fault = RuntimeError("a bug")
    with pytest.raises(RuntimeError) as caught, store_faults(PATH):
        raise fault
    assert caught.value is fault
