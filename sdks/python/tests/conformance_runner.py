"""Does what the scenarios of ``sdks/conformance`` ask for, with this SDK. Its README has the protocol."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from renderiq import Renderiq, RenderiqError
from renderiq.clock import Clock
from renderiq.queue import Item, Pass
from renderiq.sign_in import DeviceCode
from renderiq.tokens import FileTokenStore, Tokens, read_time
from renderiq.wire import Model


class UnsupportedError(Exception):
    """A step that this runner does not know."""


class FakeClock(Clock):
    """A clock that only sleeping moves."""

    def __init__(self, now: float, chance: float) -> None:
        self._now = now
        self._chance = chance
        self._lock = threading.Lock()
        self.sleeps: list[float] = []

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds
            self.sleeps.append(seconds)

    def chance(self) -> float:
        return self._chance

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds


class RealClock(Clock):
    """The time of this machine, which may be wrong by ``offset`` seconds."""

    def __init__(self, offset: float) -> None:
        self._offset = offset
        self.sleeps: list[float] = []

    def now(self) -> float:
        return super().now() + self._offset

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        super().sleep(seconds)


class Runner:
    """One client, and what it is asked to do."""

    def __init__(self) -> None:
        self.client: Renderiq
        self.clock: FakeClock | RealClock = FakeClock(0, 0)
        self.store: FileTokenStore

    def start(self, args: dict[str, Any]) -> None:
        if args["now"] is None:
            self.clock = RealClock(args.get("offset", 0))
        else:
            self.clock = FakeClock(read_time(args["now"]), args["chance"])
        directory, client = Path(args["directory"]), args["client"]
        self.store = FileTokenStore(directory / "session.json")
        self.client = Renderiq(
            client.get("apiKey"),
            base_url=args["baseUrl"],
            directory=directory,
            token_store=self.store,
            clock=self.clock,
            timeout=client.get("timeout", 30),
            parallel=client.get("parallel", 4),
            **{
                ours: client[theirs]
                for theirs, ours in (("platform", "platform"), ("pluginVersion", "plugin_version"))
                if theirs in client
            },
        )

    def do(self, name: str, args: dict[str, Any]) -> Any:
        if name == "start":
            return self.start(args)
        steps: dict[str, Callable[[dict[str, Any]], Any]] = {
            "credits.get": lambda _: self.client.credits.get(),
            "styles.list": lambda _: self.client.styles.list(),
            "renders.create": lambda a: self.client.renders.create(**_pictures(a), **a["options"]),
            "renders.get": lambda a: self.client.renders.get(a["renderId"]),
            "renders.cancel": lambda a: self.client.renders.cancel(a["renderId"]),
            "renders.wait": lambda a: self.client.renders.wait(a["renderId"], timeout=a.get("timeout", 600)),
            "renders.again": lambda a: self.client.renders.again(
                a["renderId"], changes=a.get("changes"), count=a.get("count")
            ),
            "renders.estimate": lambda a: self.client.renders.estimate(**a["options"]),
            "renders.list": lambda a: [
                each.render_id for each in islice(self.client.renders.list(**a.get("query", {})), a.get("take"))
            ],
            "renders.download": lambda a: str(self.client.renders.download(a["renderId"], a["path"])),
            "uploads.send": self._upload,
            "auth.signIn": lambda a: {"email": self.client.sign_in.with_password(a["email"], a["password"])},
            "auth.device": self._device,
            "auth.signOut": lambda _: self.client.sign_in.out(),
            "session.put": lambda a: self.store.save(
                Tokens(a["accessToken"], a["refreshToken"], read_time(a["expiresAt"]))
            ),
            "session.get": lambda _: self._session(),
            "webhooks.verify": lambda a: self.client.webhooks.verify(a["body"], a["headers"], a["secret"]),
            "webhooks.poll": self._poll,
            "queue.add": lambda a: self.client.queue.add(**_pictures(a), **a["options"]),
            "queue.tick": lambda _: self.client.queue.run_pass(),
            "queue.drain": lambda _: self.client.queue.drain(),
            "queue.list": lambda _: self.client.queue.list(),
            "queue.get": lambda a: self.client.queue.get(a["id"]),
            "queue.cancel": lambda a: self.client.queue.cancel(a["id"]),
            "queue.retry": lambda a: self.client.queue.retry(a["id"]),
            "queue.remove": lambda a: self.client.queue.remove(a["id"]),
            "queue.edit": lambda a: self.client.queue.edit(a["id"], **a["options"]),
            "queue.state": lambda _: self._paused(),
            "queue.resume": lambda _: self.client.queue.resume(),
            "queue.wake": lambda _: self.client.queue.wake(),
            "webhooks.register": lambda a: self.client.webhooks.register(url=a.get("url"), events=a["events"]),
            "clock.advance": self._advance,
        }
        if name not in steps:
            raise UnsupportedError(f"{name} is not a step")
        return steps[name](args)

    def _upload(self, args: dict[str, Any]) -> Any:
        cancel, progress = threading.Event(), list[int]()

        def report(arrived: int, _size: int) -> None:
            progress.append(arrived)
            if len(progress) == args.get("cancelAfter"):
                cancel.set()

        upload = self.client.uploads.send(args["path"], purpose=args["purpose"], on_progress=report, cancel=cancel)
        return {"uploadId": upload.upload_id, "status": upload.status, "progress": progress}

    def _device(self, _args: dict[str, Any]) -> Any:
        shown: list[DeviceCode] = []

        def show(code: DeviceCode) -> None:
            shown.append(code)
            print(json.dumps({"event": "deviceCode", "userCode": code.user_code, "url": code.complete_url}), flush=True)

        email = self.client.sign_in.with_device_code(show)
        return {"email": email, "userCode": shown[0].user_code, "url": shown[0].complete_url}

    def _advance(self, args: dict[str, Any]) -> None:
        if isinstance(self.clock, FakeClock):
            self.clock.advance(args["seconds"])

    def _session(self) -> Any:
        tokens = self.store.load()
        return {"accessToken": tokens.access_token, "refreshToken": tokens.refresh_token} if tokens else None

    def _poll(self, args: dict[str, Any]) -> Any:
        found = list(islice(self.client.webhooks.poll(args["webhookId"], cursor=args.get("cursor")), args["take"]))
        return {"events": [event.id for event, _ in found], "cursor": found[-1][1] if found else args.get("cursor")}

    def _paused(self) -> Any:
        paused = self.client.queue.paused
        return {"paused": {"code": paused.code, "message": paused.message, **paused.details} if paused else None}


def _pictures(args: dict[str, Any]) -> dict[str, Any]:
    names = {
        "image": "image",
        "depthImage": "depth_image",
        "materialIdImage": "material_id_image",
        "normalImage": "normal_image",
    }
    return {ours: args[theirs] for theirs, ours in names.items() if theirs in args}


def plain(value: Any) -> Any:
    """Returns a result in the words of the wire."""
    if isinstance(value, Model):
        return value.raw
    if isinstance(value, Pass):
        return {"sender": value.sender, "next": value.next}
    if isinstance(value, Item):
        reason = {"code": value.reason.code, "message": value.reason.message} if value.reason else None
        return {
            "id": value.id, "state": value.state, "reason": reason, "next": value.next,
            "renderId": value.render_id, "result": value.result, "editable": value.is_editable,
        }  # fmt: skip
    return [plain(each) for each in value] if isinstance(value, list) else value


def problem(error: RenderiqError) -> dict[str, Any]:
    """Returns an error in the words of the scenarios."""
    return {
        "kind": error.kind, "code": error.code, "status": error.status, "requestId": error.request_id,
        "retryable": error.retryable, "retryAfter": error.retry_after, "message": str(error),
        "fields": getattr(error, "fields", None), "details": error.details,
    }  # fmt: skip


def main() -> None:
    """Answers line by line until there are no more."""
    runner = Runner()
    for line in sys.stdin:
        step = json.loads(line)
        answer: dict[str, Any] = {"id": step["id"]}
        runner.clock.sleeps.clear()
        try:
            answer["value"] = plain(runner.do(step["do"], step.get("args", {})))
        except RenderiqError as error:
            answer["error"] = problem(error)
        except UnsupportedError as error:
            answer["error"] = {"kind": "unsupported", "message": str(error)}
        except Exception as error:
            answer["error"] = {"kind": "bug", "message": f"{type(error).__name__}: {error}"}
        answer["sleeps"] = list(runner.clock.sleeps)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
