"""A version as files for other stores: equal content is equal bytes, in memory of a fixed size."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from kg.errors import Conflict
from kg.progress import Progress, unwatched
from kg.rdf.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format
from kg.rdf.parsing import order_prefixes, parse_stream, serialize_to
from kg.rdf.terms import DefaultGraph, NamedNode, Quad
from kg.store.base import Snapshot
from kg.store.digests import canonical, sorted_lines

SUMS = "SHA256SUMS"
_HEAD = 16 * 1024  # bytes: more than a document's prefix declarations have
_BLOCK = 1024 * 1024

_README = """\
# Editorial KG: version {number}

{triples} triples in {graphs} named graphs; content digest `{digest}`.

| file | what it is |
|---|---|
| `dataset.nq` | the master: canonical N-Quads, sorted, blank nodes named by RDFC-1.0 |
| `dataset.trig`, `dataset.jsonld` | the same for people and for JSON tools |
| `graphs/NAME.ttl`, `graphs/NAME.rdf` | one graph each, as Turtle and RDF/XML |
| `virtuoso/NAME.nt`, `NAME.nt.graph` | one graph each and its name, for Virtuoso's `ld_dir` |
| `*.gz` | each file compressed, without a time in it |
| `SHA256SUMS` | check with `sha256sum -c SHA256SUMS` |

No data is in the default graph: query the union of the named graphs, or name them.
"""


def dump(snapshot: Snapshot, folder: Path, progress: Progress = unwatched) -> None:
    """Write all files of a version to ``folder``, which comes into being when all are written.

    Raises Conflict where there is something in it already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"{folder} is not empty: name a folder that is, or none that there is.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".dump-") as draft:
        content = Path(draft) / "content"
        (content / "graphs").mkdir(parents=True)
        (content / "virtuoso").mkdir()
        _write_files(snapshot, content, Path(draft), progress)
        content.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        content.rename(folder)


def _write_files(snapshot: Snapshot, content: Path, draft: Path, progress: Progress) -> None:
    graphs = sorted(name for name in snapshot.info.graphs if name)
    for done, name in enumerate(graphs):
        progress("Writing graphs", done=done, total=len(graphs))
        _write_graph(snapshot, NamedNode(name), content)
    progress("Writing the dataset", done=0, total=0)
    _write_dataset(snapshot, content, draft)
    info = snapshot.info
    readme = _README.format(
        number=info.number, triples=info.triples, graphs=len(graphs), digest=info.digest
    )
    (content / "README.md").write_text(readme, encoding="utf-8")
    for path in _files(content):
        if path.suffix != ".md":
            _compress(path)
    sums = "".join(f"{_sha256(path)}  {path.relative_to(content)}\n" for path in _files(content))
    (content / SUMS).write_text(sums, encoding="utf-8")


def _write_graph(snapshot: Snapshot, graph: NamedNode, content: Path) -> None:
    name = file_name(graph.value)
    triples = content / "virtuoso" / f"{name}.nt"
    quads = (
        Quad(quad.subject, quad.predicate, quad.object, DefaultGraph())
        for quad in canonical(snapshot.quads(graph))
    )
    _write_lines(sorted_lines(f"{quad} .\n".encode() for quad in quads), triples)
    triples.with_name(f"{name}.nt.graph").write_text(f"{graph.value}\n", encoding="utf-8")
    for rdf_format in (TURTLE, RDF_XML):
        _convert(triples, N_TRIPLES, content / "graphs" / f"{name}.{rdf_format.suffix}", rdf_format)


def _write_dataset(snapshot: Snapshot, content: Path, draft: Path) -> None:
    """The master in the order of its lines; the others graph by graph, as their readers expect."""
    quads = canonical(snapshot.quads())
    master, by_graph = content / "dataset.nq", draft / "by-graph.nq"
    _write_lines(sorted_lines(f"{quad} .\n".encode() for quad in quads), master)
    with master.open("rb") as lines:
        keyed = (f"{quad.graph_name}\t{quad} .\n".encode() for quad in parse_stream(lines, N_QUADS))
        grouped = (line.partition(b"\t")[2] for line in sorted_lines(keyed))
        _write_lines(grouped, by_graph)
    for rdf_format in (TRIG, JSON_LD):
        _convert(by_graph, N_QUADS, content / f"dataset.{rdf_format.suffix}", rdf_format)


def _convert(source: Path, given: Format, target: Path, wanted: Format) -> None:
    with (
        source.open("rb") as lines,
        target.open("wb") as file,
        io.BufferedWriter(_Ordered(file, wanted)) as output,  # type: ignore[type-var] # writes only
    ):
        serialize_to(parse_stream(lines, given), wanted, output)


class _Ordered(io.RawIOBase):
    """Passes a document on with its prefixes in alphabetical order, which the engine's is not."""

    def __init__(self, file: IO[bytes], rdf_format: Format) -> None:
        self._file = file
        self._format = rdf_format
        self._head: bytearray | None = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if self._head is None:
            self._file.write(data)
            return len(data)
        self._head += data
        if len(self._head) > _HEAD:
            self._release()
        return len(data)

    def close(self) -> None:
        self._release()
        super().close()

    def _release(self) -> None:
        """Write what was held back."""
        if self._head is not None:
            self._file.write(order_prefixes(bytes(self._head), self._format))
            self._head = None


def file_name(graph: str) -> str:
    """The name of a graph's files: the end of its IRI, in characters that every system takes."""
    last = graph.rstrip("/#").rpartition("/")[2]
    if last and all(c.isascii() and (c.isalnum() or c in "-_.") for c in last):
        return last
    return hashlib.sha256(graph.encode()).hexdigest()[:32]


def _write_lines(lines: Iterable[bytes], path: Path) -> None:
    with path.open("wb") as file:
        file.writelines(lines)


def _files(folder: Path) -> Iterator[Path]:
    """All files, in the order of their names."""
    return iter(sorted(path for path in folder.rglob("*") if path.is_file()))


def _compress(path: Path) -> None:
    with (
        path.open("rb") as plain,
        path.with_name(f"{path.name}.gz").open("wb") as packed,
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as target,
    ):
        shutil.copyfileobj(plain, target, _BLOCK)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
