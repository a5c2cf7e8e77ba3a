"""The words of the user interface, by language: ``messages/en.toml`` and its translations."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "messages"
DEFAULT = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """The texts of one language, by dotted key: ``nav.search``."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The text of ``key`` with ``values`` in its braces.

        With ``count``, the text of ``key.one`` where that is there and the count is 1, else that of
        ``key.other``. Raises KeyError for a key that the catalogue does not have.
        """
        if "count" in values and key not in self.texts:
            one = f"{key}.one"
            key = one if values["count"] == 1 and one in self.texts else f"{key}.other"
        return self.texts[key].format(**values)

    def below(self, table: str) -> dict[str, str]:
        """The texts of a table by their keys in it, for a script, which fills in the braces."""
        prefix = f"{table}."
        return {
            key.removeprefix(prefix): text
            for key, text in self.texts.items()
            if key.startswith(prefix)
        }


@cache
def messages(language: str) -> Messages:
    """The texts of a language, read once. Raises FileNotFoundError where there is no catalogue."""
    text = (FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    return Messages(language=language, texts=dict(_flat(tomllib.loads(text))))


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", str(value)))
    return found
