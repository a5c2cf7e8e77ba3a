"""A version as files for other stores: equal content is equal bytes, in memory of a fixed size."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from kg.errors import Conflict
from kg.progress import Progress, unwatched, watched
from kg.rdf.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format
from kg.rdf.parsing import order_prefixes, parse_stream, serialize_to
from kg.rdf.terms import DefaultGraph, GraphName, NamedNode, Quad
from kg.store.base import Snapshot
from kg.store.contents import graph_name
from kg.store.digests import canonical, sorted_lines

SUMS = "SHA256SUMS"
DRAFT = ".dump-"  # how the names of folders begin that are not whole yet
_HEAD = 16 * 1024  # bytes: more than a document's prefix declarations have
_BLOCK = 1024 * 1024
_LEVEL = 6  # of gzip, its own default; 9 takes twice as long for 2 % less
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_DIGEST = 32  # characters of a digest in a name, which other names do not end in
_LIKE_DIGEST = re.compile(rf"(?:.*-)?[0-9a-f]{{{_DIGEST}}}")

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

{default}: query the union of the named graphs, or name them.
"""
_NONE_IN_DEFAULT = "No data is in the default graph"
_DEFAULT = "Data in the default graph are in `dataset.*` and `graphs/default.*` alone"


def dump(snapshot: Snapshot, folder: Path, progress: Progress = unwatched) -> None:
    """Write all files of a version to ``folder``, which comes into being when all are written.

    Raises Conflict where there is something in it already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"{folder} is not empty: name a folder that is, or none that there is.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=DRAFT) as draft:
        content = Path(draft) / "content"
        (content / "graphs").mkdir(parents=True)
        (content / "virtuoso").mkdir()
        _write_files(snapshot, content, Path(draft), progress)
        content.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        content.rename(folder)


def file_names(graphs: Iterable[str]) -> dict[str, str]:
    """What the files of graphs are called, by IRI in the order of IRIs; no system confuses two.

    That is the end of the IRI where every system takes it and it is that of no other graph, else
    with a digest of the IRI; ``default`` for the default graph, whose key is empty.
    """
    ends = {graph: graph.rstrip("/#").rpartition("/")[2] or "default" for graph in sorted(graphs)}
    often = Counter(end.casefold() for end in ends.values())
    return {
        graph: end
        if often[end.casefold()] == 1 and _PLAIN.fullmatch(end) and not _LIKE_DIGEST.fullmatch(end)
        else _with_digest(end, graph)
        for graph, end in ends.items()
    }


def _with_digest(end: str, graph: str) -> str:
    digest = hashlib.sha256(graph.encode()).hexdigest()[:_DIGEST]
    return f"{end}-{digest}" if _PLAIN.fullmatch(end) else digest


def _write_files(snapshot: Snapshot, content: Path, draft: Path, progress: Progress) -> None:
    info = snapshot.info
    names = file_names(info.graphs)
    for graph, name in watched(names.items(), "Writing graphs", len(names), progress):
        _write_graph(snapshot, graph_name(graph), name, content, draft)
    _write_dataset(snapshot, content, draft, progress)
    readme = _README.format(
        number=info.number,
        triples=info.triples,
        graphs=sum(map(bool, info.graphs)),
        digest=info.digest,
        default=_DEFAULT if "" in info.graphs else _NONE_IN_DEFAULT,
    )
    (content / "README.md").write_text(readme, encoding="utf-8")
    plain = [path for path in _files(content) if path.suffix != ".md"]
    for path in watched(plain, "Compressing", len(plain), progress):
        _compress(path)
    files = _files(content)
    with (content / SUMS).open("w", encoding="utf-8") as sums:
        for path in watched(files, "Adding up", len(files), progress):
            sums.write(f"{_sha256(path)}  {path.relative_to(content)}\n")


def _write_graph(
    snapshot: Snapshot, graph: GraphName, name: str, content: Path, draft: Path
) -> None:
    triples = content / "virtuoso" / f"{name}.nt"
    quads = (
        Quad(quad.subject, quad.predicate, quad.object, DefaultGraph())
        for quad in canonical(snapshot.quads(graph))
    )
    _write_sorted((f"{quad} .\n".encode() for quad in quads), triples, draft)
    for rdf_format in (TURTLE, RDF_XML):
        _convert(triples, N_TRIPLES, content / "graphs" / f"{name}.{rdf_format.suffix}", rdf_format)
    if isinstance(graph, NamedNode):
        triples.with_name(f"{name}.nt.graph").write_text(f"{graph.value}\n", encoding="utf-8")
    else:
        triples.unlink()  # that loader has no place for it


def _write_dataset(snapshot: Snapshot, content: Path, draft: Path, progress: Progress) -> None:
    """The master in the order of its lines; the others graph by graph, as their readers expect."""
    total = snapshot.info.triples
    master, by_graph = content / "dataset.nq", draft / "by-graph.nq"
    quads = canonical(watched(snapshot.quads(), f"Writing {master.name}", total, progress))
    _write_sorted((f"{quad} .\n".encode() for quad in quads), master, draft)
    with master.open("rb") as lines:
        read = watched(parse_stream(lines, N_QUADS), "Sorting by graph", total, progress)
        keyed = (f"{quad.graph_name}\t{quad} .\n".encode() for quad in read)
        grouped = (line.partition(b"\t")[2] for line in sorted_lines(keyed, folder=draft))
        _write_lines(grouped, by_graph)
    for rdf_format in (TRIG, JSON_LD):
        target = content / f"dataset.{rdf_format.suffix}"
        _convert(by_graph, N_QUADS, target, rdf_format, total, progress)


def _convert(
    source: Path,
    given: Format,
    target: Path,
    wanted: Format,
    total: int = 0,
    progress: Progress = unwatched,
) -> None:
    with (
        source.open("rb") as lines,
        target.open("wb") as file,
        io.BufferedWriter(_Ordered(file, wanted)) as output,  # type: ignore[type-var] # writes only
    ):
        read = watched(parse_stream(lines, given), f"Writing {target.name}", total, progress)
        serialize_to(read, wanted, output)


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


def _write_sorted(lines: Iterator[bytes], path: Path, draft: Path) -> None:
    """Sort on the disk that the files go to: where temporary files go there may be no room."""
    _write_lines(sorted_lines(lines, folder=draft), path)


def _write_lines(lines: Iterable[bytes], path: Path) -> None:
    with path.open("wb") as file:
        file.writelines(lines)


def _files(folder: Path) -> list[Path]:
    """All files, in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _compress(path: Path) -> None:
    with (
        path.open("rb") as plain,
        path.with_name(f"{path.name}.gz").open("wb") as packed,
        gzip.GzipFile("", "wb", _LEVEL, packed, mtime=0) as target,
    ):
        shutil.copyfileobj(plain, target, _BLOCK)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
