"""Multipart forms as RFC 2046 and RFC 7578 have them, and as HTTP clients really send them."""

from __future__ import annotations

import base64
import contextlib
import time

import pytest

from renderiq.http.multipart import MultipartError, Part, PartError, header_parameters, parse_multipart

KIND = "multipart/form-data; boundary=b"


def parse(body: bytes, kind: str = KIND) -> list[Part]:
    return parse_multipart(body, kind)


def one(headers: bytes, data: bytes = b"value", newline: bytes = b"\r\n") -> Part:
    [part] = parse(newline.join([b"--b", headers, b"", data, b"--b--", b""]))
    return part


PLAIN = b'Content-Disposition: form-data; name="quality"'


@pytest.mark.parametrize(
    "body",
    [
        b"--b\r\n" + PLAIN + b"\r\n\r\nstandard\r\n--b--\r\n",
        b"--b\r\n" + PLAIN + b"\r\n\r\nstandard\r\n--b--",
        b"\r\n--b\r\n" + PLAIN + b"\r\n\r\nstandard\r\n--b--\r\n",
        b"This is a multi-part message in MIME format.\r\n--b\r\n" + PLAIN + b"\r\n\r\nstandard\r\n--b--\r\n",
        b"It mentions --b in the preamble.\r\n--b\r\n" + PLAIN + b"\r\n\r\nstandard\r\n--b--\r\n",
        b"--b\r\n" + PLAIN + b"\r\n\r\nstandard\r\n--b--\r\nThe epilogue, with\r\n--b\r\nin it",
        b"--b \t\r\n" + PLAIN + b"\r\n\r\nstandard\r\n--b-- \r\n",
        b"--b\n" + PLAIN + b"\n\nstandard\n--b--\n",
        b"--b\r\n" + PLAIN.replace(b"; name", b";\r\n  name") + b"\r\n\r\nstandard\r\n--b--\r\n",
        b"--b\r\n" + PLAIN.lower() + b"\r\n\r\nstandard\r\n--b--\r\n",
        b"--b\r\n" + PLAIN.upper().replace(b"QUALITY", b"quality") + b"\r\n\r\nstandard\r\n--b--\r\n",
        b"--b\r\nContent-Length: 8\r\nX-Other: \xff\r\n" + PLAIN + b"\r\n\r\nstandard\r\n--b--\r\n",
    ],
)
def test_the_syntax_of_the_rfcs_is_read(body: bytes) -> None:
    assert parse(body) == [Part("quality", None, "", "", b"standard")]


@pytest.mark.parametrize(
    "disposition",
    [
        b"form-data; name=quality",
        b"form-data; name=quality; filename=quality.txt",
        b"form-data;name=quality;filename=quality.txt",
        b'form-data; filename="q; name=\\"x\\".txt"; name="quality"',
        b'form-data; name="quality"; filename="C:\\Temp\\a.txt"',
        b'form-data; name="quality"; filename="C:\\Temp\\"',
        b'form-data; name="quality"; filename="a "b" c.txt"',
        b"form-data; name=\"quality\"; filename*=utf-8''Gr%C3%BCn.txt",
        b"form-data; name*=utf-8''quality",
        b'form-data; NAME="quality"; FileName="Gr\xfcn.txt"',
        b'attachment; name="quality"',
    ],
)
def test_a_name_is_read_out_of_such_a_disposition(disposition: bytes) -> None:
    assert one(b"Content-Disposition: " + disposition).name == "quality"


@pytest.mark.parametrize(
    ("disposition", "filename"),
    [
        (b'form-data; name="a"', None),
        (b'form-data; name="a"; filename=""', ""),
        (b'form-data; name="a"; filename="v.png"', "v.png"),
        (b"form-data; name=\"a\"; filename*=utf-8''Gr%C3%BCn.png", "Grün.png"),
        (b'form-data; name="a"; filename="\xc3\xa9\\"x\\".png"', 'é"x".png'),
    ],
)
def test_a_file_name_is_read(disposition: bytes, filename: str | None) -> None:
    assert one(b"Content-Disposition: " + disposition).filename == filename


def test_type_and_charset_of_a_part_are_read() -> None:
    part = one(PLAIN + b'\r\nContent-Type: Text/Plain; charset="ISO-8859-1"')

    assert (part.media_type, part.charset) == ("text/plain", "ISO-8859-1")


@pytest.mark.parametrize(
    ("encoding", "sent", "data"),
    [
        (b"base64", base64.encodebytes(bytes(range(256))), bytes(range(256))),
        (b"BASE64", b"dmFs\r\ndWU=", b"value"),
        (b"quoted-printable", b"caf=C3=A9 =\r\nau lait", "café au lait".encode()),
        (b"binary", b"caf\xc3\xa9", b"caf\xc3\xa9"),
        (b"8bit", b"=C3=A9", b"=C3=A9"),
        (b"7bit", b"a", b"a"),
    ],
)
def test_a_transfer_encoding_is_decoded(encoding: bytes, sent: bytes, data: bytes) -> None:
    assert one(PLAIN + b"\r\nContent-Transfer-Encoding: " + encoding, sent).data == data


@pytest.mark.parametrize(("encoding", "sent"), [(b"base64", b"no base64!"), (b"base64", b"a"), (b"x-uuencode", b"a")])
def test_another_transfer_encoding_is_refused_by_the_fields_name(encoding: bytes, sent: bytes) -> None:
    with pytest.raises(PartError) as refused:
        one(PLAIN + b"\r\nContent-Transfer-Encoding: " + encoding, sent)

    assert refused.value.name == "quality"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"\r\n\r\n",
        b"\n",
        b"\r",
        b"x--b\r\n",
        b"\r\n--bc\r\n",
        b"\r\n--b c\r\n",
        b"a\r\n--",
        b"\x00\xff\r\n-\r\n--\r\n",
    ],
)
def test_data_may_be_anything_but_a_line_that_is_the_boundary(data: bytes) -> None:
    assert one(PLAIN, data).data == data
    first, second = b"--b\r\n" + PLAIN + b"\r\n\r\n" + data, b"\r\n--b\r\n" + PLAIN + b"\r\n\r\nx\r\n--b--"
    assert [part.data for part in parse(first + second)] == [data, b"x"]


def test_with_bare_line_feeds_a_carriage_return_before_the_boundary_is_not_lost_to_crlf_bodies() -> None:
    assert one(PLAIN, b"a", newline=b"\n").data == b"a"


def test_a_part_without_content_may_end_with_its_headers() -> None:
    assert [part.data for part in parse(b"--b\r\n" + PLAIN + b"\r\n--b\r\n" + PLAIN + b"\r\n\r\n--b--")] == [b"", b""]


@pytest.mark.parametrize(
    ("kind", "boundary"),
    [
        ('multipart/form-data; boundary="b"', "b"),
        ("multipart/form-data; charset=utf-8; Boundary=b", "b"),
        ("multipart/form-data;boundary=----=_Part_1_2.3", "----=_Part_1_2.3"),
        ('multipart/form-data; boundary="with (odd) ,chars?"', "with (odd) ,chars?"),
        ("multipart/form-data; boundary=b; charset=utf-8", "b"),
    ],
)
def test_a_boundary_is_read(kind: str, boundary: str) -> None:
    assert header_parameters(kind)["boundary"] == boundary
    assert len(parse(f"--{boundary}\r\n".encode() + PLAIN + f"\r\n\r\nx\r\n--{boundary}--".encode(), kind)) == 1


def test_a_form_may_be_empty() -> None:
    assert parse(b"--b--\r\n") == []


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"", KIND, "boundary"),
        (b"x", KIND, "boundary"),
        (b"x", "multipart/form-data", "boundary"),
        (b"x", f"multipart/form-data; boundary={'b' * 71}", "boundary"),
        (b"x", "multipart/form-data; boundary=日本", "boundary"),
        (b"--b\r\n" + PLAIN + b"\r\n\r\nx", KIND, "cut off"),
        (b"--b\r\n" + PLAIN + b"\r\n\r\nx\r\n--b\r\n", KIND, "cut off"),
        (b"--b\r\n\r\nx\r\n--b--", KIND, "name"),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", KIND, "name"),
        (b"--b\r\nX: " + b"x" * 20_000 + b"\r\n\r\nx\r\n--b--", KIND, "headers"),
        ((b"--b\r\n" + PLAIN + b"\r\n\r\nx\r\n") * 65 + b"--b--", KIND, "64 parts"),
    ],
)
def test_what_is_no_form_is_refused_with_the_reason(body: bytes, kind: str, reason: str) -> None:
    with pytest.raises(MultipartError, match=reason):
        parse(body, kind)


def test_hostile_forms_take_no_time() -> None:
    """Every one of these is quadratic for a parser that searches anew at each candidate."""
    size = 5_000_000
    began = time.process_time()
    for body in (
        b"--b" * (size // 3),
        b"\r\n--b" * (size // 5),
        b"\n--b x" * (size // 6),
        b"--b" + b" " * size,
        b"--b\r\n" + b"a:\r\n " * (size // 5),
        b'--b\r\nContent-Disposition: form-data; name="' + b'\\"' * 8_000 + b"\r\n\r\n\r\n--b--",
        b"--b\r\nContent-Disposition: form-data" + b';a="' * 4_000 + b"\r\n\r\n\r\n--b--",
        b'--b\r\nContent-Disposition: form-data;a=""' + b" " * 16_000 + b"\r\n\r\n\r\n--b--",
        b"--b\r\n" + b" \r" * 8_000 + b"\r\n\r\n\r\n--b--",
    ):
        with contextlib.suppress(MultipartError):
            parse(body)

    assert time.process_time() - began < 10
