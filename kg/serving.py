"""Serving over HTTP: gunicorn in this process, which forks the workers that answer."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from kg.errors import SettingsError
from kg.settings import Settings
from kg.sources import read_vocabulary
from kg.store.embedded.compaction import Compactor
from kg.store.opening import MEMORY
from kg.writing.access import token_path

if TYPE_CHECKING:
    from flask import Flask
    from gunicorn.workers.base import Worker
THREADS = 32  # requests that a worker answers at once; most wait for a query process
_BACKLOG = 1024
_ENDING = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT}
_LONGEST_LINE = 8190  # bytes of a request line, gunicorn's maximum: a query may stand in it


def serve(settings: Settings, *, ready: Callable[[str], None]) -> None:
    """Serve until a signal ends it; ``ready`` is told the URL once it can be asked.

    Raises SettingsError where the address cannot be listened at, and what is wrong with ontology
    or shapes before any worker starts. Ends by SystemExit, as gunicorn does.
    """
    read_vocabulary(settings)
    listener = _listen(settings.bind)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    with _shared(settings) as shared:
        # After the environment says where figures go: prometheus_client looks when it is imported.
        from kg.web.app import create_app

        _Server(shared, listener, ready, create_app, _compactor(settings)).run()


class _Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """The application as gunicorn wants it: each worker makes its own, after the fork."""

    def __init__(
        self,
        settings: Settings,
        listener: socket.socket,
        ready: Callable[[str], None],
        create_app: Callable[[Settings], Flask],
        compactor: Compactor | None,
    ) -> None:
        self._settings = settings
        self._compactor = compactor
        self._create_app = create_app
        self._url = _url(listener)
        self._bind = f"fd://{listener.detach()}"
        self._ready = ready
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        for name, value in self._options().items():
            if name in self.cfg.settings:  # older versions have no control socket to disable
                self.cfg.set(name, value)

    def run(self) -> None:
        """Serve until a signal ends it."""
        _Master(self, self._compactor).run()

    def load(self) -> Flask:
        """The application of one worker, the processes that answer and validate started."""
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        app = self._create_app(self._settings)
        app.extensions["kg"].querying.start()
        app.extensions["kg.writing"].start()
        return app

    def _options(self) -> Mapping[str, object]:
        return {
            "bind": self._bind,
            "workers": self._settings.workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "accesslog": "-" if self._settings.access_log else None,
            "loglevel": "warning",
            "limit_request_line": _LONGEST_LINE,
            "control_socket_disable": True,
            "when_ready": self._tell,
            "child_exit": self._forget,
        }

    def _tell(self, _arbiter: object) -> None:
        self._ready(self._url)

    def _forget(self, _arbiter: object, worker: Worker) -> None:
        """Take the figures of a worker that is gone out of what the others show."""
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid, self._settings.metrics_folder)  # type: ignore[no-untyped-call]


class _Master(Arbiter):  # type: ignore[misc] # gunicorn has no types
    """The process that forks workers, with no signal lost to one that is just being forked.

    It looks after the store's order as well, once a second or so.
    """

    def __init__(self, app: _Server, compactor: Compactor | None) -> None:
        self._compactor = compactor
        super().__init__(app)

    def manage_workers(self) -> None:
        """Start workers that are missing; gunicorn asks for it again and again."""
        super().manage_workers()
        if self._compactor:
            self._compactor.look()

    def spawn_worker(self) -> int:
        """Fork a worker, which takes signals once it has its own ways to; its number.

        Until then it has those of this process, which would note the signal and do nothing: who
        ends the server in that moment would wait for the worker in vain.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            number: int = super().spawn_worker()
            return number
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def _compactor(settings: Settings) -> Compactor | None:
    """Who looks after the store, where it is a folder that stays."""
    passing = settings.store == MEMORY or "://" in settings.store
    return None if passing else Compactor(Path(settings.store))


def _listen(bind: str) -> socket.socket:
    """A socket that listens at HOST:PORT. Raises SettingsError, which says what to do."""
    host, _, port = bind.rpartition(":")
    if not (host and port.isascii() and port.isdecimal() and int(port) < 1 << 16):
        raise SettingsError(f"bind={bind!r}: expected HOST:PORT, such as 127.0.0.1:8000.")
    address = (host.strip("[]"), int(port))
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    try:
        return socket.create_server(address, family=family, backlog=_BACKLOG)
    except OSError as error:
        raise SettingsError(_why_not(bind, error)) from error


def _why_not(bind: str, error: OSError) -> str:
    reasons = {
        errno.EADDRINUSE: "in use; stop what listens there or name another port by --bind",
        errno.EADDRNOTAVAIL: "no address of this machine; name another by --bind",
        errno.EACCES: "not allowed to this user; name a port from 1024 by --bind",
    }
    reason = reasons.get(error.errno or 0, f"unusable ({error.strerror}); name another by --bind")
    return f"{bind} is {reason}."


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _shared(settings: Settings) -> Iterator[Settings]:
    """Settings whose folders all workers can use: their figures', and the store's if in memory."""
    home, owner = Path(tempfile.mkdtemp(prefix="kg-")), os.getpid()
    metrics = Path(settings.metrics_folder or home / "metrics")
    try:
        metrics.mkdir(parents=True, exist_ok=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
        store = str(home / "store") if settings.store == MEMORY else settings.store
        tokens = str(token_path(settings))  # of the store as it was named
        yield replace(settings, store=store, metrics_folder=str(metrics), tokens=tokens)
    finally:
        if os.getpid() == owner:  # a worker leaves by this way too, long before the others
            shutil.rmtree(home)
