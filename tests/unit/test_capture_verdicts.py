"""The comparison of verdicts, and the random scenes, of the benchmark of captures."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from benchmarks.captures.random_scenes import Outcome, draw_scene, run_scene, summary
from benchmarks.captures.verdicts import Comparison, Verdict, agreement, line_of, variants


def test_a_verdict_agrees_with_itself_at_twice_the_size() -> None:
    regions = np.repeat(np.arange(4, dtype=np.int32)[:, None], 8, axis=1)
    larger = regions.repeat(2, axis=0).repeat(2, axis=1)

    first, second = (Verdict("repainted", each == 0, each) for each in (regions, larger))

    assert agreement(first, second) == 1


def test_regions_that_are_joined_disagree_though_their_numbers_do_not_count() -> None:
    regions = np.repeat(np.arange(4, dtype=np.int32)[:, None], 8, axis=1)

    renumbered = Verdict("repainted", regions == 0, 3 - regions)
    joined = Verdict("repainted", regions == 0, regions // 2)

    assert agreement(Verdict("repainted", regions == 0, regions), renumbered) == 1
    assert agreement(Verdict("repainted", regions == 0, regions), joined) == 0.5


def test_a_background_that_is_not_found_disagrees() -> None:
    sky = np.zeros((10, 10), np.bool_)
    sky[:4] = True
    half = sky.copy()
    half[:, 5:] = False

    assert agreement(Verdict("mixed", sky, None), Verdict("mixed", half, None)) == 0.8
    assert agreement(Verdict("mixed", sky, None), Verdict("mixed", None, None)) == 0
    assert agreement(Verdict("graded", None, None), Verdict("graded", None, None)) == 1


def test_another_mode_is_another_verdict() -> None:
    same = Comparison("house", "JPEG 95", "mixed", "mixed", 0.99)
    other = Comparison("house", "JPEG 60", "mixed", "graded", 0.99)

    assert same.is_same
    assert not other.is_same
    assert line_of([same, other]) == "house (mixed): JPEG 95: 99.0%, JPEG 60: graded 99.0% ✗"


def test_variants_are_compressed_and_scaled() -> None:
    found = {name: Image.open(io.BytesIO(data)) for name, data in variants(Image.new("RGB", (64, 48))).items()}

    assert {name: (each.format, each.size) for name, each in found.items()} == {
        "JPEG 95": ("JPEG", (64, 48)),
        "JPEG 85": ("JPEG", (64, 48)),
        "JPEG 75": ("JPEG", (64, 48)),
        "JPEG 60": ("JPEG", (64, 48)),
        "50%": ("PNG", (32, 24)),
        "200%": ("PNG", (128, 96)),
    }


def test_the_same_seed_draws_the_same_scene_and_another_one_does_not() -> None:
    assert draw_scene(1, 7) == draw_scene(1, 7)
    assert draw_scene(1, 7) != draw_scene(1, 8)
    assert draw_scene(1, 7) != draw_scene(2, 7)


def test_guides_of_a_scene_have_its_size() -> None:
    for number in range(20):
        scene = draw_scene(3, number)
        size = Image.open(io.BytesIO(scene.capture)).size
        assert scene.guides
        assert all(Image.open(io.BytesIO(guide)).size == size for guide in scene.guides.values())


def test_a_random_scene_is_rendered_with_its_guides() -> None:
    outcome = run_scene(1, 3, with_guides=True)

    assert outcome.error == ""
    assert outcome.mode in {"repainted", "mixed", "graded"}


def test_a_summary_counts_crashes_and_finds_the_slowest_scene() -> None:
    outcomes = [
        Outcome(0, False, "mixed", 1.0, ""),
        Outcome(1, False, "mixed", 1.0, ""),
        Outcome(2, False, "mixed", 2.5, ""),
        Outcome(3, False, "-", 0.5, "ValueError"),
    ]

    lines = summary(outcomes).splitlines()

    assert lines[0] == "without guides: 4 scenes, 1 crashes"
    assert lines[2] == "  mixed: 3 scenes, median 1.00 s, slowest 2.50 s (scene 2), 2.5 times the median"
