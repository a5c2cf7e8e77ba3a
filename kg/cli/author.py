"""Who runs the command, for the version that comes of it."""

from __future__ import annotations

import getpass
import os


def author() -> str:
    """The user's name; a number where the machine knows no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
