"""What differs between two states of a dataset, as one SPARQL update that is done whole or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from kg.rdf.terms import BlankNode, GraphName, Quad, Term, Triple
from kg.store.digests import canonical

_LINES = 500  # triples in one operation; Virtuoso compiles each into a program of limited length


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What has to be done to a graph; ``anew`` are all its triples with blank nodes, if any.

    Blank nodes cannot be named from outside, so these triples go and come together, or stay.
    """

    graph: GraphName
    removed: frozenset[Quad]
    added: frozenset[Quad]
    had_blank_nodes: bool = False
    anew: tuple[Quad, ...] | None = None

    @classmethod
    def between(cls, graph: GraphName, before: Iterable[Quad], after: Iterable[Quad]) -> Difference:
        """The difference that makes ``graph`` of ``before`` one of ``after``."""
        old, new = set(canonical(before)), set(canonical(after))
        old_blank, new_blank = ({quad for quad in each if _is_blank(quad)} for each in (old, new))
        same = old_blank == new_blank
        return cls(
            graph=graph,
            removed=frozenset(old - new - old_blank),
            added=frozenset(new - old - new_blank),
            had_blank_nodes=bool(old_blank) and not same,
            anew=None if same else tuple(sorted(new_blank, key=str)),
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.removed and not self.added and self.anew is None

    def operations(self, condition: str = "") -> Iterator[str]:
        """The update's operations; each does nothing where a ``condition`` has no solution."""
        for lines in _batches(self.removed):
            yield _ground("DELETE", self._group(lines), condition)
        if self.had_blank_nodes:
            found = self._group("?s ?p ?o")
            yield (
                f"DELETE {{ {found} }} WHERE"
                f" {{ {condition} {found} FILTER(isBlank(?s) || isBlank(?o)) }}"
            )
        for lines in _batches(self.added):
            yield _ground("INSERT", self._group(lines), condition)
        for quads in _packed(_clusters(self.anew or ())):
            # Virtuoso takes blank nodes in templates only, not in INSERT DATA.
            yield f"INSERT {{ {self._group(_lines(quads))} }} WHERE {{ {condition} }}"

    def _group(self, pattern: str) -> str:
        return f"GRAPH {self.graph} {{ {pattern} }}"


def _ground(verb: str, group: str, condition: str) -> str:
    if not condition:
        return f"{verb} DATA {{ {group} }}"
    return f"{verb} {{ {group} }} WHERE {{ {condition} }}"


def _batches(quads: Iterable[Quad]) -> Iterator[str]:
    rest = iter(sorted(quads, key=str))
    while batch := list(islice(rest, _LINES)):
        yield _lines(batch)


def _packed(clusters: Iterable[list[Quad]]) -> Iterator[list[Quad]]:
    """The clusters, small ones together in one operation."""
    pack: list[Quad] = []
    for cluster in clusters:
        if pack and len(pack) + len(cluster) > _LINES:
            yield pack
            pack = []
        pack = pack + cluster
    if pack:
        yield pack


def _clusters(quads: Iterable[Quad]) -> list[list[Quad]]:
    """The quads, those together that share a blank node: one operation must name it once."""
    cluster_of: dict[Term, list[Quad]] = {}
    for quad in quads:
        cluster = [quad]
        for node in filter(_is_node, (quad.subject, quad.object)):
            known = cluster_of.get(node)
            if known is not None and known is not cluster:
                cluster += known
        nodes = {n for each in cluster for n in (each.subject, each.object) if _is_node(n)}
        cluster_of.update(dict.fromkeys(nodes, cluster))
    distinct = {id(cluster): cluster for cluster in cluster_of.values()}
    return list(distinct.values())


def _is_node(term: Term) -> bool:
    return isinstance(term, BlankNode | Triple)


def _lines(quads: Iterable[Quad]) -> str:
    return "\n".join(f"{quad.subject} {quad.predicate} {quad.object} ." for quad in quads)


def _is_blank(quad: Quad) -> bool:
    return _is_node(quad.subject) or _is_node(quad.object)
