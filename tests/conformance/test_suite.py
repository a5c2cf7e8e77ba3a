"""Every case of the W3C's SPARQL 1.0 and 1.1 suites for queries, updates and result formats."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urljoin

import pytest
from pyoxigraph import NamedNode

from tests.conformance.endpoint import Endpoint
from tests.conformance.equality import same
from tests.conformance.known import KNOWN_FAILURES
from tests.conformance.manifests import HOW_TO_GET, Case, Data, File, Kind, cases, suite_folder
from tests.conformance.results import (
    CSV,
    RDF_TYPES,
    TABLE_TYPES,
    Graph,
    Row,
    Term,
    answered,
    expected,
    triples_of,
)

FOLDER = suite_folder()
CASES = cases(FOLDER) if FOLDER else []
COUNTS = {
    Kind.QUERY: 422,
    Kind.QUERY_GOOD: 212,
    Kind.QUERY_BAD: 93,
    Kind.UPDATE: 90,
    Kind.UPDATE_GOOD: 42,
    Kind.UPDATE_BAD: 12,
}
SYNTAX_ERROR = "query-syntax-error"
_ANY = ", ".join((*TABLE_TYPES, *RDF_TYPES))
_FROM = re.compile(r"\bFROM\s+(NAMED\s+)?<([^>]*)>", re.IGNORECASE)

pytestmark = pytest.mark.skipif(not FOLDER, reason=HOW_TO_GET)


def _parameters(*kinds: Kind) -> list[object]:
    return [
        pytest.param(
            case,
            id=case.iri,
            marks=[pytest.mark.xfail(reason=KNOWN_FAILURES[case.iri], strict=True)]
            if case.iri in KNOWN_FAILURES
            else [],
        )
        for case in CASES
        if case.kind in kinds
    ]


def test_all_cases_are_collected() -> None:
    """No change of the suite or of the way it is read loses a case unseen."""
    assert Counter(case.kind for case in CASES) == COUNTS


def test_known_failures_are_cases() -> None:
    """No reason outlives its case."""
    assert {case.iri for case in CASES} >= KNOWN_FAILURES.keys()


@pytest.mark.parametrize("case", _parameters(Kind.QUERY))
def test_a_query_has_its_result_in_every_format(endpoint: Endpoint, case: Case) -> None:
    """Formats that say less, as CSV does, are compared by what they say."""
    assert case.result
    text = case.text.path.read_text(encoding="utf-8")
    wanted = expected(case.result)
    endpoint.load(_with_named_in(text, case))
    for media_type in _formats(case, wanted):
        answer = endpoint.query(f"BASE <{case.text.iri}>\n{text}", media_type)
        assert (answer.status, answer.media_type) == (200, media_type), answer
        found = answered(answer.body, media_type)
        assert same(wanted, found, lax=case.lax), f"{media_type}: {found} is not {wanted}"


@pytest.mark.parametrize("case", _parameters(Kind.UPDATE))
def test_an_update_leaves_what_it_should(endpoint: Endpoint, case: Case) -> None:
    """Whether empty graphs are kept is the store's choice; they are not compared."""
    endpoint.load(case.data)
    text = case.text.path.read_text(encoding="utf-8")
    answer = endpoint.update(f"BASE <{case.text.iri}>\n{text}")
    assert answer.status == 204, answer
    found, wanted = endpoint.dataset(), _dataset(case.after)
    assert same(wanted, found), f"{found} is not {wanted}"


@pytest.mark.parametrize("case", _parameters(Kind.QUERY_GOOD))
def test_a_good_query_is_read(endpoint: Endpoint, case: Case) -> None:
    """What calls a service is read too, and then refused by policy."""
    answer = endpoint.query(case.text.path.read_bytes(), _ANY)
    assert answer.status == 200 or answer.problem == "refused", answer


@pytest.mark.parametrize("case", _parameters(Kind.UPDATE_GOOD))
def test_a_good_update_is_read(endpoint: Endpoint, case: Case) -> None:
    """An update may be read and fail all the same: its graphs are not there, LOAD is refused."""
    answer = endpoint.update(case.text.path.read_bytes())
    assert answer.status == 204 or answer.problem in {"refused", "input-error"}, answer


@pytest.mark.parametrize("case", _parameters(Kind.QUERY_BAD))
def test_a_bad_query_is_a_bad_request(endpoint: Endpoint, case: Case) -> None:
    """The answer says that it is the syntax."""
    answer = endpoint.query(case.text.path.read_bytes(), _ANY)
    assert (answer.status, answer.problem) == (400, SYNTAX_ERROR), answer


@pytest.mark.parametrize("case", _parameters(Kind.UPDATE_BAD))
def test_a_bad_update_is_a_bad_request(endpoint: Endpoint, case: Case) -> None:
    """The answer says that it is the syntax, unless the update is refused unread for its LOAD."""
    answer = endpoint.update(case.text.path.read_bytes())
    assert (answer.status, answer.problem) in {(400, SYNTAX_ERROR), (403, "refused")}, answer


def _formats(case: Case, wanted: object) -> list[str]:
    """The formats to ask for; where the suite wants CSV, other formats would be told too little."""
    if case.result and case.result.path.suffix == ".csv":
        return [CSV]
    return list(RDF_TYPES if isinstance(wanted, Graph) else TABLE_TYPES)


def _with_named_in(text: str, case: Case) -> Data:
    """The case's data, or else the graphs that its query names: the suite has them as files."""
    if case.data != Data():
        return case.data
    names = {urljoin(case.text.iri, found.group(2)) for found in _FROM.finditer(text)}
    folder = case.text.path.parent
    return Data(named=tuple((n, File(folder / n.rpartition("/")[2], n)) for n in sorted(names)))


def _dataset(data: Data) -> Graph:
    rows: list[Row] = [_row(None, *each) for file in data.default for each in triples_of(file)]
    for name, file in data.named:
        rows += [_row(NamedNode(name), *each) for each in triples_of(file)]
    return Graph(tuple(rows))


def _row(graph: Term | None, subject: Term, predicate: Term, value: Term) -> Row:
    return graph, value, predicate, subject  # the columns come in alphabetical order
