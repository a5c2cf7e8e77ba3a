"""The example queries: competency questions in files, with their titles in several languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.rdf.namespaces import RDFS
from kg.rdf.parsing import parse_file
from kg.rdf.terms import Literal

_SUMMARY = re.compile(r"^#\+ summary:\s*(.+)$", re.MULTILINE)
_PAGE = re.compile(r"^#\+ page:\s*(/\S*)$", re.MULTILINE)
_DEFAULT = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question by language, English at least, and its query without the header.

    ``page`` is the path of a page that answers it, for the few to begin with.
    """

    name: str
    titles: Mapping[str, str]
    text: str
    page: str | None = None


def read_examples(folder: Path) -> tuple[Example, ...]:
    """The ``.rq`` files of a folder in the order of their names; none where there is no folder.

    The English title is in the file's ``#+`` header, others in the ``.ttl`` file beside it, where
    there is one. Raises RdfSyntaxError where that file cannot be read.
    """
    return tuple(_read(path) for path in sorted(folder.glob("*.rq")))


def _read(path: Path) -> Example:
    text = path.read_text(encoding="utf-8")
    summary, page = _SUMMARY.search(text), _PAGE.search(text)
    title = summary.group(1).strip().strip('"') if summary else path.stem
    query = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#+"))
    return Example(
        name=path.stem,
        titles={**_comments(path.with_suffix(".ttl")), _DEFAULT: title},
        text=query.strip() + "\n",
        page=page.group(1) if page else None,
    )


def _comments(path: Path) -> dict[str, str]:
    """The texts of ``rdfs:comment`` by language; none where there is no such file."""
    found = parse_file(path) if path.is_file() else []
    return {
        quad.object.language: quad.object.value
        for quad in found
        if quad.predicate.value == f"{RDFS}comment"
        and isinstance(quad.object, Literal)
        and quad.object.language
    }
