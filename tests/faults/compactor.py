"""A process that compacts a store again and again, for tests to kill.

It prints a line for each copy that it has left to the writers.
"""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path

from kg.errors import Busy
from kg.store.embedded.compaction import compact

_PAUSE = 0.01  # seconds between two copies


def main() -> None:
    """Compact the store in the folder that the command line names until the process ends."""
    while True:
        time.sleep(_PAUSE)
        with contextlib.suppress(Busy):
            if compact(Path(sys.argv[1])):
                print("compacted", flush=True)


if __name__ == "__main__":
    main()
