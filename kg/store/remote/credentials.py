"""Who we are to another server: HTTP Basic, Digest and Bearer authentication."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
_HASHES: Mapping[str, Callable[[bytes], str]] = {
    "sha-256": lambda data: hashlib.sha256(data).hexdigest(),
    # RFC 7616 keeps MD5 for the many servers that know no other.
    "md5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A user's name and password, or a bearer token; all empty for nobody in particular."""

    user: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    def greeting(self) -> str | None:
        """The Authorization header of a request that nobody has asked for one yet."""
        if self.token:
            return f"Bearer {self.token}"
        if self.user is None:
            return None
        pair = f"{self.user}:{self.password or ''}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"

    def answer(self, challenge: str | None, *, method: str, url: str) -> str | None:
        """The header that answers a Digest challenge (RFC 7616); None where that is not asked."""
        if self.user is None or not challenge or not challenge.lower().startswith("digest"):
            return None
        asked = {name.lower(): a or b for name, a, b in _PARAMETER.findall(challenge)}
        algorithm = asked.get("algorithm", "MD5")
        digest = _HASHES.get(algorithm.lower())
        return self._digest(asked, digest, method, url) if digest and "nonce" in asked else None

    def _digest(
        self, asked: Mapping[str, str], digest: Callable[[bytes], str], method: str, url: str
    ) -> str:
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        realm, nonce = asked.get("realm", ""), asked["nonce"]
        who = digest(f"{self.user}:{realm}:{self.password or ''}".encode())
        what = digest(f"{method}:{target}".encode())
        said = {"username": self.user or "", "realm": realm, "nonce": nonce, "uri": target}
        bare = {"algorithm": asked["algorithm"]} if "algorithm" in asked else {}
        words = [who, nonce, what]
        if "auth" in re.split(r"[\s,]+", asked.get("qop", "")):
            said["cnonce"] = secrets.token_hex(8)
            bare |= {"qop": "auth", "nc": "00000001"}
            words = [who, nonce, bare["nc"], said["cnonce"], "auth", what]
        said["response"] = digest(":".join(words).encode())
        said |= {"opaque": asked["opaque"]} if "opaque" in asked else {}
        quoted = [f'{name}="{value}"' for name, value in said.items()]
        return "Digest " + ", ".join([*quoted, *(f"{name}={v}" for name, v in bare.items())])
