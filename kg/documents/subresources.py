"""What a thing's URL has below it: a list for each view member of its class."""

from __future__ import annotations

import re

from kg.finding.requests import Scope
from kg.rdf.terms import NamedNode
from kg.schema.filters import members_under
from kg.schema.schema import Collection, Member, Schema

_CAPITAL = re.compile(r"(?<=.)[A-Z]")


def hyphenated(name: str) -> str:
    """A member's name as a path segment: ``normStances`` → ``norm-stances``."""
    return _CAPITAL.sub(lambda match: f"-{match[0].lower()}", name)


def sub_resources(schema: Schema, collection: Collection) -> dict[str, Member]:
    """The view members that things of a collection may have, by path segment."""
    views = (each for each in members_under(schema, collection.class_iri) if each.view)
    found: dict[str, Member] = {}
    for member in views:
        found.setdefault(hyphenated(member.name), member)
    return found


def scope_of(parent: NamedNode, member: Member) -> Scope:
    """What the list below ``parent`` holds: things of the one class that the member names."""
    return Scope(class_iri=next(iter(member.classes), None), parent=parent, member=member)
