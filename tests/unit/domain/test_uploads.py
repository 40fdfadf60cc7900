"""Parts, limits and names of uploads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from renderiq.domain.uploads import (
    GLB,
    JPEG,
    MAX_PARTS,
    MIB,
    PART_SIZE,
    PNG,
    FileSpec,
    Purpose,
    ReceivedPart,
    Upload,
    content_type_of,
    is_upload_key,
    part_size_for,
    upload_id_of,
    upload_key,
)

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def upload(size: int, part_size: int = PART_SIZE) -> Upload:
    spec = FileSpec("a.png", PNG, size, Purpose.CAPTURE)
    return Upload("u", "ada", spec, part_size, "s3", created_at=NOW, expires_at=NOW)


def part(number: int, size: int) -> ReceivedPart:
    return ReceivedPart(number, size, f"etag {number}")


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1, 8 * MIB),
        (2_000_000_000, 8 * MIB),
        (8 * MIB * 1000, 8 * MIB),
        (8 * MIB * 1000 + 1, 9 * MIB),
        (50_000_000_000, 48 * MIB),
    ],
)
def test_parts_are_larger_only_if_there_would_be_too_many(size: int, expected: int) -> None:
    assert part_size_for(size) == expected
    assert upload(size, expected).part_count <= MAX_PARTS


@pytest.mark.parametrize("size", [1, PART_SIZE - 1, PART_SIZE, PART_SIZE + 1, 5 * PART_SIZE])
def test_the_parts_make_the_file(size: int) -> None:
    made = upload(size)

    sizes = [made.size_of_part(number) for number in range(1, made.part_count + 1)]

    assert sum(sizes) == size
    assert set(sizes[:-1]) <= {PART_SIZE}
    assert 1 <= sizes[-1] <= PART_SIZE


def test_parts_of_another_size_or_number_have_not_arrived() -> None:
    made = upload(2 * PART_SIZE + 5)
    received = [part(1, PART_SIZE), part(2, PART_SIZE - 1), part(3, 5), part(4, 5), part(0, PART_SIZE)]

    assert [*made.arrived(received)] == [1, 3]
    assert made.missing(received) == [2]
    assert made.missing([]) == [1, 2, 3]


def test_all_parts_are_those_that_are_awaited() -> None:
    made = upload(2 * PART_SIZE + 5)

    assert made.missing(made.all_parts().values()) == []


@pytest.mark.parametrize(
    ("declared", "name", "expected"),
    [
        ("image/png", "a.jpg", PNG),
        (" IMAGE/JPG ; q=1", "a", JPEG),
        ("application/octet-stream", "House.v2.GLB", GLB),
        ("application/octet-stream", "png", PNG),
        ("application/octet-stream", "a.exe", "application/octet-stream"),
        ("text/html", "a.png", "text/html"),
    ],
)
def test_a_content_type_has_one_spelling(declared: str, name: str, expected: str) -> None:
    assert content_type_of(declared, name) == expected


def test_a_key_names_an_upload_of_its_owner_only() -> None:
    key = upload_key("ada", "u")

    assert (upload_id_of(key, "ada"), upload_id_of(key, "ad"), upload_id_of(key, "bob")) == ("u", None, None)
    assert is_upload_key(key)
    assert not is_upload_key("captures/uploads/x")


def test_only_a_model_is_a_glb() -> None:
    assert {purpose for purpose in Purpose if GLB in purpose.content_types} == {Purpose.MODEL}
    assert Purpose.MODEL.content_types[0] == GLB
