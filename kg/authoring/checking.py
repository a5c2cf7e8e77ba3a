"""All that can be said of an article's file before it is published, held against its text."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kg.authoring.copying import copied
from kg.authoring.likeness import alike
from kg.authoring.names import shared_things
from kg.authoring.verification import Finding, Verification, verify
from kg.errors import InputError
from kg.rdf.iris import Iris
from kg.rdf.namespaces import PREFIXES, RDF
from kg.rdf.terms import NamedNode, Quad
from kg.settings import Settings
from kg.store.opening import TemporaryStore
from kg.validation.report import Report, Severity
from kg.writing.ingest import Files

_TYPE = NamedNode(f"{RDF}type")
_LOCATED = tuple(NamedNode(f"{PREFIXES['ekg']}{name}") for name in ("Article", "Passage"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of a check.

    ``verification`` is None where the shapes already refuse an article or a passage: then there is
    nothing that the text could be held against. ``copied`` are runs of words that stand in the text
    too, ``alike`` new things that resemble known ones; both are for a person to judge.
    """

    article: NamedNode
    report: Report
    verification: Verification | None
    copied: tuple[Finding, ...]
    alike: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether it may be published: it conforms, and text and passages agree."""
        agrees = self.verification is not None and not self.verification.faults
        return self.report.conforms and agrees

    @property
    def uncited(self) -> tuple[Finding, ...]:
        """The sentences that nothing in the file rests on."""
        return self.verification.uncited if self.verification else ()

    @property
    def warnings(self) -> int:
        """How many things there are to judge."""
        shapes = sum(each.severity is Severity.WARNING for each in self.report.results)
        return shapes + len(self.uncited) + len(self.copied) + len(self.alike)


def check(settings: Settings, path: Path, text: str) -> Checked:
    """Hold an article's file against shapes, its normalised text, and the other source files.

    Nothing is published. Raises InputError where the file does not describe one article, NotFound
    where it has no passages, and what ``Files.read`` raises.
    """
    files, iris = Files.read(settings, [path]), Iris(settings.namespace)
    article = _article(files)
    report = files.validate()
    return Checked(
        article=article,
        report=report,
        verification=None if _is_unlocated(files, report) else _verified(files, text, article),
        copied=copied(files.data, text, article),
        alike=alike(shared_things(files.data, iris), shared_things(files.context, iris)),
    )


def _article(files: Files) -> NamedNode:
    found = [node for node in _of_class(files.data, _LOCATED[0]) if isinstance(node, NamedNode)]
    if len(found) != 1:
        raise InputError(f"{files.paths[0]}: it describes {len(found)} articles, not one.")
    return found[0]


def _is_unlocated(files: Files, report: Report) -> bool:
    """Whether the article or a passage violates a shape, so that offsets may be no numbers."""
    located = {node for name in _LOCATED for node in _of_class(files.data, name)}
    refused = {each.node for each in report.results if each.severity is Severity.VIOLATION}
    return bool(located & refused)


def _of_class(quads: tuple[Quad, ...], name: NamedNode) -> set[object]:
    return {each.subject for each in quads if (each.predicate, each.object) == (_TYPE, name)}


def _verified(files: Files, text: str, article: NamedNode) -> Verification:
    with closing(TemporaryStore()) as store:
        with store.begin(author="check", message="A file to be checked") as change:
            change.insert(article, (*files.context, *files.data))
            change.publish()
        return verify(store.snapshot(), text, article)
