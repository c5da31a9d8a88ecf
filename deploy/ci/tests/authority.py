"""A stand-in for Let's Encrypt: the steps of ACME (RFC 8555) that certbot takes. It
asks for the challenge at `site`, and certifies for `days`; signatures are not looked
at."""

from __future__ import annotations

import base64
import json
import threading
import urllib.request
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TOKEN = base64.urlsafe_b64encode(bytes(range(33))).decode()

ISSUER = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Our authority")])


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authority(ThreadingHTTPServer):
    def __init__(self, site: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.site, self.days, self.host = site, 90, ""
        self.issued: list[bytes] = []
        self.answers: list[bytes] = []
        self.is_valid = False
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.key = ec.generate_private_key(ec.SECP256R1())
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def ask(self) -> None:
        path = f"/.well-known/acme-challenge/{TOKEN}"
        with urllib.request.urlopen(self.site + path, timeout=10) as answer:
            self.answers.append(answer.read())
        self.is_valid = self.answers[-1].startswith(TOKEN.encode() + b".")

    def certify(self, csr: bytes) -> None:
        request = x509.load_der_x509_csr(csr)
        names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        leaf = self._builder(x509.Name([]), request.public_key(), self.days)
        leaf = leaf.add_extension(names.value, critical=True)
        own = self._builder(ISSUER, self.key.public_key(), 365)
        self.issued.append(b"".join(map(self._signed, (leaf, own))))

    def _builder(self, subject: x509.Name, key: Any, days: int) -> Any:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ISSUER)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=days))
        )

    def _signed(self, builder: Any) -> bytes:
        made = builder.sign(self.key, hashes.SHA256())
        return bytes(made.public_bytes(serialization.Encoding.PEM))

    def order(self) -> dict[str, Any]:
        state = "valid" if self.issued else "ready" if self.is_valid else "pending"
        return {
            "status": state,
            "identifiers": [{"type": "dns", "value": self.host}],
            "authorizations": [f"{self.url}/authorization"],
            "finalize": f"{self.url}/finalize",
            "certificate": f"{self.url}/certificate",
        }

    def authorization(self) -> dict[str, Any]:
        state = "valid" if self.is_valid else "pending"
        challenge = {
            "type": "http-01",
            "url": f"{self.url}/challenge",
            "token": TOKEN,
            "status": state,
        }
        return {
            "status": state,
            "identifier": {"type": "dns", "value": self.host},
            "challenges": [challenge],
        }


class Handler(BaseHTTPRequestHandler):
    server: Authority

    def do_GET(self) -> None:
        steps = ("newNonce", "newAccount", "newOrder", "revokeCert", "keyChange")
        self._tell(200, {step: f"{self.server.url}/{step}" for step in steps})

    def do_HEAD(self) -> None:
        self._tell(200, {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        payload = decoded(body["payload"])
        told = json.loads(payload) if payload else {}
        authority, step = self.server, self.path.strip("/")
        if step == "newAccount":
            self._tell(201, {"status": "valid"}, Location=f"{authority.url}/account")
        elif step == "newOrder":
            authority.host = told["identifiers"][0]["value"]
            authority.is_valid, authority.issued = False, []
            self._tell(201, authority.order(), Location=f"{authority.url}/order")
        elif step == "challenge":
            authority.ask()
            up = f'<{authority.url}/authorization>;rel="up"'
            self._tell(200, authority.authorization()["challenges"][0], Link=up)
        elif step == "finalize":
            authority.certify(decoded(told["csr"]))
            self._tell(200, authority.order(), Location=f"{authority.url}/order")
        elif step == "certificate":
            self._send(200, "application/pem-certificate-chain", authority.issued[-1])
        else:
            is_order = step == "order"
            self._tell(
                200, authority.order() if is_order else authority.authorization()
            )

    def _tell(self, status: int, content: dict[str, Any], **headers: str) -> None:
        body = json.dumps(content).encode()
        self._send(status, "application/json", body, **headers)

    def _send(self, status: int, kind: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Replay-Nonce", base64.urlsafe_b64encode(b"nonce").decode())
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        pass
