"""An operation of the description as a request that can be sent."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

Document: TypeAlias = Mapping[str, Any]

HOST = "http://localhost:8000"
_FORMS = {"search", "questions"}  # tags of operations that are a form without parameters
_VARYING = re.compile(r"{([^}]+)}")


def example_target(api: Document, path: str, method: str) -> str:
    """The path of an operation with its query, by the examples of what it cannot do without.

    What has none, as in an empty store, is shown as ``{name}``.
    """
    known = list(_parameters(api, path, method))
    values = {each["name"]: _example(each) for each in known if each["in"] == "path"}
    tags = api["paths"][path][method]["tags"]
    asked = [(each["name"], _example(each)) for each in known if _is_shown(each, tags)]
    filled = _VARYING.sub(lambda found: quote(str(values[found[1]]), safe="/{}"), path)
    query = urlencode(asked, doseq=True)
    return f"{filled}?{query}" if query else filled


def curl(api: Document, path: str, method: str) -> str:
    """The same as a command line."""
    operation = api["paths"][path][method]
    words = ["curl"] if method == "get" else ["curl", "-X", method.upper()]
    if operation.get("security") == [{"token": []}]:
        words += ["-H", '"Authorization: Bearer $TOKEN"']
    for media_type, each in operation.get("requestBody", {}).get("content", {}).items():
        if isinstance(each.get("example"), str):
            words += ["-H", f"'Content-Type: {media_type}'", "--data-binary"]
            words.append(shlex.quote(each["example"]))
            break
    root = api["servers"][0]["url"].rstrip("/")
    return " ".join([*words, shlex.quote(f"{HOST}{root}{example_target(api, path, method)}")])


def _example(parameter: Document) -> object:
    return parameter.get("example", f"{{{parameter['name']}}}")


def _is_shown(parameter: Document, tags: Iterable[str]) -> bool:
    asked = bool(parameter["required"]) or _is_telling(parameter, tags)
    return parameter["in"] == "query" and asked


def _is_telling(parameter: Document, tags: Iterable[str]) -> bool:
    """Whether a parameter says what is asked at all, though not all of its kind are needed."""
    known = parameter["name"] in {"graph", "query"} or not _FORMS.isdisjoint(tags)
    return known and "example" in parameter


def _parameters(api: Document, path: str, method: str) -> Iterator[Document]:
    for each in api["paths"][path][method]["parameters"]:
        yield api["components"]["parameters"][each["$ref"].rpartition("/")[2]]
