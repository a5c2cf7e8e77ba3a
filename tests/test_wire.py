"""What a query process says of an error is what its parent raises."""

from __future__ import annotations

import pytest

from kg import errors
from kg.store.processes.wire import decode_error, encode_error


@pytest.mark.parametrize(
    "error",
    [
        errors.QuerySyntaxError("expected }", line=2, column=7),
        errors.ParameterError("no IRI", parameter="default-graph-uri"),
        errors.UnknownFormat("no CSV of triples", offered=("turtle", "trig")),
        errors.QueryMemory("too much"),
        errors.InputError("海\udc80"),
        errors.StoreError("broken"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_the_same_on_both_sides(error: errors.KgError) -> None:
    found = decode_error(encode_error(error))
    assert (type(found), str(found), vars(found)) == (type(error), str(error), vars(error))


def test_any_other_error_of_the_engine_is_one_of_the_store() -> None:
    found = decode_error(encode_error(errors.StoreCorrupt("damaged")))
    assert (type(found), str(found)) == (errors.StoreError, "damaged")
