"""Graphs by name, compressed in a file: as many as there are, one of them in memory at a time."""

from __future__ import annotations

import os
import weakref
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from tempfile import TemporaryFile

from kg.rdf.formats import N_TRIPLES
from kg.rdf.parsing import parse, serialize_to
from kg.rdf.terms import Quad

_FAST = 1  # zlib's level: a tenth of the size already


class Spool(Mapping[str, tuple[Quad, ...]]):
    """Graphs that are written once and read as often as need be; the file goes with the object."""

    def __init__(self) -> None:
        with TemporaryFile() as file:
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)
        self._places: dict[str, tuple[int, int]] = {}
        self._end = 0

    def add(self, name: str, quads: Iterable[Quad]) -> None:
        """Keep a graph."""
        packed = pack(quads)
        written = 0
        while written < len(packed):
            written += os.pwrite(self._file, packed[written:], self._end + written)
        self._places[name] = (self._end, written)
        self._end += written

    def packed(self, name: str) -> bytes:
        """A graph as ``pack`` made it."""
        place, size = self._places[name]
        return os.pread(self._file, size, place)

    def __getitem__(self, name: str) -> tuple[Quad, ...]:
        return tuple(unpack(self.packed(name)))

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def pack(quads: Iterable[Quad]) -> bytes:
    """Quads as compressed N-Triples, blank nodes with their labels."""
    lines = BytesIO()
    serialize_to(quads, N_TRIPLES, lines)
    return zlib.compress(lines.getbuffer(), _FAST)


def unpack(packed: bytes) -> Sequence[Quad]:
    """The quads that ``pack`` was given."""
    return parse(zlib.decompress(packed), N_TRIPLES)


def packed_graph(graphs: Mapping[str, Iterable[Quad]], name: str) -> bytes:
    """One of ``graphs`` as ``pack`` makes it, as it is where it is kept like that."""
    return graphs.packed(name) if isinstance(graphs, Spool) else pack(graphs[name])
