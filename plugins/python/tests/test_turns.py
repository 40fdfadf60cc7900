"""Work in a host's main thread, one step each turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from renderiq_plugin.running import Running
from renderiq_plugin.turns import Turns


@pytest.fixture
def paces() -> list[bool]:
    return []


@pytest.fixture
def turns(paces: list[bool]) -> Turns:
    return Turns(Running("test", "0.1.0"), is_online=lambda: True, pace=paces.append)


def work(done: list[str], *names: str) -> Iterator[None]:
    for name in names:
        done.append(name)
        yield


def test_each_turn_does_one_step(turns: Turns) -> None:
    done: list[str] = []
    turns.run(work(done, "a", "b"))

    turns.tick()

    assert done == ["a"]
    assert turns.is_working()


def test_what_came_later_waits_until_the_first_is_done(turns: Turns) -> None:
    done: list[str] = []
    turns.run(work(done, "a", "b"))
    turns.run(work(done, "c"))

    for _ in range(6):
        turns.tick()

    assert done == ["a", "b", "c"]
    assert not turns.is_working()


def test_work_that_fails_does_not_stop_the_work_behind_it(turns: Turns) -> None:
    def fails() -> Iterator[None]:
        yield
        raise ValueError("broken")

    done: list[str] = []
    turns.run(fails())
    turns.run(work(done, "next"))

    for _ in range(4):
        turns.tick()

    assert done == ["next"]


def test_the_timer_is_quick_while_work_waits_and_slow_again_afterwards(turns: Turns, paces: list[bool]) -> None:
    turns.run(work([], "a"))

    turns.tick()
    turns.tick()

    assert paces == [True, False]


def test_a_call_of_the_host_does_not_count_as_the_plugin_s_work(turns: Turns) -> None:
    with turns.turn("a step"), turns.host():
        sum(range(200_000))

    assert turns.longest_call > 0
    assert turns.longest_work < turns.longest_call


def test_what_was_dropped_is_not_done(turns: Turns) -> None:
    done: list[str] = []
    turns.run(work(done, "a"))

    turns.forget()
    turns.tick()

    assert done == []
