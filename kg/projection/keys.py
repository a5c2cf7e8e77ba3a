"""How IRIs stand in the tables: shorter, and in the same order."""

from __future__ import annotations

from dataclasses import dataclass

from kg.rdf.terms import BlankNode, NamedNode

_BEFORE, _BEHIND = "\x01", "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of nodes: IRIs under the namespace without it, all others whole.

    A character in front keeps the others before or behind ours, as their IRIs are; it can begin no
    IRI of ours.
    """

    namespace: str

    def of(self, node: NamedNode | BlankNode) -> str:
        """The key of a node."""
        return self.of_iri(node.value) if isinstance(node, NamedNode) else str(node)

    def of_iri(self, iri: str) -> str:
        """The key of an IRI."""
        if iri.startswith(self.namespace) and iri != self.namespace:
            return iri[len(self.namespace) :]
        return (_BEFORE if iri <= self.namespace else _BEHIND) + iri

    def iri(self, key: str) -> str:
        """The IRI that a key stands for."""
        if key[:1] in {_BEFORE, _BEHIND}:
            return key[1:]
        return self.namespace + key

    def node(self, key: str) -> NamedNode | BlankNode:
        """The node that a key stands for."""
        return BlankNode(key[2:]) if key.startswith("_:") else NamedNode(self.iri(key))
