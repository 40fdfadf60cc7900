"""The fields of a request's body, whether it came as JSON, as a form or as multipart."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from urllib.parse import parse_qsl


def read_fields(content_type: str, body: bytes) -> dict[str, Any]:
    """Returns the fields. A file is an object with ``file`` (its name), ``bytes``, ``sha256`` and ``type``."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "application/json" and body:
            found = json.loads(body)
            return found if isinstance(found, dict) else {}
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
        if kind == "multipart/form-data":
            return _multipart(content_type, body)
    except ValueError:
        return {"$unreadable": body[:200].decode(errors="replace")}
    return {}


def _multipart(content_type: str, body: bytes) -> dict[str, Any]:
    boundary = re.search(r'boundary="?([^";]+)"?', content_type)
    if boundary is None:
        raise ValueError("no boundary")
    fields: dict[str, Any] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = head.decode()
        name = re.search(r'[; ]name="?([^";\r\n]+)"?', headers)
        if name is None:
            raise ValueError("a part without a name")
        file = re.search(r'filename="?([^";\r\n]+)"?', headers)
        if file is None:
            fields[name[1]] = content.decode()
            continue
        kind = re.search(r"(?im)^content-type: *(\S+)", headers)
        fields[name[1]] = {
            "file": file[1],
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "type": kind[1] if kind else "",
        }
    return fields
