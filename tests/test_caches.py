"""A cache in front that says what it understands is told what it may keep, and no other is."""

from __future__ import annotations

import pytest
from flask import Flask, Response

from kg.web import caches

ASKS = {"Surrogate-Capability": "kg-cache=X-Accel-Expires"}


@pytest.mark.parametrize(
    ("policy", "tag", "told"),
    [
        ("public, max-age=60", False, "60"),
        ("public, no-cache", True, "@1"),  # it may keep it, and has to ask each time
        ("public, no-cache", False, None),
        ("public", True, None),
        ("no-store", True, None),
        ("private, max-age=60", True, None),
    ],
)
@pytest.mark.parametrize("asks", [True, False])
def test_a_cache_is_told_how_long_it_may_keep_an_answer(
    policy: str, told: str | None, *, tag: bool, asks: bool
) -> None:
    app = Flask("caches")
    caches.init_app(app)

    @app.get("/")
    def answer() -> Response:
        found = Response("x", headers={"Cache-Control": policy})
        if tag:
            found.set_etag("1")
        return found

    answered = app.test_client().get("/", headers=ASKS if asks else {})
    assert answered.headers.get("X-Accel-Expires") == (told if asks else None)
