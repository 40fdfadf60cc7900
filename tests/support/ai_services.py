"""Stands in for Gemini and Bedrock over real HTTP on 127.0.0.1, with all their failures."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"


@dataclass(frozen=True)
class Call:
    """A request that a service received."""

    path: str
    headers: dict[str, str]
    body: Any

    @property
    def model(self) -> str:
        return self.path.removeprefix("/v1beta/models/").removesuffix(":generateContent").split("/")[-1]


@dataclass(frozen=True)
class Reply:
    """A response, and how it fails.

    ``cut_after`` bytes the body ends and the connection with it; ``seconds_per_byte`` slows the body down; ``reset``
    closes the connection without any answer.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    seconds_per_byte: float = 0
    reset: bool = False
    before: Callable[[], None] = lambda: None


class AiServices:
    """Answers each call with the next of its ``replies`` and repeats the last one. Records the ``calls``."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.calls: list[Call] = []
        self._stopping = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def will(self, *replies: Reply) -> None:
        self.replies[:] = replies

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        services = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                services.calls.append(Call(unquote(self.path.removesuffix("/invoke")), headers, json.loads(sent)))
                reply = services.replies.pop(0) if len(services.replies) > 1 else services.replies[0]
                reply.before()
                self.close_connection = True
                if not reply.reset:
                    try:
                        self._answer(reply)
                    except (BrokenPipeError, ConnectionResetError):
                        return  # the engine has closed the connection

            def _answer(self, reply: Reply) -> None:
                self.send_response(reply.status)
                for name, value in {"content-type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(reply.body)))
                self.send_header("connection", "close")
                self.end_headers()
                body = reply.body[: reply.cut_after]
                if not reply.seconds_per_byte:
                    self.wfile.write(body)
                    return
                for at in range(len(body)):
                    self.wfile.write(body[at : at + 1])
                    self.wfile.flush()
                    if services._stopping.wait(reply.seconds_per_byte):
                        return

            def log_message(self, *_: Any) -> None:
                """Writes nothing: the output belongs to pytest."""

        return Handler


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


# ---------------------------------------------------------------- Gemini's answers


def gemini_picture(image: bytes, *, mime: str = "image/png", before_it: tuple[dict[str, Any], ...] = ()) -> Reply:
    data = {"inlineData": {"mimeType": mime, "data": base64.b64encode(image).decode()}}
    return gemini_parts(*before_it, {"text": "Here it is."}, data)


def gemini_parts(*parts: dict[str, Any], finish: str = "STOP") -> Reply:
    return Reply(
        _json(
            {
                "candidates": [{"content": {"role": "model", "parts": list(parts)}, "finishReason": finish}],
                "usageMetadata": {"promptTokenCount": 1806, "candidatesTokenCount": 1290, "totalTokenCount": 3096},
            }
        )
    )


def gemini_finish(reason: str) -> Reply:
    return Reply(_json({"candidates": [{"finishReason": reason}]}))


def gemini_block(reason: str) -> Reply:
    return Reply(_json({"promptFeedback": {"blockReason": reason}}))


def gemini_error(status: int, name: str, *details: dict[str, Any], **headers: str) -> Reply:
    error = {"code": status, "message": "said to nobody else", "status": name, "details": list(details)}
    return Reply(_json({"error": error}), status, headers)


def thought(image: bytes) -> dict[str, Any]:
    data = base64.b64encode(image).decode()
    return {"thought": True, "inlineData": {"mimeType": "image/png", "data": data}}


# ---------------------------------------------------------------- Bedrock's answers


def bedrock_picture(image: bytes) -> Reply:
    return Reply(_json({"seeds": [7], "finish_reasons": [None], "images": [base64.b64encode(image).decode()]}))


def bedrock_finish(reason: str) -> Reply:
    return Reply(_json({"seeds": [7], "finish_reasons": [reason]}))


def bedrock_error(status: int, name: str, **headers: str) -> Reply:
    return Reply(_json({"message": "said to nobody else"}), status, {"x-amzn-errortype": name, **headers})


def http_date(seconds_from_now: float) -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + seconds_from_now))
