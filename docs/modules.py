"""The modules of the package and their duties, as ARCHITECTURE.md lists them.

    python -m docs.modules

writes them into ARCHITECTURE.md, from the first line of each module.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_LIST = re.compile(r"(?<=<!-- modules -->\n).*(?=<!-- /modules -->)", re.DOTALL)
ARCHITECTURE = _ROOT / "ARCHITECTURE.md"


def module_tables(package: Path = _ROOT / "kg") -> str:
    """A table for each package, below it those of the packages in it."""
    modules = sorted(path for path in package.glob("*.py") if path.name != "__init__.py")
    rows = [f"| `{path.stem}` | {_duty(path)} |" for path in modules]
    heading = f"**`{package.relative_to(_ROOT)}/`** {_duty(package / '__init__.py')}"
    table = "\n".join((heading, "", "| module | duty |", "|---|---|", *rows))
    below = (each.parent for each in sorted(package.glob("*/__init__.py")))
    return "\n\n".join((table, *(module_tables(each) for each in below)))


def written() -> str:
    """What ARCHITECTURE.md is with the tables of now."""
    return _LIST.sub(lambda _: f"\n{module_tables()}\n\n", ARCHITECTURE.read_text("utf-8"))


def _duty(path: Path) -> str:
    """The first sentence of a module's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return text.partition("\n\n")[0].replace("\n", " ").replace("``", "`")


if __name__ == "__main__":
    ARCHITECTURE.write_text(written(), "utf-8")
