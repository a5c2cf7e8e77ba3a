"""The kinds of servers, each loaded from a folder of dumps by its own loader where one is given."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree

from kg.settings import Settings
from tests.servers.running import NotInstalled, Server, free_port, running

_HOW = "run .ci/install-servers"
_POM = Path(__file__).with_name("pom.xml")
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
_JARS = _CACHE / "editorial-kg" / "servers"
# These servers live for minutes: the time that the optimising compiler and a parallel collector
# take is as much as their work, and never comes back.
_JAVA = ("java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_PATIENCE = 5  # seconds for which a query goes on that nobody waits for any more
_NAMESPACE = "{http://maven.apache.org/POM/4.0.0}"

_REPOSITORY = """\
@prefix rep: <http://www.openrdf.org/config/repository#> .
@prefix sr: <http://www.openrdf.org/config/repository/sail#> .
@prefix sail: <http://www.openrdf.org/config/sail#> .
[] a rep:Repository ; rep:repositoryID "ekg" ; rep:repositoryImpl [
  rep:repositoryType "openrdf:SailRepository" ;
  sr:sailImpl [ sail:sailType "openrdf:MemoryStore" ] ] .
"""

_VIRTUOSO = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = {sql}
DisableUnixSocket = 1
ServerThreads = 10
CheckpointInterval = 0
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = {dump}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 10
MaxKeepAlives = 10
KeepAliveTimeout = 10
[SPARQL]
ResultSetMaxRows = 10000000
"""


@contextmanager
def oxigraph(folder: Path, dump: Path | None = None) -> Iterator[Server]:
    """The Oxigraph server; ``oxigraph load`` fills it."""
    program = Path(sys.executable).with_name("oxigraph")
    if not program.exists():
        raise NotInstalled("Oxigraph server: install the dev group of pyproject.toml")
    at = ["--location", "data"]
    if dump is not None:
        _run([str(program), "load", *at, "--file", str(dump / "dataset.nq")], folder)
    said = _run([str(program), "--version"], folder)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [str(program), "serve", *at, "--bind", f"127.0.0.1:{port}"]
    command += ["--timeout-s", str(_PATIENCE)]
    with running(command, url=url, folder=folder):
        version = said.split()[-1]
        yield Server(name="Oxigraph server", version=version, settings=Settings(store=url))


@contextmanager
def fuseki(folder: Path, dump: Path | None = None) -> Iterator[Server]:
    """Apache Jena Fuseki over a dataset in memory, which ``--file`` fills."""
    jar = _jar("jena-fuseki-server", "jar")
    port = free_port()
    url = f"http://127.0.0.1:{port}/ds"
    content = ["--mem"] if dump is None else [f"--file={dump / 'dataset.nq'}"]
    options = ["--localhost", "--port", str(port), *content, f"--timeout={_PATIENCE * 1000}"]
    options += ["--update", "/ds"]
    with running([*_JAVA, "-jar", str(jar), *options], url=url, folder=folder):
        version = _version("jena-fuseki-server")
        yield Server(name="Apache Jena Fuseki", version=version, settings=Settings(store=url))


@contextmanager
def rdf4j(folder: Path, dump: Path | None = None) -> Iterator[Server]:
    """The Eclipse RDF4J server over a memory store, filled at its ``statements`` address."""
    war, jetty = _jar("rdf4j-http-server", "war"), _jar("jetty-runner", "jar")
    port = free_port()
    root = f"http://127.0.0.1:{port}/rdf4j-server"
    command = [*_JAVA, f"-Dorg.eclipse.rdf4j.appdata.basedir={folder / 'data'}"]
    command += [f"-Djava.io.tmpdir={folder}", "-jar", str(jetty), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--path", "/rdf4j-server", str(war)]
    with running(command, url=f"{root}/protocol", folder=folder):
        url = f"{root}/repositories/ekg"
        _put(url, _REPOSITORY.encode(), "text/turtle")
        if dump is not None:
            content = (dump / "dataset.nq").read_bytes()
            _put(f"{url}/statements", content, "application/n-quads")
        version = _version("rdf4j-http-server")
        yield Server(name="Eclipse RDF4J", version=version, settings=Settings(store=url))


@contextmanager
def virtuoso(folder: Path, dump: Path | None = None) -> Iterator[Server]:
    """Virtuoso, which its bulk loader fills from pairs of graph.nt and graph.nt.graph."""
    program, client = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if program is None or client is None:
        raise NotInstalled(f"Virtuoso 7: {_HOW}")
    http, sql = free_port(), free_port()
    ini = _VIRTUOSO.format(http=http, sql=sql, dump=dump or ".")
    (folder / "virtuoso.ini").write_text(ini, encoding="utf-8")
    root = f"http://127.0.0.1:{http}"
    with running([program, "-f", "-c", "virtuoso.ini"], url=f"{root}/sparql", folder=folder):
        if dump is not None:
            for order in (f"ld_dir('{dump}/virtuoso', '*.nt', NULL)", "rdf_loader_run()"):
                _run([client, str(sql), "dba", "dba", f"exec={order};"], folder)
        said = _run(
            [client, str(sql), "dba", "dba", "exec=select sys_stat('st_dbms_ver');"], folder
        )
        version = next((word for word in said.split() if word[:3] == "07."), "7")
        settings = Settings(
            store=f"{root}/sparql",
            store_update=f"{root}/sparql-auth",
            store_graphs=f"{root}/sparql-graph-crud-auth",
            store_user="dba",
            store_password="dba",
        )
        yield Server(name="Virtuoso Open Source", version=version, settings=settings)


Kind = Callable[..., AbstractContextManager[Server]]
KINDS: Mapping[str, Kind] = MappingProxyType(
    {"oxigraph": oxigraph, "fuseki": fuseki, "rdf4j": rdf4j, "virtuoso": virtuoso}
)


def _jar(artifact: str, suffix: str) -> Path:
    path = _JARS / f"{artifact}-{_version(artifact)}.{suffix}"
    if not path.exists() or shutil.which("java") is None:
        raise NotInstalled(f"{artifact}: {_HOW}")
    return path


def _version(artifact: str) -> str:
    for each in ElementTree.parse(_POM).iter(f"{_NAMESPACE}dependency"):  # noqa: S314 # our file
        if each.findtext(f"{_NAMESPACE}artifactId") == artifact:
            return each.findtext(f"{_NAMESPACE}version") or ""
    raise LookupError(artifact)


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return done.stdout.decode(errors="replace")


def _put(url: str, body: bytes, media_type: str) -> None:
    headers = {"Content-Type": media_type}
    request = urllib.request.Request(url, data=body, headers=headers, method="PUT")
    with urllib.request.urlopen(request, timeout=60):
        pass
