"""The side of the network, against an API without a network."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from renderiq.errors import NetworkError, StateError
from renderiq.tokens import FileTokenStore, Tokens
from renderiq.transport import Request, Response
from renderiq_plugin import service as service_module
from renderiq_plugin.jobs import CAPTURE, Job
from renderiq_plugin.order import Look
from renderiq_plugin.service import Service
from renderiq_plugin.snapshot import Snapshot

PNG = b"\x89PNG capture"
URL = "http://api.test/api/plugins"
STYLE = {"name": "soft", "styleId": "soft@1", "version": 1, "category": "day", "title": "Soft", "description": "",
         "coverUrl": f"{URL}/cover", "engines": [], "tags": []}  # fmt: skip
OFFER = {
    "qualities": [{"name": "standard", "creditsCost": 5, "isDefault": True, "sizes": []}],
    "aspectRatios": ["16:9", "source"], "outputFormats": ["png"],
    "models": [{"name": "preview", "aliases": [], "engine": "preview", "isDefault": True, "inputs": ["depthImage"]}],
    "styleCategories": [], "materials": [], "events": [], "limits": {"maxMaterials": 256},
    "plugins": [{"platform": "blender", "newestVersion": "9.0.0", "oldestVersion": "0.5.0", "downloadUrl": "https://x.test/d"}],
}  # fmt: skip


class Api:
    """Takes orders and completes them at once. ``refusal`` is the answer to the next orders."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.orders: list[bytes] = []
        self.headers: dict[str, str] = {}
        self.refusal: tuple[int, dict[str, Any]] | None = None
        self.agreed: list[str] = []
        self.is_away = False

    def send(self, request: Request, *, timeout: float, file: IO[bytes] | None = None) -> Response:
        name = f"{request.method} {request.url.removeprefix(URL)}"
        self.requests.append(name)
        self.headers = dict(request.headers)
        if self.is_away:
            raise NetworkError("NETWORK_ERROR", "The server cannot be reached.", was_sent=False)
        if file is not None:
            file.write(b"\x89PNG picture")
            return Response(200, {})
        if name == "POST /renders" and self.refusal:
            status, body = self.refusal
            return Response(status, {}, json.dumps({"success": False, **body}).encode())
        return Response(200, {}, json.dumps({"success": True, **self.answer(name, request)}).encode())

    def answer(self, name: str, request: Request) -> dict[str, Any]:
        if name == "POST /renders":
            self.orders.append(request.body or b"")
            return {
                "data": {"renderId": f"r{len(self.orders)}", "status": "pending", "estimatedTime": 0, "creditsCost": 5}
            }
        if name == "POST /auth/device/code":
            return {"device_code": "d", "user_code": "WDJB-MJHT", "verification_uri": "https://x.test/device",
                    "verification_uri_complete": "https://x.test/device?user_code=WDJB-MJHT", "interval": 0, "expires_in": 600}  # fmt: skip
        if name == "POST /auth/device/token":
            return {
                "access_token": "a",
                "refresh_token": "b",
                "expires_at": "2100-01-01T00:00:00Z",
                "user": {"email": "ada@x.test"},
            }
        if name.startswith("POST /consents/"):
            self.agreed.append(f"{name} {json.loads(request.body or b'')['version']}")
            self.refusal = None
        known: dict[str, Any] = {
            "GET /capabilities": OFFER,
            "GET /styles": {"styles": [STYLE], "categories": [{"name": "day", "title": "Daylight"}]},
            "GET /styles/mine": {"styles": []},
            "GET /credits": {"balance": 100},
            "GET /consents": {
                "consents": [
                    {
                        "name": "third_party_ai",
                        "version": "2",
                        "title": "AI",
                        "text": "Pictures leave.",
                        "recipients": ["Acme"],
                    }
                ]
            },
        }
        status = {"renderId": "r1", "status": "completed", "outputUrl": f"{URL}/picture", "outputFormat": "png"}
        return {"data": known.get(name, status)}


@pytest.fixture
def api() -> Api:
    return Api()


def start(api: Api, root: Path, *, signed_in: bool = True, session: str = "s1", **options: Any) -> Service:
    folder = root / "api.test-api-plugins"
    if signed_in:
        FileTokenStore(folder / "session.json").save(Tokens("a", "b", time.time() + 3600, "ada@x.test"))
    service = Service(
        URL,
        root,
        platform="blender",
        version="0.1.0",
        session=session,
        log=logging.getLogger("test"),
        transport=api,
        **{"develop": develop, **options},
    )
    service.start()
    return service


@pytest.fixture
def service(api: Api, tmp_path: Path) -> Iterator[Service]:
    running = start(api, tmp_path)
    yield running
    running.stop()


def wait(service: Service, condition: Callable[[Snapshot], Any], seconds: float = 15) -> Snapshot:
    until = time.monotonic() + seconds
    while not condition(service.snapshot):
        assert time.monotonic() < until, service.snapshot
        time.sleep(0.02)
    return service.snapshot


def develop(folder: Path, raw: dict[str, Any], max_materials: int) -> tuple[dict[str, str], dict[str, Any]]:
    """Makes images as a host's own module does: of what it drew, and refuses what it cannot read."""
    if (folder / raw["drawn"]).read_bytes() != b"drawn":
        raise ValueError("This is no drawing")
    (folder / raw["drawn"]).unlink()
    (folder / CAPTURE).write_bytes(PNG)
    (folder / "depth.png").write_bytes(PNG)
    names = dict(list(raw["materials"].items())[:max_materials])
    camera = {**raw["camera"], "near": 5.0, "far": 9.0}
    return {"image": CAPTURE, "depth_image": "depth.png"}, {"camera": camera, "materials": names}


def captured(service: Service, **values: Any) -> Job:
    """Returns a job as it is after the host has drawn a view."""
    job_id, folder = service.jobs.new_folder()
    (folder / "drawn").write_bytes(b"drawn")
    look = Look(style="soft@1", seed=7)
    job = Job(
        job_id, "Camera", look, {**look.options(), "aspect_ratio": "3:2"}, session=service.session,
        raw={"drawn": "drawn", "camera": {"fov": 40.0}, "materials": {"#ff0000": "brick"}}, created=time.time(), **values,
    )  # fmt: skip
    service.jobs.save(job)
    return job


def states(snapshot: Snapshot) -> list[str]:
    return [each.state for each in snapshot.entries]


def test_an_order_comes_back_as_a_file(service: Service) -> None:
    service.set_online(True)
    service.submit(captured(service))

    snapshot = wait(service, lambda found: states(found) == ["done"])

    assert Path(snapshot.entries[0].result).read_bytes() == b"\x89PNG picture"


def test_an_order_has_its_images_its_camera_and_its_materials(api: Api, service: Service) -> None:
    service.set_online(True)
    service.submit(captured(service))
    wait(service, lambda found: states(found) == ["done"])

    fields = set(re.findall(rb'name="(\w+)"', api.orders[0]))
    assert fields >= {
        b"uploadedImageData",
        b"depthImage",
        b"camera",
        b"materials",
        b"seed",
    }
    assert b'{"#ff0000":"brick"}' in api.orders[0]
    assert b'"near":5.0' in api.orders[0]


def test_the_host_is_named(api: Api, service: Service) -> None:
    service.set_online(True)
    wait(service, lambda found: found.prices)

    assert (api.headers["User-Agent"], api.headers["X-Renderiq-Platform"]) == (
        "Renderiq-Plugin/Blender/0.1.0",
        "blender",
    )


def test_offline_nothing_is_sent_and_the_order_waits(api: Api, service: Service) -> None:
    service.submit(captured(service))

    wait(service, lambda found: states(found) == ["waiting"])
    time.sleep(1.2)

    assert api.requests == []


def test_what_waited_is_sent_when_the_network_is_allowed(api: Api, service: Service) -> None:
    for _ in range(3):
        service.submit(captured(service))
    wait(service, lambda found: states(found) == ["waiting"] * 3)

    service.set_online(True)

    wait(service, lambda found: states(found) == ["done"] * 3)
    assert len(api.orders) == 3


def test_no_more_is_sent_after_the_network_was_forbidden(api: Api, service: Service) -> None:
    service.set_online(True)
    wait(service, lambda found: found.styles and found.styles[0].cover)
    service.set_online(False)
    wait(service, lambda _: not service.busy())
    time.sleep(0.7)
    count = len(api.requests)

    service.submit(captured(service))
    wait(service, lambda found: states(found) == ["waiting"])
    time.sleep(1.0)

    assert len(api.requests) == count


def test_without_a_sign_in_an_order_waits(api: Api, tmp_path: Path) -> None:
    service = start(api, tmp_path, signed_in=False)
    service.set_online(True)
    service.submit(captured(service))

    wait(service, lambda found: states(found) == ["waiting"] and found.prices)

    assert not api.orders
    service.stop()


def test_signing_in_by_a_code_opens_its_page_and_sends_what_waits(api: Api, tmp_path: Path) -> None:
    opened: list[str] = []
    service = start(api, tmp_path, signed_in=False, open_url=opened.append)
    service.set_online(True)
    service.submit(captured(service))
    wait(service, lambda found: states(found) == ["waiting"])

    service.sign_in()

    snapshot = wait(service, lambda found: states(found) == ["done"])
    assert (opened, snapshot.email) == (["https://x.test/device?user_code=WDJB-MJHT"], "ada@x.test")
    service.stop()


def test_signing_out_forgets_the_tokens(service: Service, tmp_path: Path) -> None:
    service.set_online(True)
    wait(service, lambda found: found.balance == 100)

    service.sign_out()

    wait(service, lambda found: not found.is_signed_in and found.balance is None)
    assert not (tmp_path / "api.test-api-plugins" / "session.json").exists()


def test_tokens_of_one_server_never_reach_another_one(api: Api, service: Service, tmp_path: Path) -> None:
    other = Service(
        "http://other.test/api",
        tmp_path,
        platform="blender",
        version="0.1.0",
        session="s",
        log=logging.getLogger("test"),
        transport=api,
    )
    other.start()

    wait(service, lambda found: found.is_signed_in)
    time.sleep(0.7)

    assert not other.snapshot.is_signed_in
    other.stop()


def test_a_result_is_shown_once_by_the_host_that_ordered_it(service: Service) -> None:
    service.set_online(True)
    job = captured(service)
    service.submit(job)
    wait(service, lambda found: states(found) == ["done"])

    assert [each.job for each in service.take_done()] == [job.id]
    assert service.take_done() == []


def test_a_result_that_comes_after_a_restart_is_shown_if_it_has_a_place(
    api: Api, service: Service, tmp_path: Path
) -> None:  # fmt: skip
    job = captured(service, place={"document": "House.3dm"})
    service.submit(job)
    wait(service, lambda found: states(found) == ["waiting"])
    service.stop()

    later = start(api, tmp_path, session="s2", has_ended=lambda name: name == "s1")
    later.set_online(True)
    wait(later, lambda found: states(found) == ["done"])

    assert [(each.job, each.is_mine) for each in later.take_done()] == [(job.id, True)]
    assert later.job(job.id) == later.jobs.get(job.id)
    later.stop()


def test_a_result_that_was_not_delivered_before_a_restart_is_shown_once_more(
    api: Api, service: Service, tmp_path: Path
) -> None:  # fmt: skip
    service.set_online(True)
    for name in ("House.3dm", "Barn.3dm"):
        service.submit(captured(service, place={"document": name}))
    wait(service, lambda found: states(found) == ["done", "done"])
    first, second = service.take_done()
    service.delivered(first.job)
    service.stop()

    later = start(api, tmp_path, session="s2", has_ended=lambda name: name == "s1")
    wait(later, lambda found: states(found) == ["done", "done"])

    assert [each.job for each in later.take_done()] == [second.job]
    later.stop()


def test_again_from_captures_that_are_gone_is_a_sentence(service: Service) -> None:
    service.set_online(True)
    job = captured(service)
    service.submit(job)
    wait(service, lambda found: states(found) == ["done"])
    (service.jobs.folder(job.id) / CAPTURE).unlink()

    assert service.again(job.id, Look(seed=8))

    wait(service, lambda found: found.problem)
    assert [each.id for each in service.jobs.all()] == [job.id]


def test_again_keeps_the_place(service: Service) -> None:
    service.set_online(True)
    job = captured(service, place={"document": "House.3dm"})
    service.submit(job)
    wait(service, lambda found: states(found) == ["done"])

    assert service.again(job.id, Look(seed=8))

    newest = wait(service, lambda found: states(found) == ["done", "done"]).entries[0]
    copy = service.job(newest.job)
    assert copy
    assert (copy.place, copy.is_delivered) == ({"document": "House.3dm"}, False)


def test_a_crash_between_queueing_and_remembering_orders_once(api: Api, service: Service, tmp_path: Path) -> None:
    job = captured(service)
    service.submit(job)
    wait(service, lambda found: states(found) == ["waiting"])
    service.stop()
    forgotten = service.jobs.get(job.id)
    assert forgotten
    service.jobs.save(Job(**{**forgotten.__dict__, "item": ""}))

    again = start(api, tmp_path)
    again.set_online(True)
    wait(again, lambda found: states(found) == ["done"])

    assert len(api.orders) == 1
    again.stop()


def test_a_capture_that_cannot_be_read_says_so_and_charges_nothing(api: Api, service: Service) -> None:
    service.set_online(True)
    job = captured(service)
    (service.jobs.folder(job.id) / "drawn").write_bytes(b"broken")
    service.submit(job)

    snapshot = wait(service, lambda found: states(found) == ["failed"])

    assert "This is no drawing" in snapshot.entries[0].reason
    assert not api.orders


def test_too_few_credits_pause_the_queue_with_a_sentence(api: Api, service: Service) -> None:
    api.refusal = (402, {"error": "Not enough credits.", "errorCode": "INSUFFICIENT_CREDITS", "retryable": False})
    service.set_online(True)
    service.submit(captured(service))

    snapshot = wait(service, lambda found: found.paused)

    assert snapshot.paused == "Not enough credits. Buy credits or choose a lower quality, then press Resume."


def test_a_paused_queue_goes_on(api: Api, service: Service) -> None:
    api.refusal = (402, {"error": "Not enough credits.", "errorCode": "INSUFFICIENT_CREDITS", "retryable": False})
    service.set_online(True)
    service.submit(captured(service))
    wait(service, lambda found: found.paused)

    api.refusal = None
    service.resume()

    wait(service, lambda found: states(found) == ["done"] and not found.paused)


def test_consent_is_asked_in_the_words_of_the_server(api: Api, service: Service) -> None:
    api.refusal = (403, {"error": "Agree first.", "errorCode": "CONSENT_REQUIRED", "retryable": False})
    service.set_online(True)
    service.submit(captured(service))

    snapshot = wait(service, lambda found: found.consents and states(found) == ["failed"])

    assert (snapshot.consents[0].text, states(snapshot), api.orders) == ("Pictures leave.", ["failed"], [])
    assert snapshot.consents[0].sentence_of_recipients() == "Receives the data: Acme."


def test_what_was_refused_is_sent_after_the_consent(api: Api, service: Service) -> None:
    api.refusal = (403, {"error": "Agree first.", "errorCode": "CONSENT_REQUIRED", "retryable": False})
    service.set_online(True)
    service.submit(captured(service))
    wait(service, lambda found: found.consents)

    service.agree(["third_party_ai"])

    wait(service, lambda found: states(found) == ["done"] and not found.consents)
    assert api.agreed == ["POST /consents/third_party_ai 2"]


def test_what_was_declined_stays_refused(api: Api, service: Service) -> None:
    api.refusal = (403, {"error": "Agree first.", "errorCode": "CONSENT_REQUIRED", "retryable": False})
    service.set_online(True)
    service.submit(captured(service))
    wait(service, lambda found: found.consents and states(found) == ["failed"])

    service.answer_consents([("third_party_ai", "2", False)])

    snapshot = wait(service, lambda found: not found.consents and not service.busy())
    assert (states(snapshot), api.orders) == (["failed"], [])


def test_a_cancelled_order_is_never_sent(api: Api, service: Service) -> None:
    job = captured(service)
    service.submit(job)
    wait(service, lambda found: states(found) == ["waiting"])

    service.cancel(job.id)
    wait(service, lambda found: states(found) == ["cancelled"])
    service.set_online(True)
    wait(service, lambda found: found.prices)

    assert not api.orders


def test_again_orders_from_the_same_capture(api: Api, service: Service) -> None:
    service.set_online(True)
    job = captured(service)
    service.submit(job)
    wait(service, lambda found: states(found) == ["done"])

    assert service.again(job.id, Look(style="ink@1", seed=8))

    wait(service, lambda found: states(found) == ["done", "done"])
    assert (b"ink@1" in api.orders[1], b"depthImage" in api.orders[1], b'"near":5.0' in api.orders[1]) == (
        True,
        True,
        True,
    )


def test_a_removed_order_leaves_its_result(service: Service) -> None:
    service.set_online(True)
    job = captured(service)
    service.submit(job)
    result = Path(wait(service, lambda found: states(found) == ["done"]).entries[0].result)

    service.remove(job.id)

    wait(service, lambda found: not found.entries)
    assert (result.exists(), service.jobs.folder(job.id).exists()) == (True, False)


def test_a_version_that_is_too_old_is_told(service: Service) -> None:
    service.set_online(True)

    snapshot = wait(service, lambda found: found.prices)

    assert (snapshot.is_too_old, snapshot.update, snapshot.download_url) == (True, "9.0.0", "https://x.test/d")


def test_styles_can_be_chosen_offline_after_the_first_time(api: Api, service: Service, tmp_path: Path) -> None:
    service.set_online(True)
    wait(service, lambda found: found.styles and found.styles[0].cover and not service.busy())
    service.stop()

    again = start(api, tmp_path)

    assert wait(again, lambda found: found.styles).styles[0].title == "Soft"
    again.stop()


def test_prices_and_ratios_are_known_offline_after_the_first_time(service: Service, api: Api, tmp_path: Path) -> None:
    service.set_online(True)
    wait(service, lambda found: found.prices and not service.busy())
    service.stop()

    again = start(api, tmp_path)
    found = wait(again, lambda found: found.prices)

    assert (found.prices.of_order("preview", "standard") if found.prices else None, found.ratios) == (
        5,
        ("16:9", "source"),
    )
    assert again.capabilities == OFFER
    again.stop()


def test_prices_that_were_damaged_on_the_disk_are_read_again(service: Service, api: Api, tmp_path: Path) -> None:
    service.stop()
    (service.directory / "capabilities.json").write_text('{"qualities": 5}')

    again = start(api, tmp_path)
    again.set_online(True)

    assert wait(again, lambda found: found.prices).ratios == ("16:9", "source")
    again.stop()


def test_an_order_that_waits_gets_another_look(service: Service) -> None:
    job = captured(service)
    service.submit(job)
    wait(service, lambda found: states(found) == ["waiting"])
    service.edit(job.id, Look(prompt="at night"), {"aspect_ratio": "1:1"})

    found = wait(service, lambda found: found.entries[0].look.prompt == "at night")
    (item,) = service.client.queue.list()
    assert found.entries[0].look.seed is None
    assert (item.options["prompt"], item.options["aspectRatio"]) == ("at night", "1:1")
    assert not {"seed", "style"} & set(item.options)


def test_an_order_that_was_accepted_keeps_its_look(service: Service) -> None:
    service.set_online(True)
    job = captured(service)
    service.submit(job)
    wait(service, lambda found: states(found) == ["done"])

    with pytest.raises(StateError):
        service.edit(job.id, Look(prompt="at night"), {})
    kept = service.job(job.id)
    assert kept
    assert kept.look.seed == 7


def test_a_refused_order_says_that_it_can_be_changed(api: Api, service: Service) -> None:
    api.refusal = (422, {"errorCode": "VALIDATION_ERROR", "message": "No."})
    service.set_online(True)
    service.submit(captured(service))

    (entry,) = wait(service, lambda found: states(found) == ["failed"]).entries
    assert (entry.is_refused, entry.was_accepted) == (True, False)


def test_what_waits_is_sent_soon_after_the_server_is_back(
    api: Api, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "_RETRY", 0.0)
    api.is_away = True
    service.set_online(True)
    service.submit(captured(service))
    wait(service, lambda found: found.is_unreachable and states(found) == ["waiting"])
    api.is_away = False

    found = wait(service, lambda found: states(found) == ["done"])
    assert not found.is_unreachable


def test_a_server_that_is_away_is_a_sentence_and_the_order_waits(api: Api, service: Service) -> None:
    api.is_away = True
    service.set_online(True)
    service.submit(captured(service))

    snapshot = wait(service, lambda found: found.problem and states(found) == ["waiting"])

    assert "Your orders are kept" in snapshot.problem
    assert (snapshot.problem_code, snapshot.is_unreachable) == ("NETWORK_ERROR", True)


def test_a_host_that_writes_the_images_itself_needs_no_development(api: Api, tmp_path: Path) -> None:
    service = start(api, tmp_path, develop=None)
    job_id, folder = service.jobs.new_folder()
    (folder / CAPTURE).write_bytes(PNG)
    job = Job(job_id, "Front", Look(), Look().options(), session=service.session, images={"image": CAPTURE})
    service.jobs.save(job)
    service.submit(job)
    service.set_online(True)

    wait(service, lambda found: states(found) == ["done"])

    assert PNG in api.orders[0]
    service.stop()
