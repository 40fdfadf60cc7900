"""Answers DynamoDB, Secrets Manager, SQS and S3 with one user's records: ``emulated_aws.py PORT_FILE``.

It is small and always gives the same answers, so that what is counted is the function.
"""

import contextlib
import datetime
import hashlib
import json
import socket
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

USER = "018f2f3e-7b1a-7c3d-9e4f-5a6b7c8d9e0f"
SECRET = "s" * 64
VERSION = "11111111-2222-4333-8444-555555555555"


def iso(seconds: int = 0) -> str:
    """Returns the time in so many seconds."""
    at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def account() -> dict[str, Any]:
    """Returns the user's account."""
    month = time.strftime("%Y%m", time.gmtime())
    return {
        "userId": {"S": USER},
        "email": {"S": "ada@example.com"},
        "name": {"S": "Ada"},
        "createdAt": {"S": iso(-9)},
        "balance": {"N": "100"},
        "totalEarned": {"N": "100"},
        "totalSpent": {"N": "0"},
        f"earned_{month}": {"N": "100"},
    }


def principal() -> dict[str, Any]:
    """Returns a caller who has made few requests."""
    bucket = int(time.time() // 5)
    return {
        "principal": {"S": f"user#{USER}"},
        "spent": {"N": "10000000"},
        "ceiling": {"N": "1010000000"},
        "expiresAt": {"N": str(int(time.time()) + 7200)},
        f"c{bucket}": {"N": "1000000000"},
    }


def delivery() -> dict[str, Any]:
    """Returns a delivery that is due."""
    rid, wid = "018f2f3e-7b1a-7c3d-9e4f-5a6b7c8d9e10", "018f2f3e-7b1a-7c3d-9e4f-5a6b7c8d9e11"
    body = json.dumps(
        {"event": "render.completed", "type": "render.completed", "timestamp": iso(), "data": {"renderId": rid}}
    )
    return {
        "target": {"S": wid},
        "deliveryId": {"S": "018f2f3e-7b1a-8c3d-9e4f-5a6b7c8d9e12"},
        "userId": {"S": USER},
        "event": {"S": "render.completed"},
        "body": {"S": body},
        "renderId": {"S": rid},
        "platform": {"S": "sketchup"},
        "state": {"S": "pending"},
        "attempts": {"L": []},
        "tries": {"N": "0"},
        "createdAt": {"S": iso(-1)},
        "dueAt": {"S": iso(60)},
        "nextAttemptAt": {"S": iso(-1)},
    }


def webhook(base: str) -> dict[str, Any]:
    """Returns a webhook whose receiver is this server."""
    return {
        "userId": {"S": USER},
        "webhookId": {"S": "018f2f3e-7b1a-7c3d-9e4f-5a6b7c8d9e11"},
        "url": {"S": base + "/hook"},
        "events": {"SS": ["render.completed"]},
        "secret": {"S": "whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"},
        "retiredSecrets": {"L": []},
        "description": {"S": ""},
        "headers": {"M": {}},
        "enabled": {"BOOL": True},
        "createdAt": {"S": iso(-99)},
    }


def dynamo(action: str, asked: dict[str, Any], base: str) -> dict[str, Any]:
    """Returns what DynamoDB answers."""
    table = asked.get("TableName", "")
    if action == "UpdateItem":
        if "Deliveries" in table:
            return {"Attributes": delivery()}
        if "Webhooks" in table:
            return {"Attributes": webhook(base)}
        return {"Attributes": principal()}
    if action == "GetItem":
        return {"Item": account()}
    if action == "Query":
        return {"Items": [], "Count": 0, "ScannedCount": 0}
    return {}


def answer(headers: dict[str, str], body: bytes, base: str) -> tuple[int, bytes, str]:
    """Returns the status, the body and the media type of a response."""
    out: dict[str, Any]
    status = 200
    target = headers.get("x-amz-target", "")
    kind = "application/x-amz-json-1.0"
    if target.startswith("DynamoDB"):
        out = dynamo(target.split(".")[1], json.loads(body), base)
    elif target == "secretsmanager.GetSecretValue":
        asked = json.loads(body)
        if asked.get("VersionStage") == "AWSPREVIOUS":
            status, out = 400, {"__type": "ResourceNotFoundException", "Message": "none"}
        else:
            out = {"SecretString": SECRET, "VersionId": VERSION, "Name": "s", "ARN": "a"}
        kind = "application/x-amz-json-1.1"
    elif target.startswith("AmazonSQS"):
        out = {
            "MessageId": str(uuid.uuid4()),
            "MD5OfMessageBody": hashlib.md5(
                json.loads(body)["MessageBody"].encode(), usedforsecurity=False
            ).hexdigest(),
        }
    else:  # S3, and the webhook's receiver
        return 200, b"", "text/plain"
    return status, json.dumps(out).encode(), kind


def serve(conn: socket.socket, base: str) -> None:
    """Answers the requests of one connection."""
    file = conn.makefile("rwb")
    while True:
        line = file.readline()
        if not line:
            return
        headers = {}
        while (line := file.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        if headers.get("expect", "").lower() == "100-continue":
            file.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            file.flush()
        body = file.read(int(headers.get("content-length", 0)))
        if "chunked" in headers.get("transfer-encoding", ""):
            while size := int(file.readline().split(b";")[0], 16):
                file.read(size + 2)
            while file.readline() not in (b"\r\n", b""):
                pass
        status, out, kind = answer(headers, body, base)
        file.write(
            f'HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(out)}\r\netag: "x"\r\n\r\n'.encode()
            + out
        )
        file.flush()


def quietly(conn: socket.socket, base: str) -> None:
    """Answers until the client is gone."""
    with contextlib.suppress(OSError):
        serve(conn, base)


def main() -> None:
    """Serves until it is stopped."""
    sock = socket.create_server(("127.0.0.1", 0), backlog=64)
    port = sock.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    Path(sys.argv[1] + ".new").write_text(str(port))
    Path(sys.argv[1] + ".new").rename(sys.argv[1])
    while True:
        conn, _ = sock.accept()
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=quietly, args=(conn, base), daemon=True).start()


if __name__ == "__main__":
    main()
