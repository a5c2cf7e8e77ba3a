"""The SPARQL 1.1 Protocol and the Graph Store HTTP Protocol, by the cases of the manifests."""

from __future__ import annotations

import pytest

from tests.conformance.endpoint import Answer, Endpoint
from tests.conformance.equality import same
from tests.conformance.graph_store_cases import ADDRESS, GRAPH_STORE_CASES, LOCATION, Request
from tests.conformance.protocol_cases import BOOLEAN, PROTOCOL_CASES, RDF, SETUP, TABLE, Step
from tests.conformance.results import RDF_TYPES, TABLE_TYPES, answered

_FORMS = {TABLE: {*TABLE_TYPES}, BOOLEAN: {*TABLE_TYPES}, RDF: {*RDF_TYPES}}


@pytest.mark.parametrize("steps", PROTOCOL_CASES.values(), ids=PROTOCOL_CASES.keys())
def test_protocol(endpoint: Endpoint, steps: tuple[Step, ...]) -> None:
    """Each request has the status, the kind of result and the truth that the manifest tells."""
    endpoint.update(f"DROP ALL ; {SETUP}")
    for step in steps:
        headers = {"Content-Type": step.content_type} if step.content_type else {}
        answer = endpoint.send(step.method, step.target, body=step.body, headers=headers)
        assert answer.status in step.status, answer
        if step.form:
            assert answer.media_type in _FORMS[step.form], answer
        if step.value is not None:
            assert answered(answer.body, answer.media_type) is step.value, answer


@pytest.mark.parametrize("requests", GRAPH_STORE_CASES.values(), ids=GRAPH_STORE_CASES.keys())
def test_graph_store_protocol(endpoint: Endpoint, requests: tuple[Request, ...]) -> None:
    """Each request has a status and the graph that the manifest tells."""
    endpoint.clear()
    location = ""
    for request in requests:
        answer = _asked(endpoint, request, location)
        assert answer.status in request.statuses, answer
        location = answer.headers.get("location", location)
        if request.graph is not None:
            wanted = _filled(request.graph, endpoint, location).encode()
            assert answer.media_type == "text/turtle"
            assert same(answered(wanted, "text/turtle"), answered(answer.body, answer.media_type))


def _asked(endpoint: Endpoint, request: Request, location: str) -> Answer:
    headers = {"Accept": "text/turtle"}
    body = None
    if request.body is not None:
        headers["Content-Type"] = request.content_type
        body = _filled(request.body, endpoint, location).encode()
    path = _filled(request.path, endpoint, location)
    return endpoint.send(request.method, path, body=body, headers=headers)


def _filled(text: str, endpoint: Endpoint, location: str) -> str:
    return text.replace(ADDRESS, endpoint.address).replace(LOCATION, location)
