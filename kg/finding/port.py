"""The port to what a version says: what documents and lists ask, in the terms of the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeAlias

from kg.finding.contents import Contents
from kg.finding.facts import Fact
from kg.finding.requests import ListRequest, Rows
from kg.rdf.terms import GraphName, NamedNode
from kg.schema.schema import Member

Share: TypeAlias = Callable[[Iterable[Fact], Mapping[Member, int]], Mapping[Member, int]]
# By each view member, what it leads to, and the graph where one triple is all the way.
Views: TypeAlias = Mapping[Member, Mapping[NamedNode, GraphName]]


class Finder(Protocol):
    """Answers about one version. All implementations give the same answers."""

    def types(self, node: NamedNode) -> list[str]:
        """The classes of a thing, sorted; none where nothing is said of it."""
        ...

    def counts(self) -> Mapping[str, int]:
        """How many things each class has."""
        ...

    def contents(self) -> Contents:
        """How much is in the version as a whole."""
        ...

    def about(self, node: NamedNode, views: Mapping[Member, int], share: Share) -> Views:
        """What view members lead to from a thing, the first values by IRI.

        Of each as many as ``share`` says, which is told what the thing itself says and how many
        values each member has, counted up to what ``views`` says.
        """
        ...

    def whole(
        self, nodes: Sequence[NamedNode], *, include: Sequence[str], linked: Iterable[NamedNode]
    ) -> Iterable[Fact]:
        """All that ``nodes`` say, and those that they name by the properties ``include``.

        Of everything that these link to, and of ``linked``, what is shown of a linked thing.
        """
        ...

    def short(self, nodes: Iterable[NamedNode]) -> Iterable[Fact]:
        """What is shown of linked things."""
        ...

    def rows(self, request: ListRequest) -> Rows:
        """A page of a list."""
        ...
