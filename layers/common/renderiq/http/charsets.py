"""Decodes text that arrives in a named character encoding."""

from __future__ import annotations

import codecs
import re
from typing import Final

# Only encodings of text that people write. Python has more codecs, some of them slow for long input (idna, punycode).
_ACCEPTED: Final = re.compile(
    r"utf-8(-sig)?|utf-(16|32)(-[lb]e)?|ascii|iso8859-\d+|cp(125\d|932|949|950|437|850|852|866|874)|koi8-[ru]"
    r"|mac-roman|gbk|gb2312|gb18030|big5|euc_(jp|kr)|shift_jis|iso2022_(jp|kr)"
)


class UndecodableTextError(ValueError):
    """Bytes are not text in their encoding, or the encoding is not supported. The message is for the client."""


def decode_text(data: bytes, charset: str = "") -> str:
    """Decodes text. Without ``charset`` it is UTF-8, with or without a byte order mark.

    ASCII is read as UTF-8, which contains it: some clients name ASCII and send UTF-8. Raises ``UndecodableTextError``.
    """
    codec = _codec(charset) if charset else "utf-8-sig"
    if codec is None:
        if data.isascii():
            return data.decode("ascii")
        raise UndecodableTextError(f"has the character encoding {charset[:40]!r}, which is not supported; send UTF-8")
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise UndecodableTextError(f"is not {charset[:40] or 'UTF-8'} text") from error


def _codec(charset: str) -> str | None:
    try:
        name = codecs.lookup(charset.strip()).name
    except (LookupError, ValueError):  # ValueError: a null character
        return None
    if _ACCEPTED.fullmatch(name) is None:
        return None
    return "utf-8-sig" if name in ("ascii", "utf-8") else name
