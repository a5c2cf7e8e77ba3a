"""How a command ends: what to tell of an error, and its exit code for scripts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from kg import errors


class Exit(IntEnum):
    """The exit codes, as ``kg --help`` explains them."""

    OK = 0
    NO = 1
    USAGE = 2
    CANNOT = 3
    INTERRUPTED = 130


_CODES: Mapping[type[errors.KgError], Exit] = {
    errors.NotConforming: Exit.NO,
    errors.NotFound: Exit.NO,
    errors.InputError: Exit.USAGE,
    errors.KgError: Exit.CANNOT,
}


def exit_code(error: errors.KgError) -> Exit:
    """The code that tells a script what kind of error this is."""
    return next(_CODES[kind] for kind in type(error).__mro__ if kind in _CODES)


def explanation(error: errors.KgError) -> str:
    """The error in words, with the place in the query where it has one."""
    if isinstance(error, errors.QuerySyntaxError) and error.line is not None:
        return f"The query, line {error.line}, column {error.column}: {error}"
    return str(error)
