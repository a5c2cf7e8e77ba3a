"""How Sphinx makes the documentation: MyST Markdown, parts of the reference from the program."""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docs.generated import filled  # noqa: E402 - only findable from here on
from kg import __version__  # noqa: E402

project = "Editorial KG"
author = "The Editorial KG founders"
version = release = __version__
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"{project} {release}"
html_show_sphinx = False
html_copy_source = False
nitpicky = True


def _fill(_app: Sphinx, _name: str, source: list[str]) -> None:
    source[0] = filled(source[0])


def setup(app: Sphinx) -> None:
    """Let the program write its parts of each page that is read."""
    app.connect("source-read", _fill)
