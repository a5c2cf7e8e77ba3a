"""Rows of the Python client: SPARQL results in JSON become Python's own values."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kg.client import Table
from kg.rdf.namespaces import XSD


def _table(*cells: dict[str, str]) -> Table:
    rows = [{"x": cell} for cell in cells]
    return Table.read({"head": {"vars": ["x", "y"]}, "results": {"bindings": rows}})


@pytest.mark.parametrize(
    ("text", "datatype", "expected"),
    [
        ("7", "integer", 7),
        ("0.5", "decimal", 0.5),
        ("1e3", "double", 1000.0),
        ("2025-08-17", "date", date(2025, 8, 17)),
        ("true", "boolean", True),
        ("0", "boolean", False),
        ("seven", "integer", "seven"),
        ("soon", "date", "soon"),
        ("PT1H", "duration", "PT1H"),
    ],
)
def test_a_typed_literal_is_a_value_and_an_ill_typed_one_its_characters(
    text: str, datatype: str, expected: Any
) -> None:
    found = _table({"type": "literal", "value": text, "datatype": f"{XSD}{datatype}"})[0]["x"]
    assert (found, type(found)) == (expected, type(expected))


def test_a_table_is_a_sequence_of_rows_with_a_place_for_each_column() -> None:
    table = _table({"type": "uri", "value": "urn:a"}, {"type": "literal", "value": "b"})
    assert table.columns == ("x", "y")
    assert list(table) == [{"x": "urn:a", "y": None}, {"x": "b", "y": None}]
    assert list(table[1:]) == [table[1]]
    assert repr(table) == "<Table of 2 rows: x, y>"
