"""What every write over HTTP has in common: who may, the one write path, the audit, the answer."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Thread
from typing import cast
from urllib.parse import unquote, urlsplit

from flask import Flask, Response, current_app, g, json, request
from werkzeug.exceptions import HTTPException

from kg.errors import KgError, NotAuthenticated, ParameterError, Refused
from kg.rdf.formats import JSON
from kg.rdf.iris import Iris
from kg.settings import Settings
from kg.sources import Sources
from kg.store.base import Store
from kg.validation.isolation import IsolatedValidator
from kg.validation.reach import Reach
from kg.web.reports import result_json
from kg.web.responses import to_json
from kg.writing.access import Scope, Token, Tokens, token_path
from kg.writing.dry_run import DryRuns
from kg.writing.publishing import Edit, Origin, Published, Publisher
from kg.writing.updates import Updates

AUDIT = logging.getLogger("kg.audit")
_STRICT = re.compile(r'(?:^|,)\s*handling\s*=\s*"?strict"?\s*(?:;|,|$)', re.IGNORECASE)
_MESSAGE_LIMIT = 500  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What writing takes, made once per process."""

    publisher: Publisher
    tokens: Tokens
    updates: Updates
    dry_runs: DryRuns

    def start(self) -> None:
        """Have the validator made ready meanwhile, where anybody may write: it takes a second."""
        Thread(target=self._make_ready, daemon=True).start()

    def _make_ready(self) -> None:
        checker = self.publisher.checker
        with suppress(KgError):  # that nothing is no graph; the first write tells of all else
            if isinstance(checker, IsolatedValidator) and self.tokens.all():
                checker.validate(())

    def close(self) -> None:
        """End the processes that validate."""
        self.dry_runs.close()
        if isinstance(self.publisher.checker, IsolatedValidator):
            self.publisher.checker.close()


def init_app(app: Flask, settings: Settings, store: Store, vocabulary: Sources) -> None:
    """Give the app what writing takes; no process starts and no file is read by that."""
    app.extensions["kg.writing"] = Writing(
        publisher=Publisher(
            store=store,
            schema=vocabulary.schema,
            iris=Iris(settings.namespace),
            checker=_validator(settings, vocabulary),
            reach=Reach(vocabulary.shapes),
        ),
        tokens=Tokens(token_path(settings)),
        updates=Updates(settings),
        dry_runs=DryRuns(settings, vocabulary),
    )
    AUDIT.setLevel(logging.INFO)
    if not AUDIT.hasHandlers():  # under a server that has not set up any logging
        AUDIT.addHandler(logging.StreamHandler())


def _validator(settings: Settings, vocabulary: Sources) -> IsolatedValidator | None:
    """What validates writes, apart from what does so for all: nobody keeps writers waiting."""
    if not vocabulary.shapes:
        return None
    return IsolatedValidator(
        shapes=vocabulary.shapes,
        ontology=vocabulary.ontology,
        seconds=settings.validation_timeout,
        memory_mib=settings.query_memory,
        instead="On the server, kg patch writes the same change without a deadline.",
    )


def writing() -> Writing:
    """What writing takes in the app that handles this request."""
    return cast("Writing", current_app.extensions["kg.writing"])


def publish(action: str, target: str, make: Callable[[], Edit]) -> Published:
    """Publish the edit that ``make`` reads from this request, for whoever may; audited.

    ``make`` is called once it is clear that the request may write. Raises NotAuthenticated and
    Refused beside what ``make`` and ``Publisher.publish`` raise.
    """
    with _audited(action, target) as entry:
        token = _authorised()
        entry["who"] = token.name
        origin = Origin(
            author=token.name,
            message=_message() or f"{action} {target}",
            admin=token.scope.covers(Scope.ADMIN),
        )
        published = writing().publisher.publish(make(), origin, strict=_is_strict())
        entry["outcome"] = "published" if published.changed else "unchanged"
        entry["version"] = published.version.number
    return published


def written(published: Published, *, created: str | None = None) -> Response:
    """The answer to a write: 201 where ``created`` is the path of something new, 204, or 200.

    A body comes only with warnings.
    """
    response = Response(status=201 if created else 204)
    warnings = [result_json(each) for each in published.report.warnings]
    if warnings:
        response = Response(status=201 if created else 200, content_type=JSON.media_type)
        response.set_data(to_json({"version": published.version.number, "warnings": warnings}))
    else:
        del response.headers["Content-Type"]
    if created:
        response.headers["Location"] = created
        response.autocorrect_location_header = False
    if _is_strict():
        response.headers["Preference-Applied"] = "handling=strict"
    version = f"{request.script_root}/versions/{published.version.number}"
    response.headers.add("Link", f'<{version}>; rel="latest-version"')
    return response


@contextmanager
def _audited(action: str, target: str) -> Iterator[dict[str, object]]:
    """One line in the audit log for the attempt that the block is, however it ends."""
    entry: dict[str, object] = {"who": None, "action": action, "target": target}
    entry["outcome"] = "failed"
    try:
        yield entry
    except (KgError, HTTPException) as error:
        entry["outcome"] = type(error).__name__
        raise
    finally:
        AUDIT.info("%s", json.dumps(entry | {"from": request.remote_addr}, sort_keys=False))


def _authorised() -> Token:
    """The token that lets this request write."""
    _refuse_cross_site()
    if g.get("pinned"):
        raise ParameterError(
            "A version never changes: write without version=.", parameter="version"
        )
    tokens = writing().tokens
    if not tokens.all():
        raise Refused(
            "Nothing can be written over HTTP: no token is configured. Make one on the server by"
            " kg token add NAME --scope write."
        )
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise NotAuthenticated("Writing needs a token: send Authorization: Bearer ….")
    token = tokens.find(secret.strip())
    if token is None:
        raise NotAuthenticated("The token is not known here, or was revoked.")
    return token


def _refuse_cross_site() -> None:
    """Refuse what a page of another site has a browser send (Fetch, "Origin" header)."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Refused(f"Writes from pages of other sites are refused: {origin[:100]}.")


def _message() -> str | None:
    """The message that the client gives the version: ``Commit-Message``, percent-encoded."""
    message = unquote(request.headers.get("Commit-Message", "")).strip()
    if len(message) > _MESSAGE_LIMIT or not message.isprintable():
        raise ParameterError(
            f"Commit-Message: expected one line of at most {_MESSAGE_LIMIT} characters.",
            parameter="Commit-Message",
        )
    return message or None


def _is_strict() -> bool:
    """Whether warnings stand in the way: ``Prefer: handling=strict`` (RFC 7240 §4.4)."""
    return bool(_STRICT.search(",".join(request.headers.getlist("Prefer"))))
