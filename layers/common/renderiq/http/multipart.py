"""Parses multipart/form-data (RFC 7578) with the syntax of RFC 2046: preamble, epilogue, folded headers, padding.

Bare line feeds are accepted as line ends too. A boundary counts only if it is a line of its own, so that a file may
contain its text.
"""

from __future__ import annotations

import binascii
import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

MAX_PARTS: Final = 64
_MAX_BOUNDARY: Final = 70
_MAX_HEADERS: Final = 16 * 1024
_LINE_END: Final = re.compile(rb"[ \t]*\r?\n")
_BLANK_LINE: Final = re.compile(rb"(?:\A|\r?\n)[ \t]*\r?\n")
_FOLD: Final = re.compile(rb"\r?\n[ \t]+")
# A quoted value ends at the first quote that a parameter or the end of the header follows. Browsers write %22 for a
# quote, other clients \", and Windows paths have single backslashes.
_PARAMETER: Final = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.|"(?!\s*(?:;|$)))*)"|([^;]*))', re.DOTALL)
_EXTENDED_VALUE: Final = re.compile(r"([^']*)'[^']*'(.*)", re.DOTALL)
_IDENTITY_ENCODINGS: Final = {"", "7bit", "8bit", "binary"}


class MultipartError(ValueError):
    """The body is not a multipart form. The message is for the client."""


class PartError(ValueError):
    """A part of the form cannot be read. ``name`` is the name of its field."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(problem)
        self.name = name


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form. ``data`` is decoded from its Content-Transfer-Encoding.

    ``filename`` is None if the part has none; browsers send an empty one if no file was chosen. ``charset`` is empty
    if the part names none.
    """

    name: str
    filename: str | None
    media_type: str
    charset: str
    data: bytes


def parse_multipart(body: bytes, content_type: str) -> list[Part]:
    """Returns the parts in their order. Raises ``MultipartError`` or ``PartError``."""
    boundary = header_parameters(content_type).get("boundary", "").rstrip()
    if not boundary or len(boundary) > _MAX_BOUNDARY:
        raise MultipartError("The multipart body has no usable boundary.")
    try:
        marker = b"--" + boundary.encode("latin-1")
    except UnicodeEncodeError as error:
        raise MultipartError("The multipart body has no usable boundary.") from error
    parts: list[Part] = []
    for text in _split(body, marker):
        if len(parts) == MAX_PARTS:
            raise MultipartError(f"A form may have at most {MAX_PARTS} parts.")
        parts.append(_parse_part(text))
    return parts


def header_parameters(header: str) -> dict[str, str]:
    """Returns the parameters of a header such as Content-Type, by name in lower case. Values may be quoted."""
    return {
        match[1].lower(): _unescape(match[2]) if match[2] is not None else match[3].strip()
        for match in _PARAMETER.finditer(header)
    }


def _split(body: bytes, marker: bytes) -> Iterator[bytes]:
    """Yields what is between the boundaries, without the line end before each boundary, which belongs to it."""
    began: int | None = None
    at = body.find(marker)
    if at < 0:
        raise MultipartError("The multipart body does not contain its boundary.")
    while at >= 0:
        after = at + len(marker)
        closing = body.startswith(b"--", after)
        line_end = None if closing else _LINE_END.match(body, after)
        if (closing or line_end) and (at == 0 or body[at - 1 : at] == b"\n"):
            if began is not None:
                yield body[began : max(began, _before_line_end(body, at))]
            if line_end is None:
                return
            began = line_end.end()
        at = body.find(marker, after)
    raise MultipartError("The multipart body is cut off.")


def _before_line_end(body: bytes, at: int) -> int:
    return at - 2 if body[at - 2 : at] == b"\r\n" else at - 1


def _parse_part(text: bytes) -> Part:
    blank = _BLANK_LINE.search(text, 0, _MAX_HEADERS)
    if blank is None and len(text) > _MAX_HEADERS:
        raise MultipartError("A part of the form has no end of its headers.")
    # RFC 2046, 5.1.1: a part without content may end with its headers.
    head, data = (text[: blank.start()], text[blank.end() :]) if blank else (text, b"")
    headers = {}
    for line in _FOLD.sub(b" ", head).splitlines():
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers[name.strip().lower()] = value.strip()
    disposition = header_parameters(headers.get("content-disposition", ""))
    field = disposition.get("name", _extended(disposition.get("name*", "")))
    if not field:
        raise MultipartError("A part of the form has no name.")
    filename = disposition.get("filename")
    if filename is None and "filename*" in disposition:
        filename = _extended(disposition["filename*"])
    content_type = headers.get("content-type", "")
    return Part(
        name=field,
        filename=filename,
        media_type=content_type.partition(";")[0].strip().lower(),
        charset=header_parameters(content_type).get("charset", ""),
        data=_decode_transfer(field, headers.get("content-transfer-encoding", "").lower(), data),
    )


def _decode_transfer(field: str, encoding: str, data: bytes) -> bytes:
    if encoding in _IDENTITY_ENCODINGS:
        return data
    if encoding == "quoted-printable":
        return quopri.decodestring(data)
    if encoding != "base64":
        raise PartError(field, f"has the Content-Transfer-Encoding {encoding[:40]!r}, which is not supported")
    try:
        return b64decode(b"".join(data.split()), validate=True)
    except binascii.Error as error:
        raise PartError(field, "is not base64, as its Content-Transfer-Encoding says") from error


def _extended(value: str) -> str:
    """Returns a value in the notation of RFC 8187, such as ``utf-8''Gr%C3%BCn.png``, or the text as it is."""
    match = _EXTENDED_VALUE.fullmatch(value)
    return unquote(match[2], errors="replace") if match else value


def _unescape(quoted: str) -> str:
    return quoted.replace('\\"', '"')
