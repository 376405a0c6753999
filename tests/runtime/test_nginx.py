"""deploy/nginx.conf in the real nginx: one origin before web, lane and media."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.sync.client import connect

from dure.runtime import children

ROOT = Path(__file__).parents[2]
HOST = "market.example"

pytestmark = pytest.mark.processes


@dataclass
class Front:
    port: int
    plain_port: int
    trust: ssl.SSLContext
    ca: Path

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=f"https://127.0.0.1:{self.port}", verify=self.trust, headers={"Host": HOST})

    def socket(self, path: str):
        return connect(
            f"wss://{HOST}:{self.port}{path}",
            sock=socket.create_connection(("127.0.0.1", self.port)),
            ssl=self.trust,
            server_hostname=HOST,
            max_size=None,
        )


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("nginx")
    web, lane, media, tls, plain = free_ports(5)
    certificate(folder)
    text = (ROOT / "deploy/nginx.conf").read_text()
    for old, new in [
        ("127.0.0.1:8000", f"127.0.0.1:{web}"),
        ("127.0.0.1:8001", f"127.0.0.1:{lane}"),
        ("127.0.0.1:8002", f"127.0.0.1:{media}"),
        ("listen 443 ", f"listen {tls} "),
        ("listen 80;", f"listen {plain};"),
        (f"/etc/letsencrypt/live/{HOST}", str(folder)),
    ]:
        assert old in text
        text = text.replace(old, new)
    text = re.sub(r".*listen \[::\].*\n", "", text)  # machines without IPv6 run the test, too
    (folder / "dure.conf").write_text(text)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; worker_processes 1; events {{}}\n"
        f"{'user root;' if os.geteuid() == 0 else ''}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;"
        f" fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;"
        f" include {folder}/dure.conf; }}\n"
    )
    started = []
    with (folder / "log").open("wb") as log:
        for name, port in (("web", web), ("lane", lane), ("media", media)):
            granian = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), "--no-log"]
            command = [*granian, f"runtime.nginx_stage:{name}"]
            started.append(children.start(command, output=log, env={**os.environ, "PYTHONPATH": str(ROOT / "tests")}))
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        assert nginx, "no nginx on this machine: make test installs it"
        started.append(children.start([nginx, "-c", folder / "nginx.conf", "-p", folder], output=log))
        try:
            for port in (web, lane, media, tls):
                assert children.wait_for(lambda port=port: listening(port), 30), (folder / "log").read_text()
            yield Front(tls, plain, ssl.create_default_context(cafile=folder / "fullchain.pem"), folder)
        finally:
            for process in started:
                children.stop(process)


def test_each_process_is_reached_under_its_part_of_the_one_origin(front: Front):
    with front.client() as client:
        answers = {
            path: client.get(path, extensions=NAMED).json() for path in ("/seller/orders", "/lane/a/b", "/media/c.m3u8")
        }
    assert [(a["process"], a["path"]) for a in answers.values()] == [
        ("web", "/seller/orders"),
        ("lane", "/a/b"),
        ("media", "/c.m3u8"),
    ]


def test_the_processes_are_told_who_asks_and_how(front: Front):
    with front.client() as client:
        claimed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
        headers = client.get("/x", headers=claimed, extensions=NAMED).json()["headers"]
    assert headers["x-forwarded-proto"] == "https"
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["host"] == HOST
    assert re.fullmatch("[0-9a-f]{32}", headers["x-request-id"])


def test_http_is_sent_to_https(front: Front):
    answer = httpx.get(f"http://127.0.0.1:{front.plain_port}/cart?a=1", headers={"Host": HOST})
    assert (answer.status_code, answer.headers["location"]) == (301, f"https://{HOST}/cart?a=1")


def test_events_are_not_held_back(front: Front):
    """The stage writes three events half a second apart: the first must be here well before the last is written."""
    with front.client() as client, client.stream("GET", "/lane/events", extensions=NAMED) as answer:
        arrivals = [time.monotonic() for line in answer.iter_lines() if line.startswith("data:")]
    assert len(arrivals) == 3
    assert arrivals[2] - arrivals[0] > 0.5


@pytest.mark.parametrize("path", ["/lane/echo", "/media/echo"])
def test_sockets_pass_and_carry_video_sized_messages(front: Front, path: str):
    picture = os.urandom(1_500_000)
    with front.socket(path) as ws:
        ws.send("hello")
        assert ws.recv(timeout=10) == "hello"
        ws.send(picture)
        assert ws.recv(timeout=10) == picture


def test_a_body_is_limited_where_it_should_be(front: Front):
    with front.client() as client:
        photo = client.post("/seller/photos", content=b"x" * 11_000_000, extensions=NAMED)
        too_big = client.post("/seller/photos", content=b"x" * 13_000_000, extensions=NAMED)
        order = client.post("/lane/orders", content=b"x" * 70_000, extensions=NAMED)
        film = client.post("/media/upload", content=b"x" * 20_000_000, extensions=NAMED)
    assert photo.json()["arrived"] == 11_000_000
    assert (too_big.status_code, order.status_code) == (413, 413)
    assert film.json()["arrived"] == 20_000_000


NAMED = {"sni_hostname": HOST}


def certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for s in sockets:
            s.bind(("127.0.0.1", 0))
        return [s.getsockname()[1] for s in sockets]
    finally:
        for s in sockets:
            s.close()


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
