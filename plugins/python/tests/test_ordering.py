"""What is told before anything is captured."""

from __future__ import annotations

from pathlib import Path

from renderiq_plugin.order import MAX_SEED, Look
from renderiq_plugin.ordering import is_path_traced, offer_for, refusal, roll
from renderiq_plugin.prices import Prices
from renderiq_plugin.server import LOCAL, built_url
from renderiq_plugin.snapshot import Entry, Model, Snapshot

FOUND = Snapshot(
    balance=12, prices=Prices({"standard": 5}, {"tracer": {"standard": 10}}),
    models=(Model("preview", True, ()), Model("tracer", False, ("modelUploadId",))),
)  # fmt: skip


def test_an_order_that_can_be_paid_is_not_refused() -> None:
    assert refusal(FOUND, Look(), 2) == ""


def test_an_order_that_cannot_be_paid_is_refused_with_a_sentence() -> None:
    assert refusal(FOUND, Look(), 3) == (
        "Costs 15 credits, but only 12 credits are left. Choose a lower quality or buy credits."
    )


def test_what_waits_is_counted_with_its_own_price() -> None:
    waiting = Snapshot(**{**FOUND.__dict__, "entries": (Entry("j", "v", Look(model="tracer"), "waiting"),)})

    assert offer_for(waiting, Look()).left == 2


def test_a_version_that_is_too_old_is_refused_with_the_place_of_the_new_one() -> None:
    old = Snapshot(is_too_old=True, update="2.0.0", download_url="https://x.test/d")

    assert refusal(old, Look()) == "This version is too old for the server. Install 2.0.0 from https://x.test/d"


def test_a_model_of_the_server_that_takes_models_is_path_traced() -> None:
    assert (is_path_traced(FOUND, Look(model="tracer")), is_path_traced(FOUND, Look())) == (True, False)


def test_a_seed_is_one_that_the_server_takes() -> None:
    assert all(0 <= roll() <= MAX_SEED for _ in range(100))


def test_a_package_without_a_server_is_for_the_local_stack(tmp_path: Path) -> None:
    assert built_url(tmp_path) == LOCAL


def test_a_package_knows_the_server_that_it_was_built_for(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text('{"url": "https://x.test/api"}')

    assert built_url(tmp_path) == "https://x.test/api"
