"""What a list's scope and conditions mean in SQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kg.finding.conditions import Condition
from kg.finding.requests import Scope
from kg.projection.reading import COUNT, Ends, Reading, Unanswerable
from kg.projection.statements import encoded
from kg.rdf.namespaces import RDF, XSD
from kg.rdf.terms import Literal, NamedNode
from kg.schema.filters import PERIOD, Filter, Kind
from kg.schema.paths import Step, reversed_chain

_COUNTED = 20_000  # links; two conditions that more things meet are taken for equal
ALL_OF_KIND = "SELECT key FROM thing WHERE kind = :kind"
_NOTHING = Ends((), frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of several things asked for at once, for the things of one kind, ``:kind``.

    ``test`` is true of a row ``x`` whose ``key`` meets it; ``source`` selects the distinct keys of
    all that do, about ``size`` of them, None where there are only things to leave out.
    """

    test: str
    source: str | None = None
    size: int = 0


@dataclass(slots=True)
class Parts:
    """Writes the parts of one request, with the values of its parameters in ``values``."""

    reading: Reading
    values: dict[str, object] = field(default_factory=dict)

    def scope(self, scope: Scope) -> Part:
        """The part for what is listed. Raises Unanswerable."""
        if scope.parent and scope.member:
            start = self.reading.keys.of(scope.parent)
            ways = self.reading.plan.ways[scope.member]
            return self._of_ends(self.reading.ends(ways, [start]))
        counts = self.reading.counts()
        size = counts.get(scope.class_iri or "", 0)
        return Part(test="1", source=ALL_OF_KIND, size=size)

    def condition(self, condition: Condition) -> Part:
        """The part for a condition. Raises Unanswerable."""
        found = self._positive(condition)
        if condition.operator.negates:
            return Part(test=f"NOT ({found.test})")
        return found

    def contains(self, text: str, kinds: Iterable[int]) -> Part:
        """The part for things one of whose names contains a text, in any letter case."""
        contained = f"instr(words, {self._value(text.lower())})"
        named = f"name.wording = number AND {contained}"
        source = f"SELECT key FROM wording CROSS JOIN name ON {named} WHERE kind = :kind"
        test = f"EXISTS (SELECT 1 FROM name CROSS JOIN wording ON {named} WHERE key = x.key)"
        query = f"SELECT ifnull(sum(things), 0) FROM wording WHERE kind = :kind AND {contained}"
        rows = (self.reading.file.execute(query, {**self.values, "kind": kind}) for kind in kinds)
        return Part(test=test, source=source, size=sum(size for each in rows for (size,) in each))

    def _positive(self, condition: Condition) -> Part:
        found = condition.filter
        if found.name in PERIOD:
            return self._overlapping(found, _text(condition.values[0]))
        if found.kind is Kind.CLASS:
            return self._typed(condition)
        if found.kind in {Kind.DATE, Kind.NUMBER}:
            return self._compared(condition, condition.operator.sign or "=")
        return self._reached(condition)

    def _reached(self, condition: Condition) -> Part:
        found = condition.filter
        if found.kind is Kind.TEXT and found.members[0].datatype == f"{RDF}langString":
            raise Unanswerable
        starts = [self._start(each) for each in condition.values]
        starts = [each for each in starts if self._is_kept(found, each)]
        if found.inside:
            starts = self.reading.within(starts, found.inside)
        ends = [self._ends_of(each.path.chains, starts) for each in found.members if each.path]
        return self._of_ends(_united(ends))

    def _ends_of(self, chains: Iterable[tuple[Step, ...]] | None, starts: Sequence[str]) -> Ends:
        back = None if chains is None else [reversed_chain(each) for each in chains]
        return self.reading.ends(back, starts)

    def _start(self, value: NamedNode | Literal) -> str:
        if isinstance(value, NamedNode):
            return self.reading.keys.of(value)
        return encoded(value, self.reading.keys)

    def _is_kept(self, found: Filter, key: str) -> bool:
        """Where all ways lead against the arrows, to things of one class: whether it is of it."""
        classes = {each.classes for each in found.members}
        if len(classes) > 1 or not all(each.view for each in found.members):
            return True
        one = classes.pop()
        return self.reading.is_kind(key, self.reading.kinds_with(one), one)

    def _typed(self, condition: Condition) -> Part:
        classes = [each.value for each in condition.classes]
        kinds = {kind for each in classes for kind in self.reading.kinds_with([each])}
        test = f":kind IN ({', '.join(map(str, sorted(kinds)))})"
        if not condition.values:
            return Part(test=test)
        starts = [self._start(each) for each in condition.values]
        ends = [
            self.reading.ends([(Step(each.predicate, inverse=True),)], starts)
            for each in condition.filter.members
            if each.predicate
        ]
        concepts = self._of_ends(_united(ends))
        return Part(test=f"({test} OR {concepts.test})") if classes else concepts

    def _compared(self, condition: Condition, sign: str) -> Part:
        """The part for dates and numbers before, behind or just at a value."""
        names = {each.predicate for each in condition.filter.members}
        relations = ", ".join(str(self._ordered(each)) for each in sorted(map(str, names)))
        tests: list[str] = []
        for bound in condition.values:
            value, types = _comparable(bound, exact=sign == "=")
            tests.append(f"(value {sign} {self._value(value)} AND typeof(value) IN {types})")
        asked = f"relation IN ({relations}) AND ({' OR '.join(tests)})"
        return self._of_ordered(f"SELECT key FROM ordered WHERE kind = :kind AND {asked}")

    def _overlapping(self, found: Filter, day: str) -> Part:
        """One of a thing's periods ends no sooner than the day, or begins no later."""
        ends = {each.until for each in found.members}
        sign, limit = (">=" if found.name == "from" else "<="), self._value(day)
        ways: list[str] = []
        for member in found.members:
            if member.predicate in ends:
                continue
            first, last = (
                self._ordered(each) for each in (member.predicate, member.until or member.predicate)
            )
            near, far = (first, last) if found.name == "from" else (last, first)
            ways.append(
                f"SELECT key FROM ordered WHERE kind = :kind AND relation = {far}"
                f" AND value {sign} {limit}"
            )
            ways.append(
                f"SELECT key FROM ordered AS n WHERE kind = :kind AND relation = {near} AND NOT"
                f" EXISTS (SELECT 1 FROM ordered WHERE relation = {far} AND key = n.key)"
            )
        return self._of_ordered(" UNION ALL ".join(ways))

    def _of_ordered(self, rows: str) -> Part:
        source = f"SELECT DISTINCT key FROM ({rows})"
        return Part(test=f"x.key IN (SELECT key FROM ({rows}))", source=source, size=5 * _COUNTED)

    def _ordered(self, predicate: str | None) -> int:
        """The number of a relation of dates or numbers. Raises Unanswerable where some are odd."""
        relation = self.reading.plan.relations.get(predicate or "")
        query = "SELECT 1 FROM odd WHERE relation = ?"
        if relation is None or self.reading.file.execute(query, (relation,)).fetchone():
            raise Unanswerable
        return relation

    def _of_ends(self, ends: Ends) -> Part:
        """The part for things that are at the ends of chains."""
        by_relation: dict[int, list[str]] = {}
        for relation, value in ends.links:
            by_relation.setdefault(relation, []).append(value)
        parts = [self._linked(*each) for each in by_relation.items()]
        if ends.keys:
            keys = f"(SELECT value FROM json_each({self._value(json.dumps(sorted(ends.keys)))}))"
            source = f"SELECT key FROM thing WHERE key IN {keys} AND kind = :kind"
            parts.append(Part(test=f"x.key IN {keys}", source=source, size=len(ends.keys)))
        if len(parts) == 1:
            return parts[0]
        sources = (
            " UNION ALL ".join(str(each.source) for each in parts) or "SELECT 0 AS key WHERE 0"
        )
        return Part(
            test=f"({' OR '.join(each.test for each in parts) or '0'})",
            source=f"SELECT DISTINCT key FROM ({sources})",
            size=sum(each.size for each in parts),
        )

    def _linked(self, relation: int, values: list[str]) -> Part:
        size = sum(self._size(relation, each) for each in values[:10]) * max(1, len(values) // 10)
        where = f"link.relation = {relation} AND link.kind = :kind"
        if len(values) == 1:
            asked = f"{where} AND link.value = {self._value(values[0])}"
            source = f"SELECT key FROM link WHERE {asked}"
            test = f"EXISTS (SELECT 1 FROM link WHERE {asked} AND link.key = x.key)"
            return Part(test=test, source=source, size=size)
        given = f"json_each({self._value(json.dumps(values))}) AS v CROSS JOIN link"
        where = f"{where} AND link.value = v.value"
        source = f"SELECT DISTINCT link.key FROM {given} WHERE {where}"
        test = f"EXISTS (SELECT 1 FROM {given} WHERE {where} AND link.key = x.key)"
        return Part(test=test, source=source, size=size)

    def _size(self, relation: int, value: str) -> int:
        query = COUNT.format("")
        (size,) = self.reading.file.execute(query, (relation, value, _COUNTED)).fetchone()
        return int(size)

    def _value(self, value: object) -> str:
        """A parameter of the statement with this value."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def _comparable(bound: NamedNode | Literal, *, exact: bool) -> tuple[object, str]:
    """A value as the column has it, and the SQL types of those that it is compared with.

    Raises Unanswerable for a fraction where only the same term is meant: doubles look alike.
    """
    assert isinstance(bound, Literal), "the reader of conditions sees to it"
    if bound.datatype.value == f"{XSD}date":
        return bound.value, "('text')"
    if bound.datatype.value == f"{XSD}integer":
        return int(bound.value), "('integer')" if exact else "('integer', 'real')"
    if exact:
        raise Unanswerable
    return float(bound.value), "('integer', 'real')"


def _united(ends: Iterable[Ends]) -> Ends:
    found = _NOTHING
    for each in ends:
        links = tuple(dict.fromkeys((*found.links, *each.links)))
        found = Ends(links, found.keys | each.keys)
    return found


def _text(value: NamedNode | Literal) -> str:
    return value.value
