"""What a query parameter asks of a list's things: read from its words, written as SPARQL."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kg.errors import NotFound, ParameterError
from kg.rdf.iris import Iris
from kg.rdf.namespaces import RDF, XSD
from kg.rdf.terms import Literal, NamedNode
from kg.schema.filters import PERIOD, Filter, Kind
from kg.schema.operators import Operator
from kg.schema.patterns import NAMES, alternatives, listed
from kg.schema.schema import Member, Schema

_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ABSOLUTE = re.compile(r"https?://|urn:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A filter with the values asked for; ``classes`` are those that ``type`` names."""

    filter: Filter
    operator: Operator
    values: tuple[NamedNode | Literal, ...]
    classes: tuple[NamedNode, ...] = ()


def read_condition(
    schema: Schema,
    names: Iris,
    known: Mapping[str, tuple[Filter, Operator]],
    parameter: tuple[str, Sequence[str]],
) -> Condition | None:
    """The condition that a query parameter, its name and values, states; None where it is not among
    the ``known``. Raises ParameterError for values that the filter cannot take.
    """
    name, values = parameter
    if name not in known:
        return None
    found, operator = known[name]
    reader = _Reader(schema=schema, names=names, filter=found, parameter=name)
    once = operator.sign or not found.repeatable
    if once and len(values) > 1:
        raise reader.refusal(values[1], "one value only")
    if found.kind is Kind.CLASS:
        return reader.type_condition(operator, values)
    terms = tuple(reader.term(value) for value in values)
    return Condition(filter=found, operator=operator, values=terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the values of one parameter."""

    schema: Schema
    names: Iris
    filter: Filter
    parameter: str

    def refusal(self, value: str, form: str) -> ParameterError:
        return ParameterError(
            f"{self.parameter[:100]}={value[:100]!r}: expected {form}.",
            parameter=self.parameter[:100],
        )

    def term(self, value: str) -> NamedNode | Literal:
        if self.filter.kind is Kind.DATE:
            return self._day(value)
        if self.filter.kind is Kind.NUMBER:
            return self._number(value)
        return self._node(value) if self.filter.kind is not Kind.TEXT else Literal(value)

    def type_condition(self, operator: Operator, values: Sequence[str]) -> Condition:
        known = {value: self.schema.class_named(value) for value in values}
        classes = tuple(NamedNode(found.iri) for found in known.values() if found)
        concepts = tuple(self._kind(value) for value, found in known.items() if not found)
        return Condition(filter=self.filter, operator=operator, values=concepts, classes=classes)

    def _kind(self, value: str) -> NamedNode:
        if not self.filter.members or value[:1].isupper():  # a class's name that none has
            raise self.refusal(value, self.filter.form)
        return self._node(value)

    def _day(self, value: str) -> Literal:
        if not _is_day(value):
            raise self.refusal(value, self.filter.form)
        return Literal(value, datatype=NamedNode(f"{XSD}date"))

    def _number(self, value: str) -> Literal:
        if not _NUMBER.fullmatch(value):
            raise self.refusal(value, self.filter.form)
        datatype = "decimal" if "." in value else "integer"
        return Literal(value, datatype=NamedNode(f"{XSD}{datatype}"))

    def _node(self, value: str) -> NamedNode:
        found = read_node(self.names, self.filter.segment, value)
        if found is None:
            raise self.refusal(value, self.filter.form)
        return found


def read_node(names: Iris, segment: str, value: str) -> NamedNode | None:
    """The thing that an id under ``segment``, or a full IRI, names; None for what is neither."""
    try:
        return NamedNode(value) if _ABSOLUTE.match(value) else names.thing(segment, value)
    except (NotFound, ValueError):
        return None


def _is_day(value: str) -> bool:
    try:
        return bool(_DAY.fullmatch(value) and date.fromisoformat(value))
    except ValueError:
        return False


def pattern(condition: Condition, mark: str) -> str:
    """The group pattern that ?value must meet; ``mark`` keeps its variables apart from others'."""
    found = condition.filter
    if found.name in PERIOD:
        return _overlaps(found.members, found.name, condition.values[0], mark)
    inner = (_typed if found.kind is Kind.CLASS else _reached)(condition, mark)
    return f"FILTER NOT EXISTS {{ {inner} }}" if condition.operator.negates else inner


def contains(text: str) -> str:
    """The group pattern that one of the names of ?value contains ``text``, in any letter case."""
    wanted = Literal(text.lower())
    return (
        f"FILTER EXISTS {{ ?value {alternatives(NAMES)} ?name"
        f" FILTER(CONTAINS(LCASE(STR(?name)), {wanted})) }}"
    )


def _reached(condition: Condition, mark: str) -> str:
    found = condition.filter
    target = f"?at{mark}"
    way = f"?value {_way(found)} {target} ."
    if condition.operator.sign:
        return f"{way} FILTER({target} {condition.operator.sign} {condition.values[0]})"
    if found.kind is Kind.TEXT and found.members[0].datatype == f"{RDF}langString":
        texts = ", ".join(str(each) for each in condition.values)
        return f"{way} FILTER(STR({target}) IN ({texts}))"
    return f"VALUES {target} {{ {listed(condition.values)} }} {way}{_kept(found, target)}"


def _way(found: Filter) -> str:
    ways = dict.fromkeys(each.path.sparql for each in found.members if each.path)
    way = "|".join(f"({each})" for each in ways)
    return f"({way})/<{found.inside}>*" if found.inside else way


def _kept(found: Filter, target: str) -> str:
    """Where all ways lead against the arrows, to things of one class: that they are of it."""
    classes = {each.classes for each in found.members}
    one = classes.pop() if len(classes) == 1 else ()
    views = all(each.view for each in found.members)
    return "".join(f" {target} a <{each}> ." for each in one) if views else ""


def _typed(condition: Condition, mark: str) -> str:
    kinds = dict.fromkeys(each.predicate for each in condition.filter.members if each.predicate)
    ways = [f"{{ VALUES ?at{mark} {{ {listed(condition.classes)} }} ?value a ?at{mark} }}"]
    if condition.values:
        ways.append(
            f"{{ VALUES ?at{mark} {{ {listed(condition.values)} }}"
            f" ?value {alternatives(kinds)} ?at{mark} }}"
        )
    return " UNION ".join(ways[0 if condition.classes else 1 :])


def _overlaps(members: Sequence[Member], name: str, bound: NamedNode | Literal, mark: str) -> str:
    """One of a thing's periods overlaps: it ends no sooner than ``from``, begins no later than
    ``to``. A date that begins no period is one of a day.
    """
    ends = {each.until for each in members}
    begins = [each for each in members if each.predicate not in ends]
    ways = []
    for number, member in enumerate(begins):
        begin, end = (f"?{word}{mark}_{number}" for word in ("begin", "end"))
        near, far, sign = (begin, end, ">=") if name == "from" else (end, begin, "<=")
        first, last = member.predicate, member.until or member.predicate
        by_name = {begin: first, end: last}
        ways.append(
            f"{{ ?value <{by_name[far]}> {far} FILTER({far} {sign} {bound}) }}"
            f" UNION {{ ?value <{by_name[near]}> {near}"
            f" FILTER NOT EXISTS {{ ?value <{by_name[far]}> ?other{mark}_{number} }} }}"
        )
    return " UNION ".join(ways)
