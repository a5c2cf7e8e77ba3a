"""The solutions of a query as Python values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib import import_module
from typing import Any, overload

from kg.errors import InputError
from kg.rdf.namespaces import XSD

Row = dict[str, Any]


class Table(Sequence[Row]):
    """Rows by variable, None where a variable has no value; ``columns`` are the variables.

    IRIs and texts are strings; integers, decimals, booleans and dates what Python has for them.
    """

    def __init__(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        self.columns = tuple(columns)
        self._rows = tuple(rows)

    @classmethod
    def read(cls, results: Mapping[str, Any]) -> Table:
        """The table of a SPARQL 1.1 results document in JSON."""
        columns = results["head"]["vars"]
        rows = [
            {name: _value(row[name]) if name in row else None for name in columns}
            for row in results["results"]["bindings"]
        ]
        return cls(columns, rows)

    def to_dataframe(self) -> Any:
        """A pandas DataFrame. Raises InputError where pandas is not installed."""
        try:
            pandas = import_module("pandas")
        except ImportError as error:
            raise InputError("pandas is missing: pip install 'editorial-kg[pandas]'.") from error
        return pandas.DataFrame(list(self._rows), columns=list(self.columns))

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __repr__(self) -> str:
        return f"<Table of {len(self)} rows: {', '.join(self.columns)}>"


def _value(term: Mapping[str, str]) -> Any:
    text, datatype = term["value"], term.get("datatype", "").removeprefix(XSD)
    try:
        if datatype == "integer":
            return int(text)
        if datatype in {"decimal", "double", "float"}:
            return float(text)
        if datatype == "date":
            return date.fromisoformat(text)
    except ValueError:
        return text  # an ill-typed literal has no value but its characters
    return text in {"true", "1"} if datatype == "boolean" else text
