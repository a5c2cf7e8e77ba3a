"""Where a list goes on: opaque words that pin the version, the list and the last thing shown."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple, dataclass
from typing import TypeAlias

from kg.errors import ParameterError
from kg.rdf.terms import NamedNode

Key: TypeAlias = "str | int | float | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A place in a list of ``version``: just behind the thing ``iri``, or before it if ``back``.

    ``digest`` is the list's, so that a cursor serves no other; ``key`` what ``iri`` is sorted by,
    None where it has no such value.
    """

    version: int
    digest: str
    iri: str
    key: Key = None
    back: bool = False

    def __str__(self) -> str:
        packed = json.dumps(astuple(self), ensure_ascii=False, separators=(",", ":"))
        return urlsafe_b64encode(packed.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Cursor:
        """The cursor that was written so. Raises ParameterError for anything else."""
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            version, digest, iri, key, back = json.loads(urlsafe_b64decode(padded))
            found = cls(
                version=version, digest=digest, iri=NamedNode(iri).value, key=key, back=back
            )
        except (ValueError, TypeError, RecursionError):
            raise _unknown() from None
        if str(found) != text or type(version) is not int or not isinstance(digest, str):
            raise _unknown()
        return found

    def check(self, digest: str) -> None:
        """Raises ParameterError where the cursor belongs to another list."""
        if self.digest != digest:
            raise ParameterError(
                "This cursor belongs to a list with other filters or another order."
                " Start again without it.",
                parameter="cursor",
            )


def _unknown() -> ParameterError:
    return ParameterError(
        "This cursor was not made here: take it from an answer's next or prev.", parameter="cursor"
    )
