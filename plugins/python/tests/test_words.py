"""Prices, sentences, the log, and what is kept on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from renderiq import ValidationError
from renderiq_plugin.jobs import Job, Jobs
from renderiq_plugin.logs import close_log, open_log, without_secrets
from renderiq_plugin.order import Look
from renderiq_plugin.prices import Prices, offer
from renderiq_plugin.sentences import is_older, sentence, sentence_of, state_words

PRICES = Prices({"standard": 5, "high": 10}, {"cycles": {"standard": 10}})


def test_a_price_is_that_of_the_model_if_it_has_one() -> None:
    assert (PRICES.of_order("cycles", "standard"), PRICES.of_order("preview", "standard")) == (10, 5)


def test_what_waits_is_taken_from_the_balance() -> None:
    found = offer(PRICES, 12, [("preview", "high")], "preview", "standard", 1)

    assert (found.is_affordable, found.sentence()) == (False, "Costs 5 credits, but only 2 credits are left")


def test_cost_and_balance_of_a_batch_are_told_together() -> None:
    assert offer(PRICES, 100, [], "preview", "standard", 3).sentence() == "15 credits of 100"


def test_without_a_balance_nothing_is_forbidden() -> None:
    found = offer(PRICES, None, [], "preview", "standard", 3)

    assert (found.is_affordable, found.sentence()) == (True, "15 credits")


def test_without_prices_nothing_is_forbidden() -> None:
    assert offer(None, 3, [], "", "standard", 1).is_affordable


def test_an_error_says_what_to_do_next() -> None:
    assert (
        sentence("CONSENT_REQUIRED", "Agree first")
        == "Agree first. Press Read and decide; nothing is sent before you agree."
    )


def test_an_error_that_nobody_knows_is_its_own_sentence() -> None:
    assert sentence("NEW_CODE", "The moon is full.") == "The moon is full."


def test_wrong_fields_are_named() -> None:
    error = ValidationError(
        "INVALID_INPUT", "The order is wrong.", details={"fields": [{"field": "seed", "problem": "is too large"}]}
    )

    assert sentence_of(error) == "The order is wrong: seed is too large."


def test_an_unforeseen_error_leads_to_the_log() -> None:
    assert sentence_of(OSError("No space")) == "No space. The log file says more."


def test_an_order_says_when_it_is_tried_again() -> None:
    assert state_words("waiting", "No network.", 12.4) == "Waiting, next try in 12 s"


@pytest.mark.parametrize(
    ("own", "other", "older"),
    [("0.1.0", "0.2.0", True), ("1.10.0", "1.9.9", False), ("1.0.0", "1.0.0", False), ("1.0", "1.0.1", True)],
)
def test_versions_are_compared_by_their_numbers(own: str, other: str, older: bool) -> None:
    assert is_older(own, other) is older


@pytest.mark.parametrize(
    "secret",
    [
        "key rk_live_abcDEF123-_x", "Authorization: Bearer abc.def-ghi", "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl",
        '{"password": "hunter2"}', "device_code=xyz123", "https://s3.example/x.png?X-Amz-Signature=abcdef", "ada@example.com",
    ],
)  # fmt: skip
def test_the_log_has_no_secrets(secret: str) -> None:
    cleaned = without_secrets(f"before {secret} after")

    for part in ("abcDEF123", "abc.def-ghi", "c2lnbmF0dXJl", "hunter2", "xyz123", "abcdef", "ada@"):
        assert part not in cleaned
    assert cleaned.startswith("before")
    assert cleaned.endswith("after")


def test_a_traceback_in_the_log_has_no_secrets_either(tmp_path: Path) -> None:
    log = open_log(tmp_path / "x.log", "renderiq.test")
    try:
        raise ValueError("rk_live_secret123")
    except ValueError:
        log.exception("failed")
    close_log(log)

    text = (tmp_path / "x.log").read_text("utf-8")
    assert ("ValueError" in text, "secret123" in text) == (True, False)


def new_job(jobs: Jobs, **values: object) -> Job:
    job_id, _ = jobs.new_folder()
    job = Job(job_id, "Camera", Look(prompt="a"), {"prompt": "a"}, **values)  # type: ignore[arg-type]
    jobs.save(job)
    return job


def test_a_job_is_found_again(tmp_path: Path) -> None:
    job = new_job(Jobs(tmp_path), images={"image": "capture.png"})

    assert Jobs(tmp_path).get(job.id) == job


def test_a_damaged_job_is_left_out(tmp_path: Path) -> None:
    job = new_job(Jobs(tmp_path))
    (tmp_path / "jobs" / job.id / "job.json").write_text("{", "utf-8")

    assert Jobs(tmp_path).all() == []


def test_an_order_from_the_same_capture_has_its_own_copy(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    job = new_job(jobs, images={"image": "capture.png"})
    (jobs.folder(job.id) / "capture.png").write_bytes(b"png")

    copy = jobs.copy_images(job, Look(prompt="b"), {"prompt": "b"}, "s")
    jobs.remove(job.id)

    assert ((jobs.folder(copy.id) / "capture.png").read_bytes(), copy.look.prompt, copy.item) == (b"png", "b", "")


def test_looks_are_kept_and_removed(tmp_path: Path) -> None:
    Jobs(tmp_path).save_look("Evening", Look(style="dramatic@2"))
    assert Jobs(tmp_path).looks() == {"Evening": Look(style="dramatic@2")}

    Jobs(tmp_path).save_look("Evening", None)
    assert Jobs(tmp_path).looks() == {}
