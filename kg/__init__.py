"""Editorial KG: a news editorial as a validated knowledge graph, served."""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = ["__version__"]
