"""What a cache of nginx's in front may keep: answers with a tag, if it asks about them each time.

By ``Cache-Control: no-cache`` it would keep nothing, since it has no word for that; but what is
valid until a moment that is long past it keeps, and revalidates (``X-Accel-Expires: @1``).
"""

from __future__ import annotations

from flask import Flask, Response, request

_ASKED_BY = "Surrogate-Capability"  # how a cache says what it understands
_CAPABILITY = "X-Accel-Expires"
_ALWAYS_EXPIRED = "@1"  # seconds since 1970


def init_app(app: Flask) -> None:
    """Tell every cache that asks; it has to be the first to be told of requests' ends."""
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    if _CAPABILITY in request.headers.get(_ASKED_BY, "") and response.cache_control.public:
        tagged = "ETag" in response.headers
        if response.cache_control.max_age:
            response.headers[_CAPABILITY] = str(response.cache_control.max_age)
        elif tagged and response.cache_control.no_cache:
            response.headers[_CAPABILITY] = _ALWAYS_EXPIRED
    return response
