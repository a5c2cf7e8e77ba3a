"""What browsers make of forms: a field that is left empty is still sent."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response as Redirect

from kg.rdf.formats import HTML, Format
from kg.web.pages.layout import link
from kg.web.responses import asked_format


def without_empty_fields(offered: Sequence[Format], suffix: str | None = None) -> Redirect | None:
    """The way to the same page without the parameters that a form left empty, if it did.

    Programs that send an empty value get the error that it is.
    """
    given = [(name, value) for name, value in request.args.items(multi=True)]
    filled = [(name, value) for name, value in given if value.strip()]
    if filled == given or asked_format(offered, suffix)[0] is not HTML:
        return None
    path = f"{request.script_root}{request.path}"
    return redirect(link(f"{path}?{urlencode(filled)}" if filled else path), code=303)
