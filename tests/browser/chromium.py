"""Debian's Chromium, as tests and the script for screenshots start it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright


def executable() -> str | None:
    """Where Chromium is, or None where it is not installed."""
    return shutil.which("chromium")


@contextmanager
def started() -> Iterator[Browser]:
    """A running Chromium; ended afterwards. It has to be installed."""
    # The sandbox cannot be had by root, whom continuous integration runs as.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=arguments)
        yield browser
        browser.close()
