"""Problems of HTTP (RFC 9457) as the errors that they were on the other side."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from kg import errors
from kg.client.transports import Reply

_BY_STATUS: Mapping[int, type[errors.KgError]] = {
    403: errors.Refused,
    404: errors.NotFound,
    409: errors.Conflict,
    412: errors.Conflict,
    413: errors.TooLarge,
    503: errors.QueryInterrupted,
}
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def error_of(reply: Reply) -> errors.KgError:
    """The error that an answer of status 400 or more tells of."""
    problem = _problem(reply)
    message = str(problem.get("detail") or problem.get("title") or f"HTTP status {reply.status}.")
    kind = _kinds().get(str(problem.get("type", "")).rpartition("/")[2])
    if kind is errors.ParameterError:
        return errors.ParameterError(message, parameter=str(problem.get("parameter", "")))
    if kind in {errors.RdfSyntaxError, errors.QuerySyntaxError}:
        assert kind is errors.RdfSyntaxError or kind is errors.QuerySyntaxError
        return kind(message, line=problem.get("line"), column=problem.get("column"))
    if kind is errors.Busy:
        wait = reply.headers.get("retry-after", "")
        return errors.Busy(message, retry_after=int(wait) if wait.isdecimal() else 1)
    if kind is None or kind is errors.NotConforming:
        kind = _BY_STATUS.get(
            reply.status, errors.InputError if reply.status < 500 else errors.StoreError
        )
    return kind(message)


def _problem(reply: Reply) -> dict[str, Any]:
    """The problem's members; none where the answer is of something in between, such as a proxy."""
    if "json" not in reply.headers.get("content-type", ""):
        return {}
    try:
        found = json.loads(reply.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _kinds() -> dict[str, type[errors.KgError]]:
    """The errors by the last segment of their problem's type."""
    found = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type)}
    return {
        _CAPITAL.sub("-", name).lower(): kind
        for name, kind in found.items()
        if issubclass(kind, errors.KgError)
    }
