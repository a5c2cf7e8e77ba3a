"""Every error becomes a problem (RFC 9457) with the status, members and headers that it needs."""

from __future__ import annotations

import pytest
from flask import Flask, redirect
from flask.testing import FlaskClient
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response as Redirect

from kg import errors
from kg.web import problems

REFUSALS: list[tuple[Exception, int, str, dict[str, object]]] = [
    (errors.InputError("x"), 400, "input-error", {}),
    (errors.ParameterError("x", parameter="limit"), 400, "parameter-error", {"parameter": "limit"}),
    (errors.QuerySyntaxError("x", line=1, column=2), 400, "query-syntax-error", {"column": 2}),
    (errors.UnknownFormat("x", offered=("csv",)), 400, "unknown-format", {"offered": ["csv"]}),
    (errors.NotFound("x"), 404, "not-found", {}),
    (errors.NotAuthenticated("x"), 401, "not-authenticated", {}),
    (errors.Refused("x"), 403, "refused", {}),
    (errors.Conflict("x"), 412, "conflict", {}),
    (errors.TooLarge("x"), 413, "too-large", {}),
    (errors.Busy("x", retry_after=7), 503, "busy", {}),
    (errors.QueryTimeout("x"), 503, "query-timeout", {}),
    (errors.StoreFull("x"), 507, "store-full", {}),
    (errors.StoreUnreachable("x"), 502, "store-unreachable", {}),
    (errors.StoreTimeout("x"), 504, "store-timeout", {}),
]
HEADERS = {"busy": ("Retry-After", "7"), "not-authenticated": ("WWW-Authenticate", "Bearer")}


def client_of(error: Exception) -> FlaskClient:
    """A client of an app that has this trouble and no other route."""
    app = Flask("trouble")
    problems.init_app(app)

    @app.get("/")
    def trouble() -> str:
        raise error

    @app.get("/moved")
    def moved() -> Redirect:
        return redirect("/")

    return app.test_client()


@pytest.mark.parametrize(("error", "status", "kind", "members"), REFUSALS, ids=str)
def test_an_error_of_ours_says_what_it_is(
    error: Exception, status: int, kind: str, members: dict[str, object]
) -> None:
    answer = client_of(error).get("/")
    body = answer.get_json(force=True)
    assert (answer.status_code, body["status"], body["detail"]) == (status, status, "x")
    assert (answer.mimetype, body["type"]) == (
        "application/problem+json",
        problems.problem_type(kind),
    )
    assert body.items() >= members.items()
    name, value = HEADERS.get(kind, ("Cache-Control", "no-store"))
    assert answer.headers[name].startswith(value)


@pytest.mark.parametrize(
    "error", [errors.StoreCorrupt("secret"), RuntimeError("secret")], ids=["ours", "any other"]
)
def test_a_fault_of_ours_is_in_the_log_and_its_words_are_not_in_the_answer(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client_of(error).get("/")
    body = answer.get_json(force=True)
    assert (answer.status_code, body["status"]) == (500, 500)
    assert "secret" not in answer.text
    assert body["incident"] in caplog.text
    assert "secret" in caplog.text


def test_what_flask_refuses_is_a_problem_too_and_keeps_its_headers() -> None:
    client = client_of(MethodNotAllowed(valid_methods=["GET"]))
    for answer, status in ((client.get("/"), 405), (client.get("/missing"), 404)):
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert client.get("/").headers["Allow"] == "GET"
    assert client.get("/moved").status_code == 302


def test_an_answer_that_somebody_throws_is_given_as_it_is() -> None:
    thrown = MethodNotAllowed(response=redirect("/elsewhere"))
    assert client_of(thrown).get("/").location == "/elsewhere"
