"""The WSGI entry: ``gunicorn server:app`` serves what the ``KG_…`` variables name."""

from __future__ import annotations

import os

from kg.settings import Settings
from kg.web.app import create_app

app = create_app(Settings.from_env(os.environ))
