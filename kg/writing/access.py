"""Who may write: named tokens with a scope, of which only digests are kept."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from kg.errors import Conflict, InputError, NotFound, StoreError
from kg.settings import Settings
from kg.store import durable
from kg.store.embedded.folder import Lock
from kg.store.faults import store_faults

FILE = "tokens.json"
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._@-]{0,62}[A-Za-z0-9])?")
_PREFIX = "kg_"  # so that people and secret scanners see what a found string is
_PATIENCE = 5.0  # seconds that a change of the file waits for another


class Scope(StrEnum):
    """What a token is good for: data graphs, or ontology and shapes too."""

    WRITE = "write"
    ADMIN = "admin"

    def covers(self, needed: Scope) -> bool:
        """Whether a token of this scope may do what ``needed`` names."""
        return self is Scope.ADMIN or self is needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token as it is kept: the secret itself is nowhere."""

    name: str
    scope: Scope
    digest: str
    created: datetime


class Tokens:
    """The tokens in a file that only its owner may read. Changes of the file count at once.

    A secret is 256 random bits, so its plain SHA-256 cannot be inverted by guessing: slow, salted
    hashes are for passwords that people choose.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, int, int], tuple[Token, ...]] | None = None

    def all(self) -> tuple[Token, ...]:
        """All tokens, by name. Raises StoreError where the file cannot be read."""
        with store_faults(self._path):
            try:
                found = self._path.stat()
            except FileNotFoundError:
                return ()
            state = (found.st_mtime_ns, found.st_ino, found.st_size)
            if self._read is None or self._read[0] != state:
                self._read = (state, self._load())
        return self._read[1]

    def find(self, secret: str) -> Token | None:
        """The token with this secret, compared in constant time."""
        digest = _digest(secret)
        matches = [each for each in self.all() if hmac.compare_digest(each.digest, digest)]
        return matches[0] if matches else None

    def add(self, name: str, scope: Scope) -> str:
        """Make a token and return its secret, which cannot be had again.

        Raises InputError for a name that is none and Conflict where it is taken.
        """
        if not _NAME.fullmatch(name):
            raise InputError(
                f"{name!r} is no token name: use up to 64 letters, digits, dots, hyphens, @ or _."
            )
        secret = _PREFIX + secrets.token_urlsafe(32)
        with _alone(self._path.parent):
            known = self.all()
            if any(each.name == name for each in known):
                raise Conflict(f"There is a token {name!r}: revoke it first, or take another name.")
            now = datetime.now(UTC)
            token = Token(name=name, scope=scope, digest=_digest(secret), created=now)
            self._save((*known, token))
        return secret

    def revoke(self, name: str) -> None:
        """Remove a token; it is worth nothing from now on. Raises NotFound."""
        with _alone(self._path.parent):
            kept = tuple(each for each in self.all() if each.name != name)
            if len(kept) == len(self.all()):
                raise NotFound(f"There is no token {name!r}.")
            self._save(kept)

    def _load(self) -> tuple[Token, ...]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))["tokens"]
            return tuple(_decoded(each) for each in found)
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{self._path} is no token file: {error!r}.") from error

    def _save(self, tokens: tuple[Token, ...]) -> None:
        ordered = sorted(tokens, key=lambda each: each.name)
        text = json.dumps({"tokens": [_encoded(each) for each in ordered]}, indent=1)
        new = self._path.with_name(f"{self._path.name}.new")
        with store_faults(self._path):
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                os.fchmod(descriptor, 0o600)  # what an earlier crash left may be readable to others
                file.write(text)
                file.flush()
                os.fsync(descriptor)
            new.replace(self._path)
            durable.sync(self._path.parent)


def token_path(settings: Settings) -> Path:
    """Where the tokens are: ``KG_TOKENS``, else in the store's folder, if it is one."""
    if settings.tokens:
        return Path(settings.tokens)
    is_folder = settings.store != "memory:" and "://" not in settings.store
    return Path(settings.store if is_folder else ".kg") / FILE


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """No other process changes the tokens in ``folder`` during the block."""
    with store_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = Lock(folder)
    try:
        lock.wait_exclusive(_PATIENCE)
        yield
    finally:
        lock.release()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _encoded(token: Token) -> dict[str, str]:
    return {
        "name": token.name,
        "scope": token.scope.value,
        "sha256": token.digest,
        "created": token.created.isoformat(timespec="seconds"),
    }


def _decoded(document: dict[str, Any]) -> Token:
    return Token(
        name=document["name"],
        scope=Scope(document["scope"]),
        digest=document["sha256"],
        created=datetime.fromisoformat(document["created"]),
    )
