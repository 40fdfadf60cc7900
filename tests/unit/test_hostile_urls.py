"""No URL reaches a private address, neither at registration nor at delivery."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import httpcore
import pytest
from moto import mock_aws

from renderiq.addresses import AddressPolicy, ForbiddenAddressError, Resolve
from renderiq.domain.webhooks import Delivery, DeliveryState, Event, Webhook, callback_target
from renderiq.ids import uuid7
from renderiq.outbound import GuardedTransport, NoResponseError, Outbound
from renderiq.queues import DeliveryJob
from renderiq.services.delivery_worker import DeliveryWorker
from tests.support import pictures, wiring
from tests.support.accounts import User, balance_of, create_user
from tests.support.aws import AwsEnvironment, aws_environment
from tests.support.functions import handler
from tests.support.hostile_urls import HARMLESS, HOSTILE, PUBLIC, resolve
from tests.support.http import Response, call

POLICY = AddressPolicy()
CAPTURE = base64.b64encode(pictures.png()).decode()
SENTENCES = {
    "The URL must name a public host.",
    "The URL must begin with https://.",
    "The URL may not hold credentials.",
    "The URL cannot be read.",
    "The URL has characters that do not belong in one; encode them.",
    "The URL is longer than 2048 characters.",
    "String should have at most 2048 characters",
    "The port must be 443, or 1024 and above.",
}

hostile = pytest.mark.parametrize("url", HOSTILE.values(), ids=HOSTILE.keys())
inner_addresses = pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.0.0.7", "169.254.169.254", "fd00:ec2::254", "::ffff:10.0.0.7", "0.0.0.0"]
)


class Connections(httpcore.NetworkBackend):
    """A network backend that records the addresses it is asked to connect to, and refuses all connections."""

    def __init__(self) -> None:
        self.made: list[tuple[str, int]] = []

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        self.made.append((host, port))
        raise httpcore.ConnectError("nobody is there")


class Rebinding:
    """A resolver that returns each of ``answers`` once and repeats the last one."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    def __call__(self, *_: object) -> list[str]:
        self.asked += 1
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@contextmanager
def names(resolve: Resolve) -> Iterator[None]:
    """Overrides the resolver of every endpoint that reads URLs."""
    made: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "webhooks_register": (wiring.webhook_service, lambda: replace(wiring.webhook_service(), resolve=resolve)),
        "webhooks_id": (
            wiring.webhook_service,
            lambda: replace(wiring.webhook_service(), policy=POLICY, resolve=resolve),
        ),
        "renders": (
            wiring.render_service,
            lambda: replace(wiring.render_service(), policy=POLICY, resolve=resolve),
        ),
    }
    overrides = {name: handler(name).app.dependency_overrides for name in made}
    before = {name: dict(each) for name, each in overrides.items()}
    for name, (dependency, instead) in made.items():
        overrides[name][dependency] = instead
    try:
        yield
    finally:
        for name, each in overrides.items():
            each.clear()
            each.update(before[name])


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEnvironment]:
    """An environment without loopback, as on AWS, in which names resolve as in ``tests.support.hostile_urls``."""
    generous = json.dumps({"unknown": 100_000})
    with mock_aws(), aws_environment(None, AllowLoopbackUrls="false", RateLimits=generous) as made, names(resolve):
        yield made


@pytest.fixture(scope="module")
def user(aws: AwsEnvironment) -> User:
    return create_user(aws, balance=100_000)


def register(user: User, url: str) -> Response:
    body = {"url": url, "events": ["render.completed"]}
    return call("webhooks_register", "POST", "/webhooks/register", headers=user.headers, json=body)


def render(user: User, callback_url: str) -> Response:
    body = {"uploadedImageData": CAPTURE, "callback_url": callback_url}
    return call("renders", "POST", "/renders", headers=user.headers, json=body)


def change(user: User, url: str) -> Response:
    webhook_id = register(user, "https://receiver.example/").data["webhookId"]
    try:
        return call("webhooks_id", "PATCH", f"/webhooks/{webhook_id}", headers=user.headers, json={"url": url})
    finally:
        wiring.webhooks().remove(user.user_id, webhook_id)


def refused_for(answer: Response) -> set[str]:
    assert answer.code == (400, "INVALID_INPUT")
    return {each["problem"].partition(" It was read as ")[0] for each in answer.json["details"]["fields"]}


@hostile
def test_a_hostile_url_cannot_be_registered(user: User, url: str) -> None:
    assert refused_for(register(user, url)) <= SENTENCES


@hostile
def test_a_hostile_url_cannot_be_a_callback(aws: AwsEnvironment, user: User, url: str) -> None:
    before = balance_of(user)

    assert refused_for(render(user, url)) <= SENTENCES
    assert balance_of(user) == before


@pytest.mark.parametrize("name", ["loopback in hex", "AWS metadata", "mapped loopback", "a name: metadata.example"])
def test_a_webhook_cannot_be_changed_to_a_hostile_url(user: User, name: str) -> None:
    assert refused_for(change(user, HOSTILE[name])) <= SENTENCES


@hostile
def test_a_hostile_url_is_not_connected_to(url: str) -> None:
    network = Connections()

    with pytest.raises((ForbiddenAddressError, NoResponseError)):
        Outbound(GuardedTransport(POLICY, resolve=resolve, backend=network)).post(url, b"{}", {})

    assert network.made == []


@pytest.mark.parametrize(("url", "address", "port"), HARMLESS.values(), ids=HARMLESS.keys())
def test_a_harmless_unusual_url_is_connected_to(url: str, address: str, port: int) -> None:
    network = Connections()

    with pytest.raises(NoResponseError, match="connection failed"):
        Outbound(GuardedTransport(POLICY, resolve=resolve, backend=network)).post(url, b"{}", {})

    assert (ip_address(network.made[0][0]), network.made[0][1]) == (ip_address(address), port)


@pytest.mark.parametrize("url", [url for url, _, _ in HARMLESS.values()], ids=HARMLESS.keys())
@pytest.mark.parametrize(("ask", "taken"), [(register, 201), (render, 202)], ids=["webhook", "callback"])
def test_a_harmless_unusual_url_is_accepted(
    user: User, url: str, ask: Callable[[User, str], Response], taken: int
) -> None:
    answer = ask(user, url)

    assert answer.status == taken
    if taken == 201:
        wiring.webhooks().remove(user.user_id, answer.data["webhookId"])


def test_a_webhook_with_a_host_in_unicode_is_stored_in_ascii(user: User) -> None:
    answer = register(user, "https://bücher.example/hook")

    assert (answer.status, answer.data["url"]) == (201, "https://xn--bcher-kva.example/hook")
    wiring.webhooks().remove(user.user_id, answer.data["webhookId"])


def test_a_webhook_can_be_changed_to_a_host_in_unicode(user: User) -> None:
    assert change(user, "https://bücher.example/hook").data["url"] == "https://xn--bcher-kva.example/hook"


def test_a_callback_url_with_a_host_in_unicode_is_accepted(user: User) -> None:
    assert render(user, "https://bücher.example/hook").status == 202


def test_a_refused_host_in_unicode_is_shown_in_ascii_too(user: User) -> None:
    (field,) = register(user, "https://büro.example/").json["details"]["fields"]

    assert field["problem"] == "The URL must name a public host. It was read as https://xn--bro-hoa.example/"


@pytest.mark.parametrize("error", [socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), TimeoutError()])
@pytest.mark.parametrize("ask", [register, change, render], ids=["webhook", "changed webhook", "callback"])
def test_a_name_that_cannot_be_looked_up_now_is_a_temporary_failure(
    user: User, ask: Callable[[User, str], Response], error: OSError
) -> None:
    def fail_for_one_name(host: str, port: int) -> list[str]:
        if host == "busy.example":
            raise error
        return resolve(host, port)

    before = balance_of(user)
    with names(fail_for_one_name):
        answer = ask(user, "https://busy.example/hook")

    assert answer.code == (503, "SERVICE_UNAVAILABLE")
    assert answer.json["retryable"] is True
    assert answer.headers["Retry-After"] == "5"
    assert balance_of(user) == before


@inner_addresses
def test_a_name_that_is_rebound_to_a_private_address_is_not_resolved_again(address: str) -> None:
    dns, network = Rebinding([PUBLIC], [address]), Connections()
    outbound = Outbound(GuardedTransport(POLICY, resolve=dns, backend=network))

    with pytest.raises(NoResponseError):
        outbound.post("https://rebinding.example/", b"{}", {})

    assert (dns.asked, network.made) == (1, [(PUBLIC, 443)])


@inner_addresses
def test_a_name_with_one_private_address_is_not_connected_to_at_all(address: str) -> None:
    network = Connections()
    outbound = Outbound(
        GuardedTransport(POLICY, resolve=Rebinding([PUBLIC, address, "93.184.216.35"]), backend=network)
    )

    with pytest.raises(ForbiddenAddressError):
        outbound.post("https://many.example/", b"{}", {})

    assert network.made == []


def test_if_the_first_address_is_dead_the_next_is_tried_without_resolving_again() -> None:
    dns, network = Rebinding([PUBLIC, "93.184.216.35"], ["127.0.0.1"]), Connections()

    with pytest.raises(NoResponseError):
        Outbound(GuardedTransport(POLICY, resolve=dns, backend=network)).post("https://two.example/", b"{}", {})

    assert (dns.asked, network.made) == (1, [(PUBLIC, 443), ("93.184.216.35", 443)])


@inner_addresses
@pytest.mark.parametrize("kind", ["webhook", "callback"])
def test_a_receiver_whose_name_becomes_private_after_registration_is_sent_nothing(
    user: User, kind: str, address: str
) -> None:
    dns, network = Rebinding([PUBLIC], [address]), Connections()
    with names(dns):
        assert register(user, "https://moves.example/hook").status == 201
    webhook = wiring.webhooks().of_user(user.user_id)[-1]

    delivery = attempt(webhook, network, dns, "https://moves.example/" if kind == "callback" else None)

    wiring.webhooks().remove(user.user_id, webhook.webhook_id)
    assert network.made == []
    assert delivery.state is DeliveryState.PENDING
    assert [(made.status, made.answer, made.problem) for made in delivery.attempts] == [
        (None, "", "The URL must name a public host.")
    ]


def attempt(webhook: Webhook, network: Connections, dns: Resolve, callback_url: str | None) -> Delivery:
    """Makes the first attempt of a new delivery and returns the stored delivery."""
    now, target = datetime.now(UTC), callback_target(webhook.user_id) if callback_url else webhook.webhook_id
    added = Delivery(target, uuid7(), webhook.user_id, Event.RENDER_COMPLETED, "{}", now, callback_url)
    wiring.deliveries().add(added, due_at=now)
    worker = DeliveryWorker(
        deliveries=wiring.deliveries(),
        webhooks=wiring.webhooks(),
        queue=wiring.delivery_queue(),
        outbound=Outbound(GuardedTransport(POLICY, resolve=dns, backend=network)),
        callback_secret=wiring.callback_secret,
        clock=lambda: datetime.now(UTC),
    )
    delivery = worker.work(DeliveryJob(target, added.delivery_id))
    assert delivery is not None
    return delivery
