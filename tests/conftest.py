"""Fixtures for all tests: settings, the real graph built once, a server over it, and engines."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Store as Oxigraph

from kg.rdf.iris import Iris
from kg.settings import Settings
from kg.sources import Sources
from kg.store.opening import open_store
from kg.writing.ingest import build
from tests.commands import Server, serving
from tests.content import quick_folder
from tests.engines import ENGINES, OWN, Engine, OwnEngine, ServerEngine
from tests.servers.scripted import Scripted, oxigraph, scripted
from tests.servers.started import Servers

# Folders and modules that take most of the time: they start servers, browsers and processes, or ask
# thousands of times. `make check` leaves them out. They begin first, in this order, so that no
# process is left alone with a long one at the end.
SLOW = (
    *("conformance", "contract", "browser", "faults"),
    *("test_docs", "test_openapi", "test_write_model", "test_embedded_model"),
    *("test_tutorial", "test_executors", "test_cluster"),
    *("test_hostile_http", "test_workers_under_attack", "test_workers", "test_serving"),
    *("test_validation", "test_isolation", "test_batches", "test_publishing", "test_ingest"),
    *("test_web_validate", "test_web_graphs", "test_web_update", "test_web_constraints"),
    *("test_cli_build", "test_cli_reading", "test_cli_validate", "test_cli_writing"),
    *("test_deploy", "test_wheel", "test_examples", "test_readme", "test_foreign_clients"),
    *("test_remote_faults", "test_treaty", "test_caching", "test_ontology"),
)


def pytest_xdist_auto_num_workers() -> int:
    """How many processes run tests: three for two cores, as a test waits for servers it asks."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (cores or 1) * 3 // 2


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run choose over which engines the HTTP faces are tried."""
    parser.addoption(
        "--engine",
        action="append",
        choices=ENGINES,
        help="run only the tests of the HTTP faces, over this engine; may be repeated",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try each test of an HTTP face on the engines of the run, unless only ours can do that."""
    if "engine" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("engine") or [OWN]
        ours = metafunc.definition.get_closest_marker("own_engine")
        skip = [pytest.mark.skip(reason=f"only our own engine: {ours.args[0]}")] if ours else []
        each = [pytest.param(name, marks=() if name == OWN else skip) for name in chosen]
        metafunc.parametrize("engine", each, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is slow and let it begin; where the run is about engines, leave out all else."""
    items.sort(key=_rank)
    for item in items:
        if _rank(item) < len(SLOW):
            item.add_marker(pytest.mark.slow)
    if config.getoption("engine"):
        others = [item for item in items if "engine" not in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if "engine" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=others)


def _rank(item: pytest.Item) -> int:
    """The place in ``SLOW`` of the folder or module that a test is in; else one after the last."""
    names = {item.path.stem, *(each.name for each in item.path.parents)}
    return next((rank for rank, name in enumerate(SLOW) if name in names), len(SLOW))


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The servers of other makers in this session."""
    started = Servers(tmp_path_factory.mktemp("servers"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> Engine:
    """What a test of an HTTP face has its data in: ours, then servers of other makers."""
    if request.param == OWN:
        return OwnEngine()
    return ServerEngine(request.getfixturevalue("servers"), request.param)


@pytest.fixture(autouse=True)
def clean_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of whoever runs it; the article's text is for the tests."""
    for name in os.environ:
        if name.startswith("KG_") and name != "KG_ARTICLE_TEXT":
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def other() -> Iterator[Scripted]:
    """A store of another maker that answers as a test says."""
    with scripted() as found:
        yield found


@pytest.fixture
def there(other: Scripted) -> Oxigraph:
    """What the other store holds, which does at first all that it is told to."""
    store = Oxigraph()
    other.script = oxigraph(store)
    return store


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder of the test's own where it need not wait for the disk."""
    with quick_folder() as folder:
        yield folder


@pytest.fixture
def settings(memory: Path) -> Settings:
    """The default settings with a store of the test's own, which is not there yet."""
    return Settings(store=str(memory / "store"))


@pytest.fixture(scope="session")
def built_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with the shipped source files, for reading only."""
    settings = Settings(store=str(tmp_path_factory.mktemp("built") / "store"))
    iris = Iris(settings.namespace)
    build(open_store(settings), Sources.read(settings), iris, author="test")
    return Path(settings.store)


@pytest.fixture
def own_store(built_store: Path, memory: Path) -> Path:
    """A copy of the built store, to write to."""
    return shutil.copytree(built_store, memory / "own-store")


@pytest.fixture(scope="session")
def live_server(built_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``kg serve`` over the built store, at the root of its host."""
    log = tmp_path_factory.mktemp("server") / "log"
    with serving("--store", built_store, log=log) as server:
        yield server


@pytest.fixture(scope="session")
def prefixed_server(
    built_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The same under a path, as behind a proxy that serves other things too."""
    log = tmp_path_factory.mktemp("server") / "log"
    with serving("--store", built_store, "--workers", "1", prefix="/kg", log=log) as server:
        yield server
