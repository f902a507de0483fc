"""A WordPress from Debian's packages, unpacked into a folder and served on loopback."""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PACKAGES = (
    "wordpress wordpress-theme-twentytwentythree php8.2-cli php8.2-common php8.2-mysql php8.2-xml "
    "mariadb-server-core mariadb-client-core libaio1 liburing2"
).split()  # Debian 12
EXTENSIONS = ("mysqlnd", "mysqli", "simplexml")
WAIT_SECONDS = 30.0


@dataclass(frozen=True)
class WordPress:
    """Where it answers, and what its editor signs in with."""

    address: str
    password: str

    def write(self, route: str, **fields: object) -> Any:
        """What the site's REST API answers to a POST of those fields."""
        return self._asked("POST", route, json.dumps(fields).encode())

    def trash(self, route: str) -> None:
        """Moves a post to the bin."""
        self._asked("DELETE", route, None)

    def _asked(self, method: str, route: str, body: bytes | None) -> Any:
        signed = base64.b64encode(f"editor:{self.password}".encode()).decode()
        request = urllib.request.Request(
            f"{self.address}/wp-json/wp/v2/{route}",
            data=body,
            method=method,
            headers={"Authorization": f"Basic {signed}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as answer:
            return json.load(answer)


def unpack(folder: Path) -> Path:
    """Fetches the packages and unpacks them; nothing is installed on the machine."""
    packages, root = folder / "packages", folder / "root"
    packages.mkdir()
    command = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", *PACKAGES]
    subprocess.run(command, cwd=packages, check=True)
    for package in sorted(packages.glob("*.deb")):
        subprocess.run(["dpkg", "-x", package, root], check=True)
    return root


@contextmanager
def served(folder: Path) -> Iterator[WordPress]:
    """A new site in the folder, with the post and the page that WordPress comes with."""
    root = unpack(folder)
    site, sock, port = folder / "site", folder / "db.sock", _free_port()
    shutil.copytree(root / "usr/share/wordpress", site, ignore_dangling_symlinks=True)
    (site / "wp-config.php").unlink(missing_ok=True)  # Debian's looks in /etc
    shutil.copy(HERE / "config.php", site / "wp-config.php")
    address = f"http://127.0.0.1:{port}"
    environ = os.environ | {
        "LD_LIBRARY_PATH": f"{root}/usr/lib/x86_64-linux-gnu:{root}/lib/x86_64-linux-gnu",
        "WP_SOCKET": str(sock),
        "WP_ADDRESS": address,
        "PHP_CLI_SERVER_WORKERS": "4",
    }
    modules = next((root / "usr/lib/php").glob("2*"))
    php = [str(root / "usr/bin/php8.2"), "-n", "-d", f"extension_dir={modules}"]
    php += [word for each in EXTENSIONS for word in ("-d", f"extension={each}")]
    with _database(root, folder / "db", sock, environ):
        install = [*php, str(HERE / "install.php"), str(site), str(sock), f"127.0.0.1:{port}"]
        done = subprocess.run(install, env=environ, check=True, capture_output=True, text=True)
        password = done.stdout.split()[-1]
        serve = [*php, "-S", f"127.0.0.1:{port}", "-t", str(site), str(HERE / "router.php")]
        with _running(serve, environ, folder / "php.log"):
            _wait_for(lambda: urllib.request.urlopen(f"{address}/wp-json/", timeout=5).close())
            yield WordPress(address, password)


@contextmanager
def _database(root: Path, data: Path, sock: Path, environ: dict[str, str]) -> Iterator[None]:
    """MariaDB on a socket of its own; it listens to no port."""
    common = ["--no-defaults", f"--basedir={root}/usr", f"--datadir={data}", "--user=root"]
    install = [f"{root}/usr/bin/mariadb-install-db", *common, "--skip-test-db"]
    subprocess.run(
        [*install, "--auth-root-authentication-method=normal"],
        env=environ,
        check=True,
        capture_output=True,
    )
    serve = [f"{root}/usr/sbin/mariadbd", *common, "--skip-networking", f"--socket={sock}"]
    with _running(serve, environ, data / "server.log"):
        _wait_for(lambda: sock.stat())
        yield


@contextmanager
def _running(command: list[str], environ: dict[str, str], log: Path) -> Iterator[None]:
    """The command and what it starts, ended afterwards."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=environ, stdout=out, stderr=out, start_new_session=True
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(WAIT_SECONDS)


def _wait_for(there: Any) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            there()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
