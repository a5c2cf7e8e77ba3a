"""Validation on request: of what nobody writes, also with shapes that somebody sends along."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from kg.errors import Busy, EmptyGraph, Refused
from kg.rdf.namespaces import OWL, RDF, SH, shorten
from kg.rdf.terms import NamedNode, Quad
from kg.settings import Settings
from kg.sources import Sources
from kg.validation.isolation import IsolatedValidator
from kg.validation.report import Report
from kg.validation.validators import Checker

# What would have us run a stranger's program, or fetch one.
_PROGRAMS = frozenset(
    f"{SH}{name}"
    for name in (
        "sparql",
        "select",
        "ask",
        "construct",
        "update",
        "expression",
        "rule",
        "target",
        "js",
        "jsLibrary",
        "jsFunctionName",
        "entailment",
        "shapesGraph",
    )
) | {f"{OWL}imports"}
_PROGRAM_CLASSES = frozenset(
    f"{SH}{name}"
    for name in ("SPARQLFunction", "SPARQLTargetType", "ConstraintComponent", "JSFunction")
)
_TYPE = f"{RDF}type"


class DryRuns:
    """Validates for whoever asks, in processes that can be killed; few at a time."""

    def __init__(self, settings: Settings, vocabulary: Sources) -> None:
        self._settings = settings
        self._ontology = vocabulary.ontology
        self._ours = self._validator(vocabulary.shapes) if vocabulary.shapes else None
        self._foreign = threading.Semaphore(1)

    @property
    def checker(self) -> Checker | None:
        """What validates against our shapes; None where there are none."""
        return self._ours

    def validate_against(self, shapes: Iterable[Quad], data: Iterable[Quad]) -> Report:
        """The report on ``data`` against shapes of whoever asks, in a process for this alone.

        The classes of our ontology are known. Raises Refused for shapes that would run a program or
        fetch one, EmptyGraph where there are none, Busy, and what ``IsolatedValidator`` raises.
        """
        posted = tuple(shapes)
        if not posted:
            raise EmptyGraph("The shapes are empty: everything would conform to them.")
        refuse_programs(posted)
        if not self._foreign.acquire(timeout=self._settings.validation_timeout):
            raise Busy("Too many validations are waiting.", retry_after=5)
        validator = self._validator(posted)
        try:
            return validator.validate(data)
        finally:
            validator.close()
            self._foreign.release()

    def close(self) -> None:
        """End the processes."""
        if self._ours:
            self._ours.close()

    def _validator(self, shapes: tuple[Quad, ...]) -> IsolatedValidator:
        return IsolatedValidator(
            shapes=shapes,
            ontology=self._ontology,
            seconds=self._settings.validation_timeout,
            memory_mib=self._settings.query_memory,
        )


def refuse_programs(shapes: Iterable[Quad]) -> None:
    """Raise Refused where shapes hold code or import others."""
    for quad in shapes:
        found = quad.predicate.value
        if found == _TYPE and isinstance(quad.object, NamedNode):
            found = quad.object.value if quad.object.value in _PROGRAM_CLASSES else found
        if found in _PROGRAMS or found in _PROGRAM_CLASSES:
            raise Refused(
                f"{shorten(found)} is not run for shapes that come with a request:"
                " send SHACL Core without imports."
            )
