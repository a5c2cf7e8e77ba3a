"""How much is in a version: what VoID tells of a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Things of each class and triples of each property, by IRI and in its order.

    A triple counts in each graph that holds it, a thing or subject once; it may be a blank node.
    """

    subjects: int
    classes: Mapping[str, int]
    properties: Mapping[str, int]
