"""The links that a description shows around a thing: one for each fact or claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, product, zip_longest

from kg.documents.lookup import Description
from kg.rdf.terms import NamedNode
from kg.schema.members import Member, Profile
from kg.schema.relations import Relations


class Layer(StrEnum):
    """What an edge says: what is reported, what somebody claims, or what claims are about."""

    FACT = "fact"
    CLAIM = "claim"
    CONTENT = "content"  # how a situation is made up, whether or not it obtains


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A link between two things: by ``member``, or where that is None by the relation ``item``.

    ``item`` is what states the link, where that is one with a status and a source; ``kinds`` are
    the concepts that tell what kind of relation it is, if it is one.
    """

    source: NamedNode
    target: NamedNode
    layer: Layer
    member: Member | None = None
    item: NamedNode | None = None
    kinds: tuple[NamedNode, ...] = ()

    @property
    def is_affirmed_or_denied(self) -> bool:
        """Whether the item's polarity is about this link, not about another one of the item's."""
        return self.member is None or self.member.role == "content"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """The links in one description."""

    relations: Relations
    description: Description

    def around(self, node: NamedNode) -> list[Edge]:
        """The links of a thing, and those between its neighbours that an item of its brings.

        Each member of the thing takes its turn, so that what comes first has some of all kinds.
        """
        profile = self._profile(node)
        # A claim is linked to its source; that of a fact is the article's, and no news.
        claimed = self.relations.is_claim(profile)
        linking = self.relations.sides(profile) if claimed else self.relations.ends(profile)
        own = [list(self._stated(node, each)) for each in linking]
        views = [list(self._pointing(node, each)) for each in profile.views]
        turns = chain.from_iterable(zip_longest(*own, *views))
        return list(dict.fromkeys(each for each in turns if each))

    def _stated(self, node: NamedNode, member: Member) -> Iterator[Edge]:
        return (self._link(node, each, member) for each in self._things(node, member))

    def _pointing(self, node: NamedNode, view: Member) -> Iterator[Edge]:
        """The links of what a view leads to; a path of several steps is no link of its own."""
        for value in self.description.views.get((node, view.name), ()):
            profile = self._profile(value)
            if self.relations.is_relation(profile):
                yield from self._related(node, value, profile)
            elif view.path and view.path.inverse and self.relations.is_drawn(profile):
                stated = (each for each in profile.own if each.predicate == view.path.inverse)
                yield from (self._link(value, node, each) for each in stated)

    def _related(self, node: NamedNode, item: NamedNode, profile: Profile) -> Iterator[Edge]:
        """The link that an item is; and where it has to do with ``node`` otherwise, one to that."""
        subject = self._filled(item, self.relations.subjects(profile))
        others = (each for each in self.relations.objects(profile) if each is not subject)
        end = self._filled(item, others)
        subjects = self._things(item, subject) if subject else []
        objects = self._things(item, end) if end else []
        kinds = self._kinds(item, profile, end) if end else ()
        layer = self._layer(profile)
        for source, target in product(subjects, objects):
            if source != target:
                yield Edge(source=source, target=target, layer=layer, item=item, kinds=kinds)
        if node not in (*subjects, *objects):
            ways = [e for e in self.relations.sides(profile) if node in self._things(item, e)]
            for source, way in product(subjects, ways):
                link = Edge(source=source, target=node, layer=layer, member=way)
                # Of all that somebody says of one thing, the saying is drawn once.
                yield link if way.role == "source" else replace(link, item=item, kinds=kinds)

    def _link(self, node: NamedNode, value: NamedNode, member: Member) -> Edge:
        profile = self._profile(node)
        return Edge(
            source=node,
            target=value,
            layer=self._layer(profile),
            member=member,
            item=node if self.relations.is_item(profile) else None,
        )

    def _layer(self, profile: Profile) -> Layer:
        if self.relations.is_claim(profile):
            return Layer.CLAIM
        return Layer.CONTENT if self.relations.is_content(profile) else Layer.FACT

    def _filled(self, item: NamedNode, members: Iterable[Member]) -> Member | None:
        return next((each for each in members if self._things(item, each)), None)

    def _kinds(self, item: NamedNode, profile: Profile, end: Member) -> tuple[NamedNode, ...]:
        members = self.relations.kinds(profile, end)
        return tuple(chain.from_iterable(self._named(item, each) for each in members))

    def _things(self, node: NamedNode, member: Member) -> list[NamedNode]:
        named = self._named(node, member)
        return [each for each in named if self.relations.is_drawn(self._profile(each))]

    def _named(self, node: NamedNode, member: Member) -> list[NamedNode]:
        values = self.description.values(node, member.predicate or "")
        return [each for each in values if isinstance(each, NamedNode)]

    def _profile(self, node: NamedNode) -> Profile:
        return self.relations.schema.profile(self.description.types(node))
