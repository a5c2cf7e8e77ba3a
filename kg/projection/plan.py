"""What of a schema's members the tables hold, so that documents and lists need nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from kg.projection.ways import ways
from kg.rdf.namespaces import RDF, XSD
from kg.schema.filters import NUMBERS
from kg.schema.paths import Chain, Step, reversed_chain
from kg.schema.schema import Member, Schema

TYPE = f"{RDF}type"
_ORDERED = {f"{XSD}date", *NUMBERS}


@dataclass(frozen=True, slots=True)
class Star:
    """The relation between what a thing has by two properties: ``^first/second``.

    Only things count that have the values of ``checks``, as in ``Step``.
    """

    first: str
    second: str
    checks: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The name it has among the relations."""
        return " ".join((f"^{self.first}", self.second, *(f"{p} {o}" for p, o in self.checks)))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which properties make rows, and which ``ways`` members go that rows can follow.

    ``relations`` are numbered: properties whose values lead to what has them, and ``stars``, which
    lead two steps on at once. ``literals`` are those whose values may be literals; those
    ``ordered`` are dates and numbers.
    """

    ways: Mapping[Member, tuple[Chain, ...] | None]
    relations: dict[str, int]
    stars: tuple[Star, ...]
    literals: frozenset[str]
    ordered: frozenset[str]


@lru_cache(maxsize=8)
def plan_of(schema: Schema) -> Plan:
    """What the members of a schema ask for."""
    members = [each for found in schema.own_members.values() for each in found]
    gone = {each: ways(each, schema.prefixes) for each in members}
    chains = [chain for found in gone.values() for chain in found or ()]
    both = [*chains, *map(reversed_chain, chains)]
    stars = {hop for chain in both for hop in hops(chain) if isinstance(hop, Star)}
    names = {step.predicate for chain in chains for step in chain}
    names |= {name for chain in chains for step in chain for name, _ in step.checks}
    names -= {TYPE}  # a thing's kind says it
    names |= {each.name for each in stars}
    valued = [each for each in members if _is_compared(each)]
    ends = {each.until for each in members if each.until}
    ordered = {each.predicate for each in valued if each.datatype in _ORDERED} | ends
    literals = {each.predicate for each in valued} - ordered
    return Plan(
        ways=gone,
        relations={name: number for number, name in enumerate(sorted(names), start=1)},
        stars=tuple(sorted(stars, key=lambda each: each.name)),
        literals=frozenset(each for each in literals if each),
        ordered=frozenset(each for each in ordered if each),
    )


def hops(chain: Chain) -> tuple[Step | Star, ...]:
    """The chain with all that is a star in one: back to something, and on from there."""
    found: list[Step | Star] = []
    for step in chain:
        last = found[-1] if found else None
        if isinstance(last, Step) and last.inverse and not step.inverse and not step.checks:
            found[-1] = Star(last.predicate, step.predicate, last.checks)
        else:
            found.append(step)
    return tuple(found)


def _is_compared(member: Member) -> bool:
    """Whether the member's values are literals that a filter compares whole."""
    return bool(member.datatype) and member.datatype != f"{RDF}langString"
