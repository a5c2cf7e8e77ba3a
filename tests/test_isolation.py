"""Validation in another process: the same report, a deadline, and no way out."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import Busy, EmptyGraph, KgError, QueryInterrupted, QueryMemory, QueryTimeout
from kg.rdf.formats import N_QUADS
from kg.rdf.parsing import parse, parse_file
from kg.rdf.terms import NamedNode, Quad
from kg.sources import materialise
from kg.validation.engine import Validator
from kg.validation.isolation import IsolatedValidator
from kg.validation.report import Report
from kg.validation.report_codec import decode_report, encode_report
from kg.validation.validators import Portion
from tests.rest import sources
from tests.test_shapes import INVALID


def data(stem: str) -> list[Quad]:
    """A bad example with its superclass types."""
    path = next(path for path in INVALID if path.stem == stem)
    return list(materialise(parse_file(path), sources().schema))


def made(seconds: float) -> IsolatedValidator:
    """A validator with our shapes."""
    known = sources()
    return IsolatedValidator(
        shapes=known.shapes, ontology=known.ontology, seconds=seconds, memory_mib=1024
    )


@pytest.fixture(scope="module")
def validator() -> Iterator[IsolatedValidator]:
    found = made(30)
    yield found
    found.close()


def test_the_report_is_the_one_of_this_process(validator: IsolatedValidator) -> None:
    here = Validator(shapes=sources().shapes, ontology=sources().ontology)
    context = sources().graphs["concepts"]
    for stem in ("C06", "C12", "S29"):
        quads = data(stem)
        expected = here.validate(quads, context=context)
        assert not expected.conforms
        assert validator.validate(quads, context=context) == expected


def test_reports_survive_as_json() -> None:
    here = Validator(shapes=sources().shapes, ontology=sources().ontology)
    for stem in ("C06", "C28", "S17", "S30"):
        report = here.validate(data(stem))
        assert decode_report(encode_report(report)) == report
    assert decode_report(encode_report(Report())) == Report()


def test_errors_come_back_and_the_process_goes_on(validator: IsolatedValidator) -> None:
    with pytest.raises(EmptyGraph):
        validator.validate([])
    assert not validator.validate(data("C18")).conforms


def test_a_validation_ends_at_its_deadline_and_the_next_gets_a_new_process() -> None:
    validator = made(0.05)
    started = time.monotonic()
    for _ in range(2):
        with pytest.raises(QueryTimeout):
            validator.validate(sources().data())
    assert time.monotonic() - started < 20
    validator.close()


def test_the_deadline_is_for_all_portions_together_and_says_what_else_to_do() -> None:
    known = sources()
    validator = IsolatedValidator(
        shapes=known.shapes, ontology=(), seconds=0.1, memory_mib=1024, instead="Do it there."
    )

    def slow() -> Iterator[Portion]:
        time.sleep(0.15)
        yield Portion(data("C18"))

    with pytest.raises(QueryTimeout, match=r"longer than 0\.1 s\. Do it there\."):
        list(validator.reports(slow()))
    assert list(validator.reports([])) == []  # its turn is over
    validator.close()


def test_partial_data_need_not_describe_what_a_shape_is_about(
    validator: IsolatedValidator,
) -> None:
    foreign = parse(b"<urn:x> <urn:y> <urn:z> .", N_QUADS)
    with pytest.raises(EmptyGraph):
        validator.validate(foreign)
    (report,) = validator.reports([Portion(foreign, partial=True)])
    assert {each.node for each in report.results} == {NamedNode("urn:x")}


def test_a_killed_process_fails_one_validation_only(validator: IsolatedValidator) -> None:
    validator.validate(data("C18"))
    child = validator._child
    assert child is not None
    os.kill(child.pid, signal.SIGSTOP)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert not validator.validate(data("C18")).conforms


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (-signal.SIGALRM, QueryTimeout),
        (-signal.SIGABRT, QueryMemory),
        (-signal.SIGKILL, QueryInterrupted),
        (1, QueryInterrupted),
    ],
)
def test_each_end_of_the_process_has_its_error(code: int, expected: type[KgError]) -> None:
    assert type(made(1)._cause(code)) is expected


def test_who_waits_too_long_for_a_turn_is_told_to_come_again() -> None:
    validator = made(0.05)
    with validator._turn, pytest.raises(Busy):
        validator.validate(data("C18"))


def test_the_child_has_no_secret_of_ours(
    validator: IsolatedValidator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_TOKENS", "secret")
    validator.close()
    validator.validate(data("C18"))
    assert validator._child is not None
    environ = Path(f"/proc/{validator._child.pid}/environ").read_bytes()
    assert b"secret" not in environ


def test_closing_leaves_no_process(validator: IsolatedValidator) -> None:
    validator.validate(data("C18"))
    child = validator._child
    validator.close()
    assert child is not None
    assert child.returncode is not None
