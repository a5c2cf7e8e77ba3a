"""How much a search answers."""

from __future__ import annotations

LIMIT_DEFAULT = 20
LIMIT_MAX = 100
RANKED = 300  # hits that are put in order; whoever wants others asks a narrower question
SUGGESTED = 10
