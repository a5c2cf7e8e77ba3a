"""Reading a version's tables: what things say, and what leads from one thing to others."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import itemgetter

from kg.finding.facts import Fact, Node
from kg.projection.keys import Keys
from kg.projection.plan import TYPE, Plan, Star, hops
from kg.projection.statements import Decoder, Statements, key_in, unpacked
from kg.rdf.terms import DefaultGraph, GraphName, NamedNode
from kg.schema.members import Member
from kg.schema.paths import Chain, Step
from kg.store.contents import graph_name

# Nodes on the way to others. Beyond it a question is for the engine, which can order its steps.
_FRONTIER = 5000
_READ_LATELY = 5000  # things that are kept as read, some ten MiB
_UNKNOWN = -1  # stands for the kind of what says nothing
_NOTHING: tuple[int, Statements] = (_UNKNOWN, {})

# Nothing behind a place where one way alone has led to enough is among the first, so it is not read
# in. No text is behind x''.
_FIRST = """
WITH start AS (
    SELECT one.value, known.value AS kind FROM json_each(:values) AS one
    CROSS JOIN json_each(:kinds) AS known
)
SELECT DISTINCT link.key FROM start CROSS JOIN link
ON relation = :relation AND link.value = start.value AND link.kind = start.kind
WHERE link.key <= (SELECT min(ifnull((
    SELECT key FROM link
    WHERE relation = :relation AND link.value = start.value AND link.kind = start.kind
    ORDER BY key LIMIT 1 OFFSET :limit - 1), x'')) FROM start)
ORDER BY link.key LIMIT :limit
"""
COUNT = "SELECT count(*) FROM (SELECT 1 FROM link WHERE relation = ? AND value = ?{} LIMIT ?)"
_ALL = "SELECT key FROM link WHERE relation = ? AND value = ?"
_THINGS = "SELECT thing.key, kind, said FROM json_each(?) CROSS JOIN thing ON thing.key = value"


class Unanswerable(Exception):
    """The tables do not hold what a question asks for; the engine does."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Where chains lead: to what has a ``value`` by a ``relation``, and to ``keys``."""

    links: tuple[tuple[int, str], ...]
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reached:
    """The things of some kinds that ``links`` lead to, and those of ``keys``."""

    kinds: tuple[int, ...]
    links: tuple[tuple[int, str], ...]
    keys: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What numbers of a file stand for, and what some things say; good for one version of it."""

    properties: Mapping[int, NamedNode]
    graphs: Mapping[int, GraphName]
    kinds: Mapping[int, frozenset[str]]
    numbers: Mapping[str, int]
    said: dict[str, tuple[int, Statements]] = field(default_factory=dict)  # of things read lately

    @classmethod
    def read(cls, file: sqlite3.Connection) -> Terms:
        """Those of the version that the file holds now."""
        properties = dict(file.execute("SELECT number, iri FROM property"))
        kinds = file.execute("SELECT number, types FROM kind WHERE number > 0")
        return cls(
            properties={number: NamedNode(iri) for number, iri in properties.items()},
            graphs={
                n: graph_name(name) for n, name in file.execute("SELECT number, name FROM graph")
            },
            kinds={number: frozenset(json.loads(types)) for number, types in kinds},
            numbers={iri: number for number, iri in properties.items()},
        )


@dataclass(slots=True, kw_only=True)
class Reading:
    """One version's tables, as long as the transaction lasts in which they are read."""

    file: sqlite3.Connection
    plan: Plan
    keys: Keys
    terms: Terms
    decoder: Decoder

    def types(self, node: NamedNode) -> list[str]:
        """The classes of a thing; none of what says nothing."""
        kind, _ = self.thing(self.keys.of(node))
        return sorted(self.terms.kinds.get(kind, ()))

    def counts(self) -> dict[str, int]:
        """How many things each class has."""
        found: dict[str, int] = {}
        for number, things in self.file.execute("SELECT number, things FROM kind WHERE number > 0"):
            for each in self.terms.kinds[number]:
                found[each] = found.get(each, 0) + things
        return found

    def facts(self, nodes: Iterable[Node], only: Collection[str] | None = None) -> list[Fact]:
        """What things say, by all properties or ``only`` some."""
        terms, term, properties = self.terms, self.decoder.term, self.terms.properties
        wanted = properties if only is None else {terms.numbers.get(each, 0) for each in only}
        by_key = {self.keys.of(node): node for node in nodes}
        self.read(by_key)
        found: list[Fact] = []
        for key, node in by_key.items():
            for number, pairs in self.thing(key)[1].items():
                graph = terms.graphs[number]
                found += [(node, properties[p], term(o), graph) for p, o in pairs if p in wanted]
        return found

    def values(self, nodes: Iterable[Node], properties: Iterable[str]) -> list[NamedNode]:
        """The things that things have by some properties, each once."""
        found = (value for _, _, value, _ in self.facts(nodes, tuple(properties)))
        return list(dict.fromkeys(each for each in found if isinstance(each, NamedNode)))

    def reached(self, node: NamedNode, member: Member, limit: int) -> Reached:
        """Where a member leads to from a thing, as far as the first ``limit`` things need it.

        Raises Unanswerable.
        """
        ends = self.ends(self.plan.ways[member], [self.keys.of(node)])
        kinds = self.kinds_with(member.classes)
        keys = {key for key in ends.keys if self.is_kind(key, kinds, member.classes)}
        reached = Reached(tuple(kinds), ends.links, frozenset(keys))
        if len(ends.links) + bool(keys) <= 1:
            return reached
        return Reached((), (), frozenset(self.first(reached, limit)))  # one may be at several ends

    def count(self, reached: Reached, limit: int) -> int:
        """How many things are there, counted up to ``limit``."""
        if not reached.links:
            return min(len(reached.keys), limit)
        query = COUNT.format(f" AND kind IN ({', '.join(map(str, reached.kinds))})")
        (count,) = self.file.execute(query, (*reached.links[0], limit)).fetchone()
        return int(count)

    def first(self, reached: Reached, limit: int) -> list[str]:
        """The keys of the first ``limit`` things that are there, by IRI."""
        if not limit:
            return []
        found = set(reached.keys)
        asked = {"kinds": json.dumps(reached.kinds), "limit": limit}
        for relation, links in groupby(sorted(reached.links), key=itemgetter(0)):
            values = json.dumps([value for _, value in links])
            rows = self.file.execute(_FIRST, {**asked, "relation": relation, "values": values})
            found.update([key for (key,) in rows])
        return sorted(found)[:limit]

    def stating(
        self, keys: Collection[str], member: Member, node: NamedNode
    ) -> dict[NamedNode, GraphName]:
        """The things with these keys, each with the graph whose one triple leads to ``node``.

        The first such graph by name, or the default graph where the member is more than one triple.
        """
        things = [self.decoder.thing(key) for key in keys]
        if member.path is None or member.path.inverse is None:
            return dict.fromkeys(things, DefaultGraph())
        self.read(keys)
        stated = (self.terms.numbers.get(member.path.inverse, 0), f"<{self.keys.of(node)}")
        return {thing: self._stating(key, stated) for key, thing in zip(keys, things, strict=True)}

    def _stating(self, key: str, stated: tuple[int, str]) -> GraphName:
        _, said = self.thing(key)
        graphs = [self.terms.graphs[number] for number, pairs in said.items() if stated in pairs]
        return min(graphs, key=str) if len(graphs) > 1 else graphs[0]

    def is_kind(self, key: str, kinds: Collection[int], classes: Collection[str]) -> bool:
        """Whether a node is of one of the kinds; any IRI is where no class is asked for."""
        kind, _ = self.thing(key)
        return kind in kinds or (kind == _UNKNOWN and not classes)

    def kinds_with(self, classes: Iterable[str]) -> list[int]:
        """The kinds of things that are of all these classes."""
        wanted = frozenset(classes)
        return [number for number, types in self.terms.kinds.items() if wanted <= types]

    def ends(self, chains: Iterable[Chain] | None, starts: Sequence[str]) -> Ends:
        """Where chains lead from some nodes. Raises Unanswerable."""
        if chains is None:
            raise Unanswerable
        links: dict[tuple[int, str], None] = {}
        keys: set[str] = set()
        for chain in chains:
            *on_the_way, last = hops(chain)
            nodes = starts
            for hop in on_the_way:
                nodes = (
                    self._joined(nodes, hop) if isinstance(hop, Star) else self._step(nodes, hop)
                )
            if isinstance(last, Star) or last.inverse:
                name = last.name if isinstance(last, Star) else last.predicate
                links.update(((self.plan.relations[name], node), None) for node in nodes)
            else:
                keys.update(self._forth(nodes, last.predicate))
        return Ends(tuple(links), frozenset(keys))

    def within(self, starts: Iterable[str], predicate: str) -> list[str]:
        """Some nodes and all that lie in them by a property, however deep. Raises Unanswerable."""
        found = dict.fromkeys(starts)
        edge = list(found)
        while edge:
            reached = self._step(edge, Step(predicate, inverse=True))
            edge = [each for each in reached if each not in found]
            found.update(dict.fromkeys(edge))
            _bound(found)
        return list(found)

    def thing(self, key: str) -> tuple[int, Statements]:
        """The kind of a node and what it says."""
        known = self.terms.said.get(key)
        return self._read([key])[key] if known is None else known

    def read(self, keys: Iterable[str]) -> None:
        """Read what nodes say by one statement, for ``thing`` to find it read."""
        if unread := [key for key in keys if key not in self.terms.said]:
            self._read(unread)

    def _read(self, keys: list[str]) -> dict[str, tuple[int, Statements]]:
        found = dict.fromkeys(keys, _NOTHING)
        for key, kind, stated in self.file.execute(_THINGS, (json.dumps(keys),)):
            found[key] = (kind, unpacked(stated))
        if len(self.terms.said) >= _READ_LATELY:
            self.terms.said.clear()
        self.terms.said.update(found)
        return found

    def _joined(self, nodes: Iterable[str], star: Star) -> list[str]:
        return self._linked(nodes, _ALL, (self.plan.relations[star.name],))

    def _step(self, nodes: Iterable[str], step: Step) -> list[str]:
        if not step.inverse:
            reached = self._forth(nodes, step.predicate)
            return [each for each in reached if self._meets(each, step.checks)]
        classes = [value for name, value in step.checks if name == TYPE]
        query, values = _ALL, [self.plan.relations[step.predicate]]
        if classes:
            kinds = ", ".join(map(str, self.kinds_with(classes)))
            query = f"{_ALL} AND kind IN ({kinds})"
        reached = self._linked(nodes, query, values)
        checks = [check for check in step.checks if check[0] != TYPE]
        return [each for each in reached if self._meets(each, checks)]

    def _linked(self, nodes: Iterable[str], query: str, values: Iterable[int]) -> list[str]:
        found: dict[str, None] = {}
        for node in nodes:
            rows = self.file.execute(query, (*values, node))
            found.update(dict.fromkeys(key for (key,) in islice(rows, _FRONTIER + 1)))
            _bound(found)
        return list(found)

    def _forth(self, nodes: Iterable[str], predicate: str) -> list[str]:
        number = self.terms.numbers.get(predicate, 0)
        found: dict[str, None] = {}
        for node in nodes:
            _, said = self.thing(node)
            values = (value for pairs in said.values() for name, value in pairs if name == number)
            found.update(dict.fromkeys(key for each in values if (key := key_in(each)) is not None))
            _bound(found)
        return list(found)

    def _meets(self, key: str, checks: Iterable[tuple[str, str]]) -> bool:
        return all(self._has(key, name, self.keys.of_iri(value)) for name, value in checks)

    def _has(self, key: str, predicate: str, value: str) -> bool:
        number = self.terms.numbers.get(predicate, 0)
        _, said = self.thing(key)
        return any((number, f"<{value}") in pairs for pairs in said.values())


def _bound(found: Collection[str]) -> None:
    if len(found) > _FRONTIER:
        raise Unanswerable
