"""Validators on demand: what has nothing to validate does not wait for pySHACL to be loaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kg.terms import Quad

if TYPE_CHECKING:
    from kg.validation import Validator


def make_validator(*, shapes: Iterable[Quad], ontology: Iterable[Quad]) -> Validator:
    """A validator for these shapes. Raises ShapesError where they cannot be used."""
    from kg.validation import Validator

    return Validator(shapes=shapes, ontology=ontology)
