"""Making a version's tables: from nothing, or from another version's by what has changed since."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from kg.progress import Progress
from kg.projection.keys import Keys
from kg.projection.plan import Plan
from kg.projection.rows import Rows
from kg.projection.statements import Statements, Unfit, by_property, packed
from kg.projection.tables import INDEXES, connect_new
from kg.store.base import Snapshot
from kg.store.contents import graph_name

_AT_ONCE = 200_000  # quads whose statements are gathered in memory
_STEP = "Preparing lists"

_Said: TypeAlias = dict[str, list[tuple[int, str]]]

# Rows in the order they come; each table is then filled in its own order, which is far faster.
_SCRATCH = """
CREATE TABLE scratch.stated (key TEXT, graph INTEGER, pairs TEXT);
CREATE TABLE scratch.link (relation INTEGER, value TEXT, kind INTEGER, key TEXT);
CREATE TABLE scratch.star (relation INTEGER, value TEXT, key TEXT);
CREATE TABLE scratch.name (kind INTEGER, key TEXT, words TEXT);
CREATE TABLE scratch.ordered (relation INTEGER, key TEXT, value, kind INTEGER);
"""
_NAMES = (
    """INSERT INTO wording (kind, words, things) SELECT kind, words, count(*) FROM scratch.name
    GROUP BY kind, words""",
    """INSERT INTO main.name SELECT key, number FROM scratch.name CROSS JOIN wording
    USING (kind, words) ORDER BY key""",
)
_FILL = (
    """INSERT INTO main.link SELECT relation, value, kind, key, 1 FROM scratch.link
    ORDER BY relation, value, kind, key""",
    """INSERT INTO main.link SELECT relation, value, coalesce(kind, 0), star.key, count(*)
    FROM scratch.star LEFT JOIN thing ON thing.key = star.key GROUP BY 1, 2, 3, 4""",
    """INSERT INTO main.ordered SELECT relation, key, value, kind FROM scratch.ordered
    ORDER BY relation, key, value""",
    """INSERT INTO described SELECT DISTINCT graph, key FROM scratch.stated ORDER BY graph, key""",
    """UPDATE kind SET things = (SELECT count(*) FROM thing WHERE thing.kind = kind.number)""",
)


def build(path: Path, snapshot: Snapshot, plan: Plan, keys: Keys, progress: Progress) -> None:
    """Write the tables of ``snapshot`` to ``path``, a new file; empty ones where they cannot hold
    what it says.
    """
    try:
        _build(path, snapshot, plan, keys, progress)
    except Unfit:
        path.unlink()
        with closing(connect_new(path)) as file:
            for statement in INDEXES:
                file.execute(statement)
            _finish(file, snapshot, fit=False)


def _build(path: Path, snapshot: Snapshot, plan: Plan, keys: Keys, progress: Progress) -> None:
    scratch = path.with_suffix(".scratch")
    scratch.unlink(missing_ok=True)
    try:
        with closing(connect_new(path)) as file:
            file.execute("ATTACH ? AS scratch", (str(scratch),))
            file.execute("PRAGMA scratch.journal_mode = OFF")
            file.execute("PRAGMA scratch.synchronous = OFF")
            file.executescript(_SCRATCH)
            file.execute("BEGIN")
            rows = Rows(file=file, plan=plan, keys=keys)
            _gather(rows, snapshot, progress)
            _derive(rows, progress)
            file.execute("COMMIT")
            file.execute("DETACH scratch")
            _finish(file, snapshot, fit=True)
    finally:
        scratch.unlink(missing_ok=True)


def _finish(file: sqlite3.Connection, snapshot: Snapshot, *, fit: bool) -> None:
    """Note the version, and let the file be changed while others read it."""
    version = (snapshot.info.number, snapshot.info.digest, fit)
    file.execute("INSERT INTO version VALUES (?, ?, ?)", version)
    file.execute("PRAGMA journal_mode = WAL")


def _gather(rows: Rows, snapshot: Snapshot, progress: Progress) -> None:
    """Write down what each graph says of each thing. Raises Unfit."""
    done, total = 0, snapshot.info.triples
    for name, info in snapshot.info.graphs.items():
        made = rows.file.execute(
            "INSERT INTO graph (name, digest) VALUES (?, ?)", (name, info.digest)
        )
        for said in statements(rows, snapshot, name):
            stated = ((key, made.lastrowid, json.dumps(found)) for key, found in said.items())
            rows.file.executemany("INSERT INTO scratch.stated VALUES (?, ?, ?)", stated)
        done += info.triples
        progress(_STEP, done=done // 2, total=total)


def statements(rows: Rows, snapshot: Snapshot, name: str) -> Iterator[_Said]:
    """What a graph says, by the keys of things; a thing may come again. Raises Unfit."""
    said: _Said = {}
    for count, quad in enumerate(snapshot.quads(graph_name(name)), start=1):
        key, pair = rows.statement(quad)
        said.setdefault(key, []).append(pair)
        if count % _AT_ONCE == 0:
            yield said
            said = {}
    yield said


def _derive(rows: Rows, progress: Progress) -> None:
    """Make all rows out of what the graphs say."""
    (total,) = rows.file.execute("SELECT count(*) FROM scratch.stated").fetchone()
    found = rows.file.execute("SELECT key, graph, pairs FROM scratch.stated ORDER BY key, graph")
    for done, (key, stated) in enumerate(groupby(found, key=lambda row: row[0])):
        _add(rows, key, _joined((graph, json.loads(pairs)) for _, graph, pairs in stated))
        if done % 1000 == 0:
            progress(_STEP, done=(total + done) // 2, total=total)
    rows.write_counts()
    for statement in (*_NAMES, *INDEXES, *_FILL):
        rows.file.execute(statement)


def _joined(stated: Iterable[tuple[int, list[list[int | str]]]]) -> Statements:
    said: dict[int, set[tuple[int, str]]] = {}
    for graph, pairs in stated:
        said.setdefault(graph, set()).update((number, value) for number, value in pairs)  # type: ignore[misc]
    return {graph: sorted(pairs) for graph, pairs in said.items()}


def _add(rows: Rows, key: str, stated: Statements) -> None:
    said = by_property(stated)
    kind = rows.kind(key, said)
    rows.count(stated, said)
    file = rows.file
    file.execute("INSERT INTO thing VALUES (?, ?, ?)", (key, kind, packed(stated)))
    links = ((relation, value, kind, key) for relation, value in rows.links(said))
    file.executemany("INSERT INTO scratch.link VALUES (?, ?, ?, ?)", links)
    file.executemany("INSERT INTO scratch.star VALUES (?, ?, ?)", rows.stars(said))
    ordered = ((relation, key, value, kind) for relation, value in rows.ordered(said))
    file.executemany("INSERT INTO scratch.ordered VALUES (?, ?, ?, ?)", ordered)
    if words := rows.words(said):
        file.execute("INSERT INTO scratch.name VALUES (?, ?, ?)", (kind, key, words))
