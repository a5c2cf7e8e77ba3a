"""Making a version's index: from nothing, or from another version's by what has changed since."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from kg.rdf.iris import Iris
from kg.rdf.namespaces import RDF, RDFS, SKOS
from kg.rdf.terms import DefaultGraph, Literal, NamedNode, Term
from kg.schema.schema import Schema
from kg.search.index import TABLES, Text, connect, decoded, encoded, kind_word, padded, row_words
from kg.search.text import spellings
from kg.store.base import Snapshot

TYPE = f"{RDF}type"
# What a thing is called, by the vocabularies that everybody uses for it.
NAMES = (f"{RDFS}label", f"{SKOS}prefLabel", f"{SKOS}altLabel")
_WORDY = (f"{RDF}langString", f"{RDFS}Literal")

# A rank's bits, from the top: whether the id is within an article's name space, the length of the
# shortest name, and a number that no two rows share.
_NUMBER_BITS, _LENGTH_BITS = 40, 8
_NUMBER = (1 << _NUMBER_BITS) - 1
_LONGEST = (1 << _LENGTH_BITS) - 1

_Values: TypeAlias = dict[tuple[str, Term], None]

_SEVERAL = 0  # stands for the graph of things that more than one graph describes
_BATCH = 500

_OF_GRAPH = "SELECT ?s ?p ?o WHERE {{ VALUES ?p {{ {wanted} }} GRAPH {graph} {{ ?s ?p ?o }} }}"
_OF_THINGS = "SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {things} }} GRAPH ?g {{ ?s ?p ?o }} }}"


@dataclass(frozen=True, slots=True)
class _Row:
    iri: str
    local_id: str
    types: tuple[str, ...]
    texts: tuple[Text, ...]

    def rank(self, number: int) -> int:
        """The place among all rows; the fewer characters a name has, the more of it is matched."""
        shortest = min((len(each.text) for each in self.texts if each.name), default=_LONGEST)
        within = "/" in self.local_id
        return (within << _LENGTH_BITS | min(shortest, _LONGEST)) << _NUMBER_BITS | number


def build(path: Path, snapshot: Snapshot, schema: Schema, iris: Iris) -> None:
    """Write the index of ``snapshot`` to ``path``, a new file."""
    with closing(connect(path)) as rows:
        rows.executescript(TABLES)
        _Builder(rows, snapshot, schema, iris).bring_up_to_date()
        rows.execute("INSERT INTO words (words) VALUES ('optimize')")


def update(path: Path, snapshot: Snapshot, schema: Schema, iris: Iris) -> None:
    """Make ``path``, a copy of another version's index, that of ``snapshot``.

    Takes as long as the graphs that differ are large.
    """
    with closing(connect(path)) as rows:
        _Builder(rows, snapshot, schema, iris).bring_up_to_date()


class _Builder:
    def __init__(
        self, rows: sqlite3.Connection, snapshot: Snapshot, schema: Schema, iris: Iris
    ) -> None:
        self._rows = rows
        self._snapshot = snapshot
        self._schema = schema
        self._iris = iris
        self._segments = sorted({each.segment for each in schema.collections.values()})
        self._members = _wordy_members(schema)
        self._kinds: dict[str, int] = dict(rows.execute("SELECT types, number FROM kind"))
        (last,) = rows.execute("SELECT max(rank & ?) FROM thing", (_NUMBER,)).fetchone()
        self._first_new = self._next = (last or 0) + 1

    def bring_up_to_date(self) -> None:
        """Take out the graphs that changed or went, then read those that changed or came."""
        self._rows.execute("BEGIN")
        now = {name: info.digest for name, info in self._snapshot.info.graphs.items()}
        known = {name: (number, digest) for number, name, digest in self._graphs()}
        fresh = [name for name in now if name not in known or known[name][1] != now[name]]
        stale = [number for name, (number, digest) in known.items() if now.get(name) != digest]
        several = {iri for (iri,) in self._in_graphs("iri", [_SEVERAL])}
        self._withdraw(self._in_graphs("rank", [_SEVERAL, *stale]))
        self._rows.executemany("DELETE FROM graph WHERE number = ?", ((each,) for each in stale))
        for name in fresh:
            several |= self._read_graph(name, self._number(name, now[name]))
        self._withdraw(self._ranks(several))
        self._read_things(several)
        self._fill_words()
        self._rows.execute("COMMIT")

    def _graphs(self) -> list[tuple[int, str, str]]:
        return self._rows.execute("SELECT number, name, digest FROM graph").fetchall()

    def _number(self, name: str, digest: str) -> int:
        made = self._rows.execute("INSERT INTO graph (name, digest) VALUES (?, ?)", (name, digest))
        assert made.lastrowid is not None  # it was an INSERT
        return made.lastrowid

    def _in_graphs(self, column: str, graphs: Iterable[int]) -> list[tuple[str]]:
        # S608: `column` is one of two words of this module.
        query = f"SELECT {column} FROM thing WHERE graph = ?"  # noqa: S608
        return [row for graph in graphs for row in self._rows.execute(query, (graph,))]

    def _ranks(self, iris: Iterable[str]) -> list[tuple[str]]:
        query = "SELECT rank FROM thing WHERE iri = ?"
        return [row for iri in iris for row in self._rows.execute(query, (iri,))]

    def _withdraw(self, ranks: Iterable[tuple[str]]) -> None:
        """Delete rows, from the full-text table too where they are there already.

        FTS5 needs rows in ascending order, or it writes each one out on its own.
        """
        for (rank,) in sorted(ranks):
            query = "SELECT texts, kind FROM thing WHERE rank = ?"
            texts, kind = self._rows.execute(query, (rank,)).fetchone()
            if int(rank) & _NUMBER < self._first_new and kind is not None:
                row = (rank, *row_words(decoded(texts)), kind_word(kind))
                self._rows.execute(
                    "INSERT INTO words (words, rowid, names, notes, kind)"
                    " VALUES ('delete', ?, ?, ?, ?)",
                    row,
                )
            self._rows.execute("DELETE FROM thing WHERE rank = ?", (rank,))

    def _read_graph(self, name: str, number: int) -> set[str]:
        """Take in the things of a graph; returns those that another graph describes as well."""
        elsewhere: set[str] = set()
        for iri, values in self._values_in(name).items():
            row = self._row(iri, values)
            if row.local_id and (not self._is_shown(row.types) or not self._insert(row, number)):
                elsewhere.add(iri)
        return elsewhere

    def _values_in(self, name: str) -> dict[str, _Values]:
        """The types and texts that a graph has of each thing: a fraction of all it says."""
        if not name:  # within a union, no query can ask the default graph alone
            quads = self._snapshot.quads(DefaultGraph())
            return _grouped((quad.subject, quad.predicate, quad.object) for quad in quads)
        wanted = " ".join(str(NamedNode(each)) for each in (TYPE, *self._members))
        query = _OF_GRAPH.format(graph=NamedNode(name), wanted=wanted)
        return _grouped((row["s"], row["p"], row["o"]) for row in self._snapshot.select(query))

    def _read_things(self, iris: Iterable[str]) -> None:
        """Take in things by all that any graph says of them."""
        wanted = sorted(iris)
        for start in range(0, len(wanted), _BATCH):
            nodes = " ".join(str(NamedNode(iri)) for iri in wanted[start : start + _BATCH])
            rows = self._snapshot.select(_OF_THINGS.format(things=nodes))
            for iri, values in _grouped((row["s"], row["p"], row["o"]) for row in rows).items():
                self._insert(self._row(iri, values), _SEVERAL)

    def _row(self, iri: str, values: Iterable[tuple[str, Term]]) -> _Row:
        local_id = self._local_id(iri) or ""
        types: list[str] = []
        texts = [Text("id", "", local_id.rpartition("/")[2], name=False)]
        for predicate, value in values:
            if predicate == TYPE:
                types += [value.value] if isinstance(value, NamedNode) else []
            elif predicate in self._members and isinstance(value, Literal) and value.language:
                name = predicate in NAMES
                member = self._members[predicate]
                texts.append(Text(member, value.language, value.value, name))
        return _Row(iri, local_id, tuple(sorted(types)), tuple(texts))

    def _local_id(self, iri: str) -> str | None:
        found = (self._iris.local_id(iri, segment) for segment in self._segments)
        return next((each for each in found if each), None)

    def _insert(self, row: _Row, graph: int) -> bool:
        """Whether the row is in now; it is not where another graph's row of this IRI is."""
        rank = row.rank(self._next)
        values = (rank, row.iri, graph, self._kind(row.types), encoded(row.texts))
        made = self._rows.execute("INSERT OR IGNORE INTO thing VALUES (?, ?, ?, ?, ?)", values)
        self._next += made.rowcount
        return made.rowcount == 1

    def _is_shown(self, types: tuple[str, ...]) -> bool:
        return self._schema.collection_of(types) is not None

    def _kind(self, types: tuple[str, ...]) -> int | None:
        """The number for these types; None, and never found, where they are in no collection."""
        if not self._is_shown(types):
            return None
        known = json.dumps(types)
        if known not in self._kinds:
            made = self._rows.execute("INSERT INTO kind (types) VALUES (?)", (known,))
            assert made.lastrowid is not None  # it was an INSERT
            self._kinds[known] = made.lastrowid
        return self._kinds[known]

    def _fill_words(self) -> None:
        """Put the new rows into the full-text table, in its order, and note their words."""
        seen: set[str] = set()
        self._rows.executemany(
            "INSERT INTO words (rowid, names, notes, kind) VALUES (?, ?, ?, ?)",
            self._new_words(seen),
        )
        for word in sorted(seen):
            known = self._rows.execute("INSERT OR IGNORE INTO spelled VALUES (?)", (word,))
            if known.rowcount:
                self._rows.execute("INSERT INTO spelling (word) VALUES (?)", (padded(word),))

    def _new_words(self, seen: set[str]) -> Iterator[tuple[int, str, str, str]]:
        query = (
            "SELECT rank, texts, kind FROM thing WHERE rank & ? >= ? AND kind IS NOT NULL"
            " ORDER BY rank"
        )
        for rank, encoded_texts, kind in self._rows.execute(query, (_NUMBER, self._first_new)):
            texts = decoded(encoded_texts)
            for each in texts:
                if each.name:
                    seen.update(word for word in spellings(each.text) if not word.isdecimal())
            yield rank, *row_words(texts), kind_word(kind)


def _grouped(triples: Iterable[tuple[object, object, Term]]) -> dict[str, _Values]:
    """Properties and values, each pair once, by the IRI of what has them."""
    found: dict[str, _Values] = {}
    for subject, predicate, value in triples:
        if isinstance(subject, NamedNode):
            assert isinstance(predicate, NamedNode)
            found.setdefault(subject.value, {})[predicate.value, value] = None
    return found


def _wordy_members(schema: Schema) -> dict[str, str]:
    """The member names of the properties whose values are in a natural language, by property."""
    return {
        member.predicate: member.name
        for members in schema.own_members.values()
        for member in members
        if member.predicate and (member.datatype in _WORDY or member.predicate in NAMES)
    }
