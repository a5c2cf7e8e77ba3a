"""Bringing tables from one version to another, in time that what has changed takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from sqlite3 import Connection

from kg.projection.building import statements
from kg.projection.rows import Rows
from kg.projection.statements import (
    Statements,
    Unfit,
    Values,
    by_property,
    merged,
    packed,
    unpacked,
)
from kg.projection.tables import NOT_LISTED
from kg.store.base import Snapshot, VersionInfo

_COUNT_UP = (
    "INSERT INTO link VALUES (?, ?, ?, ?, 1)"
    " ON CONFLICT (relation, value, kind, key) DO UPDATE SET refs = refs + 1"
)
_NAME_ONE = (
    "INSERT INTO wording (kind, words, things) VALUES (?, ?, 1)"
    " ON CONFLICT (kind, words) DO UPDATE SET things = things + 1"
)
_ONE = "relation = ? AND value = ? AND kind = ? AND key = ?"


def changed_triples(file: Connection, info: VersionInfo) -> int:
    """How many triples the graphs hold that differ from what the tables were made of."""
    known = dict(file.execute("SELECT name, digest FROM graph"))
    return sum(
        graph.triples for name, graph in info.graphs.items() if known.get(name) != graph.digest
    )


def update(rows: Rows, snapshot: Snapshot) -> None:
    """Make the tables those of ``snapshot``, in one transaction.

    Where they cannot hold what it says they are marked so, and stay as they were.
    """
    file, info = rows.file, snapshot.info
    fit = True
    file.execute("BEGIN IMMEDIATE")
    try:
        _update_graphs(rows, snapshot)
    except Unfit:
        file.execute("ROLLBACK")
        file.execute("BEGIN IMMEDIATE")
        fit = False
    except BaseException:
        file.execute("ROLLBACK")
        raise
    query = "UPDATE version SET number = ?, digest = ?, fit = ?"
    file.execute(query, (info.number, info.digest, fit))
    file.execute("COMMIT")


def _update_graphs(rows: Rows, snapshot: Snapshot) -> None:
    file, graphs = rows.file, snapshot.info.graphs
    known = {name: (number, digest) for number, name, digest in file.execute("SELECT * FROM graph")}
    for name in known.keys() - graphs.keys():
        number, _ = known[name]
        _replace(rows, number, {})
        file.execute("DELETE FROM graph WHERE number = ?", (number,))
    for name, info in graphs.items():
        number, digest = known.get(name, (None, None))
        if digest == info.digest:
            continue
        query = "INSERT OR REPLACE INTO graph VALUES (?, ?, ?)"
        made = file.execute(query, (number, name, info.digest))
        _replace(rows, number or made.lastrowid or 0, _whole(statements(rows, snapshot, name)))
    rows.write_counts()


def _whole(
    parts: Iterable[Mapping[str, list[tuple[int, str]]]],
) -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for part in parts:
        for key, pairs in part.items():
            found.setdefault(key, []).extend(pairs)
    return found


@dataclass(frozen=True, slots=True)
class _Side:
    """A thing as it was or as it is to be."""

    kind: int
    stated: Statements
    said: Values

    @property
    def is_there(self) -> bool:
        """Whether anything is said of it at all."""
        return bool(self.stated)


@dataclass(frozen=True, slots=True)
class _Change:
    key: str
    before: _Side
    after: _Side


def _replace(rows: Rows, graph: int, new: Mapping[str, list[tuple[int, str]]]) -> None:
    """Let a graph say just this."""
    changes = list(_changes(rows, graph, new))
    for change in changes:
        if change.before.kind != change.after.kind:
            _move_stars(rows, change)
    for change in changes:
        for side, by in ((change.before, -1), (change.after, 1)):
            rows.count(side.stated, side.said, by)
        _change_thing(rows, change)
        _change_rows(rows, change)
        _change_described(rows.file, graph, change, new)
    for change in changes:
        _change_stars(rows, change)


def _changes(rows: Rows, graph: int, new: Mapping[str, list[tuple[int, str]]]) -> Iterator[_Change]:
    described = rows.file.execute("SELECT key FROM described WHERE graph = ?", (graph,)).fetchall()
    for key in dict.fromkeys((*(row[0] for row in described), *new)):
        before = _side(rows.file, key)
        stated = merged(before.stated, graph, new.get(key, ()))
        if stated != before.stated:
            said = by_property(stated)
            kind = rows.kind(key, said) if stated else NOT_LISTED
            yield _Change(key, before, _Side(kind, stated, said))


def _side(file: Connection, key: str) -> _Side:
    row = file.execute("SELECT kind, said FROM thing WHERE key = ?", (key,)).fetchone()
    if row is None:
        return _Side(NOT_LISTED, {}, {})
    stated = unpacked(row[1])
    return _Side(row[0], stated, by_property(stated))


def _change_thing(rows: Rows, change: _Change) -> None:
    file, key, after = rows.file, change.key, change.after
    if not after.is_there:
        file.execute("DELETE FROM thing WHERE key = ?", (key,))
    elif change.before.is_there:
        query = "UPDATE thing SET kind = ?, said = ? WHERE key = ?"
        file.execute(query, (after.kind, packed(after.stated), key))
    else:
        file.execute("INSERT INTO thing VALUES (?, ?, ?)", (key, after.kind, packed(after.stated)))
    for side, count in ((change.before, -1), (after, 1)):
        if side.is_there:
            query = "UPDATE kind SET things = things + ? WHERE number = ?"
            file.execute(query, (count, side.kind))


def _change_rows(rows: Rows, change: _Change) -> None:
    file, key, before, after = rows.file, change.key, change.before, change.after
    old = {(*each, before.kind, key) for each in rows.links(before.said)}
    new = {(*each, after.kind, key) for each in rows.links(after.said)}
    file.executemany(f"DELETE FROM link WHERE {_ONE}", old - new)
    file.executemany("INSERT INTO link VALUES (?, ?, ?, ?, 1)", new - old)
    values = [(relation, key) for relation, _ in rows.ordered(before.said)]
    file.executemany("DELETE FROM ordered WHERE relation = ? AND key = ?", values)
    ordered = [(relation, key, value, after.kind) for relation, value in rows.ordered(after.said)]
    file.executemany("INSERT INTO ordered VALUES (?, ?, ?, ?)", ordered)
    old_name, new_name = ((each.kind, rows.words(each.said)) for each in (before, after))
    if old_name != new_name:
        _change_name(file, key, old_name, new_name)


def _change_name(file: Connection, key: str, old: tuple[int, str], new: tuple[int, str]) -> None:
    """Let a thing be called something else, as one of another kind perhaps; wordings that name
    nothing any more go.
    """
    file.execute("DELETE FROM name WHERE key = ?", (key,))
    file.execute("UPDATE wording SET things = things - 1 WHERE kind = ? AND words = ?", old)
    file.execute("DELETE FROM wording WHERE kind = ? AND words = ? AND things = 0", old)
    if new[1]:
        file.execute(_NAME_ONE, new)
        query = "INSERT INTO name SELECT ?, number FROM wording WHERE kind = ? AND words = ?"
        file.execute(query, (key, *new))


def _change_described(
    file: Connection, graph: int, change: _Change, new: Mapping[str, object]
) -> None:
    if change.key in new:
        file.execute("INSERT OR IGNORE INTO described VALUES (?, ?)", (graph, change.key))
    else:
        file.execute("DELETE FROM described WHERE graph = ? AND key = ?", (graph, change.key))


def _move_stars(rows: Rows, change: _Change) -> None:
    """Note the new kind of a thing with the stars that it is at the end of, as they stand."""
    file, plan = rows.file, rows.plan
    for star in plan.stars:
        joining = file.execute(
            "SELECT key FROM link WHERE relation = ? AND value = ?",
            (plan.relations[star.second], change.key),
        ).fetchall()
        relation = plan.relations[star.name]
        values = {
            value
            for (key,) in joining
            for found, value, end in rows.stars(_side(file, key).said)
            if (found, end) == (relation, change.key)
        }
        file.executemany(
            f"UPDATE link SET kind = ? WHERE {_ONE}",
            (
                (change.after.kind, relation, each, change.before.kind, change.key)
                for each in values
            ),
        )


def _change_stars(rows: Rows, change: _Change) -> None:
    file = rows.file
    old, new = set(rows.stars(change.before.said)), set(rows.stars(change.after.said))
    for relation, value, end in old - new:
        place = (relation, value, _side(file, end).kind, end)
        file.execute(f"UPDATE link SET refs = refs - 1 WHERE {_ONE}", place)
        file.execute(f"DELETE FROM link WHERE {_ONE} AND refs = 0", place)
    for relation, value, end in new - old:
        file.execute(_COUNT_UP, (relation, value, _side(file, end).kind, end))
