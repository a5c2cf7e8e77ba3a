"""Coverage of sandboxed child processes; Python imports this file as it starts, where it is found.

Other processes are measured by coverage's own patch. Those that run what strangers wrote get no
environment, may write no file, and are ended by SIGKILL or an alarm: what they have executed is
put into memory that they share with a file from before the sandbox, again and again while they run.
"""

from __future__ import annotations

import atexit
import mmap
import os
import struct
import tempfile
import threading
import time
from pathlib import Path
from typing import Final, NoReturn

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "build" / "coverage" / "children"
HEAD: Final = struct.Struct("!QQ")  # where the newest data begins, and how long it is
_HALF = 1 << 20  # bytes for one state of the data; there are two, of which one is whole
_PAUSE = 0.1  # seconds between looks
_BUSY = 0.005  # seconds of processor time after which there may be something new


class _Recorder:
    """Measures this process from now on. One thread saves: it has coverage's data for itself."""

    def __init__(self) -> None:
        from coverage import Coverage  # only a measured run has this folder on its path

        FOLDER.mkdir(parents=True, exist_ok=True)
        descriptor, _ = tempfile.mkstemp(dir=FOLDER)
        os.ftruncate(descriptor, HEAD.size + 2 * _HALF)
        self._shared = mmap.mmap(descriptor, HEAD.size + 2 * _HALF)
        os.close(descriptor)
        self._begin = HEAD.size
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep_saving, daemon=True)
        self._exit = os._exit
        self._coverage = Coverage(
            config_file=str(ROOT / "pyproject.toml"), data_file=None, data_suffix=False
        )
        self._coverage.start()
        self._thread.start()

    def finish(self) -> None:
        """Save the last lines."""
        self._ending.set()
        self._thread.join(timeout=5)

    def exit(self, status: int) -> NoReturn:
        """As ``os._exit``, with the last lines saved."""
        self.finish()
        self._exit(status)

    def _keep_saving(self) -> None:
        """Save whenever this process has worked, and at its end."""
        seen = 0.0
        while not self._ending.wait(_PAUSE):
            if time.process_time() - seen > _BUSY:
                self._save()
                seen = time.process_time()
        self._save()

    def _save(self) -> None:
        document = self._coverage.get_data().dumps()
        assert len(document) <= _HALF
        self._shared[self._begin : self._begin + len(document)] = document
        self._shared[: HEAD.size] = HEAD.pack(self._begin, len(document))
        self._begin = HEAD.size + (_HALF if self._begin == HEAD.size else 0)


def _measure() -> None:
    recorder = _Recorder()
    os._exit = recorder.exit
    atexit.register(recorder.finish)


_ELSEWHERE = {"COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"}  # coverage's own patch is there

if __name__ == "sitecustomize" and not _ELSEWHERE & set(os.environ):
    _measure()
