"""Receivers of webhooks on 127.0.0.1, well-behaved and misbehaving."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Connection:
    """A received request and its connection. Sending raises OSError if the client has closed it."""

    def __init__(self, stream: socket.socket) -> None:
        self.stream = stream
        self.sent = 0
        self.head, self.body = self._read()

    def send(self, data: bytes) -> None:
        self.stream.sendall(data)
        self.sent += len(data)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status} Whatever", f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode() + body)

    def header(self, name: str) -> str:
        found = [line.partition(":")[2].strip() for line in self.head if line.lower().startswith(f"{name}:")]
        return found[0]

    def _read(self) -> tuple[list[str], bytes]:
        read = b""
        while b"\r\n\r\n" not in read:
            data = self.stream.recv(65536)
            if not data:
                raise ConnectionError("it left without a request")
            read += data
        head, _, body = read.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        length = next(int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length:"))
        while len(body) < length:
            body += self.stream.recv(65536)
        return lines, body


Behaviour = Callable[[Connection], None]


@dataclass
class Receiver:
    """Answers each connection with the next of ``behaviours`` and repeats the last one."""

    behaviours: tuple[Behaviour, ...]
    port: int
    scheme: str
    connections: list[Connection] = field(default_factory=list)
    accepted: int = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"

    def wait_for(self, count: int, *, seconds: float = 30) -> None:
        """Waits until that many requests were received. Raises AssertionError after a timeout."""
        deadline = time.monotonic() + seconds
        while len(self.connections) < count:
            assert time.monotonic() < deadline, f"{len(self.connections)} of {count} requests in {seconds} s"
            time.sleep(0.005)


@contextmanager
def receiver(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        made = Receiver(behaviours, server.getsockname()[1], "https" if tls else "http")

        def serve(stream: socket.socket, behave: Behaviour) -> None:
            with suppress(OSError), tls.wrap_socket(stream, server_side=True) if tls else stream as wrapped:
                connection = Connection(wrapped)
                made.connections.append(connection)
                behave(connection)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    stream, _ = server.accept()
                    stream.settimeout(60)
                    behave = behaviours[min(made.accepted, len(behaviours) - 1)]
                    made.accepted += 1
                    threading.Thread(target=serve, args=(stream, behave), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield made
        finally:
            with suppress(OSError):  # a connection wakes ``accept``; closing the socket does not
                server.shutdown(socket.SHUT_RDWR)


OK = b"HTTP/1.1 200 OK\r\n"


def fine(connection: Connection) -> None:
    connection.answer(200, b"thanks")


def answering(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    return lambda connection: connection.answer(status, body, **headers)


def drip(connection: Connection) -> None:
    connection.send(OK + b"content-length: 1000\r\n\r\n")
    for _ in range(1000):
        connection.send(b".")
        time.sleep(0.05)


def drip_headers(connection: Connection) -> None:
    connection.send(OK)
    for number in range(1000):
        connection.send(f"x-{number}: y\r\n".encode())
        time.sleep(0.05)


def hang(connection: Connection) -> None:
    connection.stream.settimeout(60)
    connection.stream.recv(1)  # returns when the client closes the connection


def flood(connection: Connection) -> None:
    """Sends up to a gigabyte."""
    connection.send(OK + b"content-length: 1073741824\r\n\r\n")
    for _ in range(16384):
        connection.send(bytes(65536))


def continue_for_ever(connection: Connection) -> None:
    while True:
        connection.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


def headers_for_ever(connection: Connection) -> None:
    connection.send(OK)
    while True:
        connection.send(b"x: " + b"y" * 65536 + b"\r\n")


def chunks_for_ever(connection: Connection) -> None:
    connection.send(OK + b"transfer-encoding: chunked\r\n\r\n")
    while True:
        connection.send(b"1\r\nx\r\n" * 1000)


def reset(connection: Connection) -> None:
    connection.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def reset_in_the_answer(connection: Connection) -> None:
    connection.send(OK + b"content-length: 1000\r\n\r\nhalf an ans")
    time.sleep(0.05)
    reset(connection)


def leave_in_the_answer(connection: Connection) -> None:
    connection.send(OK + b"content-length: 1000\r\n\r\nhalf an ans")


def leave(_: Connection) -> None:
    """Closes the connection without a response."""


def talk_nonsense(connection: Connection) -> None:
    connection.send(b"220 mail.example ESMTP\r\n")


_AUTHORITY_ONLY: Final = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


class Authority:
    """A certificate authority."""

    def __init__(self, folder: Path, *, host: str = "") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tests")])
        self._certificate = self._sign(self._name, self._key, days=1, host=host, authority=True)

    def trusted(self) -> ssl.SSLContext:
        """The TLS context of a client that trusts only this authority."""
        return ssl.create_default_context(cadata=self._certificate.public_bytes(Encoding.PEM).decode())

    def server(self, host: str, *, days: int = 1) -> ssl.SSLContext:
        """Returns the TLS context of a server with a certificate for ``host`` that expires in ``days``, if positive."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        return self._serving(self._sign(name, key, days=days, host=host), key)

    def self_signed(self, host: str) -> ssl.SSLContext:
        """Returns the TLS context of a server with a self-signed certificate."""
        return Authority(self._folder, host=host)._serving_itself()

    def _sign(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: int, host: str = "", authority: bool = False
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=9))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if authority:  # Python 3.13 requires this extension of an authority
            builder = builder.add_extension(_AUTHORITY_ONLY, critical=True)
        if host:
            names: list[x509.GeneralName] = []
            try:
                names.append(x509.IPAddress(ipaddress.ip_address(host)))
            except ValueError:
                names.append(x509.DNSName(host))
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def _serving_itself(self) -> ssl.SSLContext:
        return self._serving(self._certificate, self._key)

    def _serving(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> ssl.SSLContext:
        path = self._folder / f"{certificate.serial_number}.pem"
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context
