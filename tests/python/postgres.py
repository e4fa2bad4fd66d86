"""A private PostgreSQL server for the tests: its own folder, a socket and no port, gone at the end."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

INSTALL = "apt-get install -y --no-install-recommends postgresql"
OWNER = "motcua"
# Debian's package makes this user.
PACKAGE_USER = "postgres"
READY_WITHIN = 60


def programs() -> Path | None:
    """The folder of the newest server that Debian's packages installed."""
    found = [
        path.parent
        for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")
        if (path.parent / "initdb").exists() and path.parts[-3].isdigit()
    ]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def missing() -> str | None:
    """Why no server can be started here, with what helps; none when it can."""
    if programs() is None:
        return f"PostgreSQL is not installed: {INSTALL}"
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return "PostgreSQL refuses root, and setpriv is not installed: apt-get install util-linux"
    return None


@contextlib.contextmanager
def server(timezone: str = "Etc/UTC") -> Iterator[dict[str, str]]:
    """A running server; its address as libpq's environment variables."""
    found = programs()
    assert found is not None
    # Not pytest's folder: the path of a socket has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="tthc-kpi-pg-") as name:
        unprivileged = as_owner_of(Path(name))
        data = Path(name, "data")
        made: list[str | Path] = [*unprivileged, found / "initdb", "--pgdata", data]
        made += ["--username", OWNER, "--auth", "trust", "--no-sync"]
        made += ["--encoding", "UTF8", "--locale", "C.UTF-8"]
        subprocess.run(made, check=True, capture_output=True, cwd=name)
        settings = {"listen_addresses": "", "unix_socket_directories": name, "fsync": "off"}
        settings |= {"timezone": timezone}
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        with Path(name, "log").open("wb") as log:
            process = subprocess.Popen(
                [*unprivileged, found / "postgres", "-D", data, *options],
                stdout=log,
                stderr=log,
                cwd=name,
            )
        try:
            wait_until_ready(found, name, process)
            yield {"PGHOST": name, "PGUSER": OWNER, "PGDATABASE": "postgres"}
        finally:
            stop(process)


def as_owner_of(folder: Path) -> list[str]:
    """What to put before a command: root gives the folder away and becomes who it belongs to.

    A server whose tests were killed stops by itself.
    """
    setpriv = shutil.which("setpriv")
    words = [setpriv, "--pdeathsig", "INT"] if setpriv else []
    if os.geteuid() != 0:
        return words
    shutil.chown(folder, PACKAGE_USER)
    return [*words, "--reuid", PACKAGE_USER, "--clear-groups"]


def wait_until_ready(found: Path, socket: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_WITHIN
    ask = [found / "pg_isready", "--quiet", "--host", socket]
    while subprocess.run(ask, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("PostgreSQL does not start: " + Path(socket, "log").read_text())
        time.sleep(0.05)


def stop(process: subprocess.Popen[bytes]) -> None:
    """A fast shutdown: open connections are cut."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
