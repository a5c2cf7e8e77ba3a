"""The command line: each command is the shell spelling of one call of the library."""

from __future__ import annotations

from kg.cli.main import main

__all__ = ["main"]
