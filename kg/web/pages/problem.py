"""The page of a problem: what went wrong, and the ways on."""

from __future__ import annotations

from collections.abc import Mapping

from kg.web.pages.layout import rendered, translator


def problem_page(problem: Mapping[str, object]) -> bytes:
    """The page of a problem, from its JSON form (RFC 9457)."""
    texts = translator()
    own = f"problem.title_{problem['status']}"
    title = texts(own if own in texts.texts else "problem.other")
    return rendered("problem.html", problem=problem, title=title)
