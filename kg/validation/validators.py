"""Validators on demand, and the port to them: who validates nothing need not load pySHACL."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from kg.rdf.terms import Quad
from kg.validation.report import Report

if TYPE_CHECKING:
    from kg.validation.engine import Validator


@dataclass(frozen=True, slots=True)
class Shared:
    """What many validations have around them, in N-Quads, which whoever lacks them reads."""

    digest: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Portion:
    """What is validated at once: ``data``, by what is known of it there and in the ``context``.

    What is ``shared`` is context as well. Where it is ``partial``, the data need not describe
    anything that a shape is about.
    """

    data: Iterable[Quad]
    context: Iterable[Quad] = ()
    shared: Shared | None = None
    partial: bool = False


class Checker(Protocol):
    """What validates: ``engine.Validator`` here, ``isolation`` in another process."""

    def reports(self, portions: Iterable[Portion]) -> Generator[Report]:
        """The report on each portion in turn, as ``Validator.validate`` makes it.

        A portion is asked for when the report before it has been taken. Close it to leave early.
        """
        ...


def make_validator(*, shapes: Iterable[Quad], ontology: Iterable[Quad]) -> Validator:
    """A validator for these shapes. Raises ShapesError where they cannot be used."""
    from kg.validation.engine import Validator

    return Validator(shapes=shapes, ontology=ontology)
