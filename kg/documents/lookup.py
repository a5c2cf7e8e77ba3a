"""Looking things up by IRI: all that is known of one thing, or of those on a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kg.errors import NotFound
from kg.finding.asking import Asking
from kg.finding.facts import Description, Fact, text
from kg.finding.port import Finder, Views
from kg.rdf.terms import NamedNode, Solution, Term
from kg.schema.filters import members_under
from kg.schema.schema import Member, Schema
from kg.schema.selection import ALL, Selection
from kg.store.base import Snapshot

__all__ = ["Description", "Lookup", "text"]

# Up to how many values of view members, whole ones and others, a document shows all. Where there
# are more, it shows only the first, each member its fair share, and a list of its own has all: so
# no document grows with the graph, and what many articles speak of has a survey.
WHOLE_LIMIT, WHOLE_FIRST = 32, 10
VIEW_LIMIT, VIEW_FIRST = 80, 30


class Lookup:
    """Answers from one snapshot, in the terms of one schema, by ``finder`` or the engine."""

    def __init__(self, snapshot: Snapshot, schema: Schema, finder: Finder | None = None) -> None:
        self._asking = Asking(snapshot, schema)
        self.finder: Finder = finder or self._asking
        self._schema = schema

    def describe(
        self, node: NamedNode, selection: Selection = ALL, *, class_iri: str | None = None
    ) -> Description:
        """All that is known of one thing, by three queries at most. Raises NotFound.

        Of the view members only those in ``selection`` are looked up. Where the thing's class, or
        one above it, is not given as ``class_iri``, a fourth query finds it.
        """
        views = self._views([class_iri] if class_iri else self.types(node), selection)
        description = Description(subjects=(node,))

        def share(facts: Iterable[Fact], counts: Mapping[Member, int]) -> Mapping[Member, int]:
            description.add_all(facts)
            profile = self._schema.profile(description.types(node))
            own = {each: count for each, count in counts.items() if each in profile.views}
            shares = _shares(own, selection)
            short = (each for each in own if shares[each] < own[each])
            description.cut.update((node, each.name) for each in short)
            return shares

        shown = self.finder.about(node, views, share)
        if node not in description.about:
            raise NotFound(f"The graph says nothing of <{node.value}>.")
        whole = _show(description, node, shown, selection)
        for member in self._schema.profile(description.types(node)).own:
            if member.predicate and member.name in selection.include:
                whole += _things(description.values(node, member.predicate))
        self._add_linked(description, whole)
        return description

    def describe_all(
        self,
        nodes: Iterable[NamedNode],
        *,
        include: Iterable[str] = (),
        linked: Iterable[NamedNode] = (),
    ) -> Description:
        """All that some things say, by one query; none where there are no things.

        Described whole as well is what they link to by the properties ``include``; known in short
        what is ``linked`` otherwise.
        """
        description = Description(subjects=tuple(nodes))
        if description.subjects or linked:
            self._add_linked(description, description.subjects, include, linked)
        return description

    def types(self, node: NamedNode) -> list[str]:
        """The classes of a thing; one query. Raises NotFound where the graph says nothing of it."""
        found = self.finder.types(node)
        if not found:
            raise NotFound(f"The graph says nothing of <{node.value}>.")
        return found

    def counts(self) -> dict[str, int]:
        """How many things each collection has, by its name; one query."""
        found = self.finder.counts()
        collections = self._schema.collections.items()
        return {name: found.get(each.class_iri, 0) for name, each in collections}

    def select(self, query: str) -> Iterator[Solution]:
        """The solutions of a query of ours, in which every prefix of the schema is declared."""
        return self._asking.select(query)

    def _views(self, classes: Iterable[str], selection: Selection) -> dict[Member, int]:
        """The view members to look up, and of each as many values as it may show and one beyond."""
        views = {
            (each.shape, each.name): each
            for known in classes
            for each in members_under(self._schema, known)
            if each.view and selection.shows(each)
        }
        return {
            each: 1 + (WHOLE_LIMIT if selection.nests(each) else VIEW_LIMIT)
            for each in views.values()
        }

    def _add_linked(
        self,
        description: Description,
        whole: Iterable[NamedNode],
        include: Iterable[str] = (),
        linked: Iterable[NamedNode] = (),
    ) -> None:
        """Take in all of ``whole`` and what is shown of everything that is linked."""
        known = description.linked.union(linked)
        description.add_all(self.finder.whole(tuple(whole), include=tuple(include), linked=known))
        far = description.unknown(self._schema.summary_links)
        if far:
            description.add_all(self.finder.short(far))


def _show(
    description: Description, node: NamedNode, views: Views, selection: Selection
) -> list[NamedNode]:
    """Take in what view members lead to; returns what to describe whole."""
    stated: list[Fact] = []
    for member, values in views.items():
        if values:
            description.views[node, member.name] = list(values)
        if member.path and member.path.inverse:
            link = NamedNode(member.path.inverse)
            stated += [(value, link, node, graph) for value, graph in values.items()]
    description.add_all(stated)
    return [value for member in views if selection.nests(member) for value in views[member]]


def _shares(counts: Mapping[Member, int], selection: Selection) -> dict[Member, int]:
    """How many values each view member shows, of those described whole and of the others."""
    whole = {each: count for each, count in counts.items() if selection.nests(each)}
    others = {each: count for each, count in counts.items() if each not in whole}
    first = WHOLE_LIMIT if selection.include else WHOLE_FIRST  # who asks for them is to have them
    return {**_fair(whole, WHOLE_LIMIT, first), **_fair(others, VIEW_LIMIT, VIEW_FIRST)}


def _fair(wanted: Mapping[Member, int], most: int, first: int) -> dict[Member, int]:
    """How many each may have: what it wants, or its share of ``first`` where all are too many."""
    shares: dict[Member, int] = {}
    limit = most if sum(wanted.values()) <= most else first
    for place, (member, count) in enumerate(sorted(wanted.items(), key=_wish)):
        fair = (limit - sum(shares.values())) // (len(wanted) - place)
        shares[member] = min(count, fair)
    return shares


def _wish(wanted: tuple[Member, int]) -> tuple[int, str]:
    member, count = wanted
    return count, member.name


def _things(terms: Iterable[Term]) -> list[NamedNode]:
    return [each for each in terms if isinstance(each, NamedNode)]
