"""Multipart forms."""

from __future__ import annotations

from collections.abc import Mapping


def multipart(fields: Mapping[str, str], files: Mapping[str, bytes] | None = None) -> tuple[bytes, str]:
    """Returns a form as browsers send it, and its Content-Type."""
    boundary = "----renderiq7MA4YWxk"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="capture.png"\r\n'
        f"Content-Type: application/octet-stream\r\n\r\n".encode()
        + data
        + b"\r\n"
        for name, data in (files or {}).items()
    ]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
