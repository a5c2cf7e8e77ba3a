"""nginx with the configuration that we ship, in front of API processes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.knowledge import ROOT
from tests.servers.running import NotInstalled, free_port, running

TEMPLATE = ROOT / "deploy" / "nginx.conf.template"

_MAIN = """\
daemon off;
master_process off;
pid {home}/nginx.pid;
error_log stderr notice;
events {{}}
http {{
  access_log off;
  client_body_temp_path {home}/body;
  proxy_temp_path {home}/proxy;
  fastcgi_temp_path {home}/fastcgi;
  uwsgi_temp_path {home}/uwsgi;
  scgi_temp_path {home}/scgi;
  include {home}/kg.conf;
}}
"""


@contextmanager
def nginx(home: Path, upstreams: Sequence[str], *, prefix: str = "") -> Iterator[str]:
    """The URL of nginx before the API processes at ``upstreams``, each HOST:PORT.

    Raises NotInstalled where there is no nginx.
    """
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        raise NotInstalled("nginx: run .ci/install-servers")
    port = free_port()
    filled = {
        "API_SERVERS": " ".join(f"server {each};" for each in upstreams),
        "LISTEN": f"127.0.0.1:{port}",
        "PREFIX": prefix,
        "CACHE": f"{home}/cache",
    }
    (home / "kg.conf").write_text(rendered(filled), encoding="utf-8")
    (home / "nginx.conf").write_text(_MAIN.format(home=home), encoding="utf-8")
    command = [program, "-p", str(home), "-e", "stderr", "-c", str(home / "nginx.conf")]
    url = f"http://127.0.0.1:{port}"
    with running(command, url=f"{url}{prefix}/metrics", folder=home):
        yield url + prefix


def rendered(values: dict[str, str]) -> str:
    """The configuration with its variables filled in, as envsubst does it."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    return text
