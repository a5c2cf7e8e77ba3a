"""Pages of lists out of the tables: which things, in which order, how many in all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, takewhile

from kg.finding.cursors import Key
from kg.finding.requests import ListRequest, Row
from kg.projection.parts import ALL_OF_KIND, Parts
from kg.projection.reading import Reading, Unanswerable
from kg.projection.sorting import sort_keys
from kg.rdf.terms import NamedNode

_SORTED = 50_000  # things; to put more in order by what they say is left to the engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The things that a request lists: those selected by ``source`` that meet ``tests``."""

    reading: Reading
    kinds: list[int]
    source: str
    tests: str
    values: Mapping[str, object]

    @classmethod
    def of(cls, reading: Reading, request: ListRequest) -> Listed:
        """What a request lists; what the fewest things meet is looked up first.

        Raises Unanswerable.
        """
        scope, parts = request.scope, Parts(reading)
        classes = scope.member.classes if scope.member else (scope.class_iri or "",)
        kinds = reading.kinds_with(classes)
        found = [*map(parts.condition, request.conditions)]
        if request.contains is not None:
            found.append(parts.contains(request.contains, kinds))
        found.append(parts.scope(scope))  # last: what narrows a class goes before as many
        first = min((each for each in found if each.source), key=lambda each: each.size)
        assert first.source, "the scope has one"
        return cls(
            reading=reading,
            kinds=kinds,
            source=first.source,
            tests=" AND ".join(each.test for each in found if each is not first) or "1",
            values=parts.values,
        )

    def count(self) -> int:
        """How many things there are in all."""
        query = f"SELECT count(*) FROM ({self._statement})"
        if (self.source, self.tests) in {(ALL_OF_KIND, "1"), (ALL_OF_KIND, "(1)")}:
            query = "SELECT things FROM kind WHERE number = :kind"
        return sum(int(str(each)) for each in self._of_each_kind(query))

    def page(self, request: ListRequest) -> list[Row]:
        """The things of a page and one beyond, nearest to the cursor first. Raises Unanswerable."""
        found = self._by_id(request) if request.sort.name == "id" else self._by_key(request)
        iri = self.reading.keys.iri
        return [Row(node=NamedNode(iri(key)), key=sort_key) for key, sort_key in found]

    def _by_id(self, request: ListRequest) -> list[tuple[str, Key]]:
        falling = request.backward != request.sort.descending
        order, sign = ("DESC", "<") if falling else ("ASC", ">")
        more: dict[str, object] = {"limit": request.limit + 1}
        start = ""
        if request.cursor:
            start = f"AND x.key {sign} :start"
            more["start"] = self.reading.keys.of_iri(request.cursor.iri)
        query = f"{self._statement} {start} ORDER BY x.key {order} LIMIT :limit"
        keys = sorted(map(str, self._of_each_kind(query, more)), reverse=falling)
        return [(key, None) for key in keys[: request.limit + 1]]

    def _by_key(self, request: ListRequest) -> list[tuple[str, Key]]:
        found = [str(each) for each in islice(self._of_each_kind(self._statement), _SORTED + 1)]
        if len(found) > _SORTED:
            raise Unanswerable
        ordered = sort_keys(self.reading, request.sort, found)
        if request.backward:
            ordered.reverse()
        if request.cursor:
            key = self.reading.keys.of_iri(request.cursor.iri)
            ordered = _behind(ordered, (key, request.cursor.key))
        return ordered[: request.limit + 1]

    @property
    def _statement(self) -> str:
        return f"SELECT x.key FROM ({self.source}) AS x WHERE {self.tests}"

    def _of_each_kind(
        self, query: str, more: Mapping[str, object] | None = None
    ) -> Iterator[object]:
        for kind in self.kinds:
            values = {**self.values, **(more or {}), "kind": kind}
            yield from (row[0] for row in self.reading.file.execute(query, values))


def _behind(ordered: list[tuple[str, Key]], place: tuple[str, Key]) -> list[tuple[str, Key]]:
    """What comes behind a thing, which is in the list: a cursor is of the same version."""
    before = sum(1 for _ in takewhile(lambda each: each != place, ordered))
    return ordered[before + 1 :]
