"""The example queries: competency questions in files, each with a title in its ``#+`` header."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_SUMMARY = re.compile(r"^#\+ summary:\s*(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question and the query that answers it, its header left out."""

    name: str
    title: str
    text: str


def read_examples(folder: Path) -> tuple[Example, ...]:
    """The ``.rq`` files of a folder in the order of their names; none where there is no folder."""
    return tuple(_read(path) for path in sorted(folder.glob("*.rq")))


def _read(path: Path) -> Example:
    text = path.read_text(encoding="utf-8")
    summary = _SUMMARY.search(text)
    query = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#+"))
    return Example(
        name=path.stem,
        title=summary.group(1).strip().strip('"') if summary else path.stem,
        text=query.strip() + "\n",
    )
