"""What a thing is linked to, as a picture: things as nodes, facts and claims as edges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.documents.description import Json, Presenter, Writer
from kg.documents.lookup import Description, Lookup
from kg.pictures.edges import Edge, Edges
from kg.rdf.terms import NamedNode
from kg.schema.filters import members_under
from kg.schema.relations import relations_of
from kg.schema.schema import Schema
from kg.schema.selection import Selection

NODES_LIMIT = 60  # more is no picture that anyone can read

# What an edge says of its item, by the roles of the item's members.
_ORIGIN = {"status": "status", "source": "by", "polarity": "polarity", "evidence": "evidence"}
_HEAD = Selection(fields=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhoods:
    """Answers from one version; each takes the queries of one description."""

    lookup: Lookup
    presenter: Presenter
    schema: Schema

    def describe(self, node: NamedNode, class_iri: str) -> Description:
        """All that a picture of a thing shows, items whole. Raises NotFound."""
        relations = relations_of(self.schema)
        members = members_under(self.schema, class_iri)
        views = [each for each in members if each.view and relations.is_followed(each)]
        items = frozenset(each.name for each in views if relations.leads_to_items(each))
        selection = Selection(fields=frozenset(each.name for each in views), include=items)
        return self.lookup.describe(node, selection, class_iri=class_iri)

    def of_thing(self, node: NamedNode, description: Description) -> dict[str, Json]:
        """The things around one, at most NODES_LIMIT with it, and what links them.

        An edge tells how the item that states it is put forward: ``status``, ``by`` whom,
        ``evidence``, and ``polarity`` where that is about just this link. ``leftOut`` counts what
        is linked but not drawn; ``more`` has the paths of the lists of which only the first things
        are taken in.
        """
        edges = Edges(relations=relations_of(self.schema), description=description).around(node)
        linked = [end for edge in edges for end in (edge.source, edge.target)]
        nodes = list(dict.fromkeys([node, *linked]))
        drawn = nodes[:NODES_LIMIT]
        writer = self.presenter.writer(description)
        body: dict[str, Json] = {
            "thing": writer.reference(node),
            "nodes": writer.references(drawn),
            "edges": [
                self._written(each, description, writer)
                for each in edges
                if each.source in drawn and each.target in drawn
            ],
            "classes": self._classes(drawn, description),
            "leftOut": len(nodes) - len(drawn),
        }
        more = self.presenter.more(description, node)
        return body | ({"more": more} if more else {})

    def _written(self, edge: Edge, description: Description, writer: Writer) -> dict[str, Json]:
        body: dict[str, Json] = {
            "source": edge.source.value,
            "target": edge.target.value,
            "relation": self._relation(edge, description),
            "layer": edge.layer.value,
        }
        if edge.item:
            body["item"] = writer.whole(edge.item, _HEAD)
            body |= self._origin(edge, description, writer)
        return body

    def _origin(self, edge: Edge, description: Description, writer: Writer) -> dict[str, Json]:
        """How the item of an edge is put forward, by whom and where, as far as the item says."""
        assert edge.item, "only items have a status"
        found: dict[str, Json] = {}
        for member in self.schema.profile(description.types(edge.item)).own:
            name = _ORIGIN.get(member.role or "")
            values = description.values(edge.item, member.predicate or "")
            nodes = [each for each in values if isinstance(each, NamedNode)]
            if name and nodes and (name != "polarity" or edge.is_affirmed_or_denied):
                shown = writer.references(sorted(nodes, key=str))
                found[name] = shown[0] if member.single else shown
        return found

    def _relation(self, edge: Edge, description: Description) -> str:
        """In the reader's language, what links two things: of what kind the relation is, else its
        class, and by which of its members where they are not its two ends.
        """
        label = self.presenter.label
        words = [label(description.labels(each)) for each in edge.kinds]
        if edge.member:
            words.append(label(edge.member.labels) or edge.member.name)
        elif edge.item and not edge.kinds:
            profile = self.schema.profile(description.types(edge.item))
            known = self.schema.class_named(profile.class_name or "")
            words.append(label(known.labels) if known else profile.class_name)
        return " · ".join(each for each in words if each)

    def _classes(
        self, nodes: Iterable[NamedNode], description: Description
    ) -> dict[str, dict[str, Json]]:
        """The nodes' classes by name, each with its label and its place among all that are drawn,
        by which a class looks the same in every picture.
        """
        drawn = relations_of(self.schema).drawn
        names = (self.schema.profile(description.types(each)).class_name for each in nodes)
        known = (self.schema.class_named(name) for name in dict.fromkeys(names) if name)
        return {
            each.name: {
                "label": self.presenter.label(each.labels) or each.name,
                "place": drawn.index(each.iri) if each.iri in drawn else len(drawn),
            }
            for each in known
            if each
        }
