"""All that a panel shows, as values that never change. Pure."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any, Final

from renderiq.queue.items import SETTLED, State
from renderiq.sign_in import DeviceCode

from .order import Look, priced_like
from .prices import Prices

PREPARING: Final = "preparing"
"""The state of an order whose images are still made."""


@dataclass(frozen=True)
class Entry:
    """An order as the panel shows it."""

    job: str
    view: str
    look: Look
    state: str
    code: str = ""
    reason: str = ""
    next: float | None = None
    result: str = ""
    capture: str = ""
    created: float = 0.0
    is_mine: bool = False
    was_accepted: bool = False
    """Whether the server has taken it, so that its credits come back if it is cancelled."""
    is_refused: bool = False
    """Whether the server has refused it, so that it can be changed and sent again."""

    @property
    def is_settled(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.state in SETTLED


@dataclass(frozen=True)
class Style:
    """A style of the browser. ``cover`` is a file, or empty as long as there is none.

    ``category`` is a title, and ``category_name`` the server's name of it, empty for the user's own styles.
    """

    style_id: str
    title: str
    category: str
    description: str
    cover: str = ""
    category_name: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """A model of the server, and the fields of an order that it uses."""

    name: str
    is_default: bool
    inputs: tuple[str, ...]

    @property
    def is_path_tracer(self) -> bool:
        """Whether it renders a 3D model in place of a capture."""
        return "modelUploadId" in self.inputs


@dataclass(frozen=True)
class Consent:
    """Something that the server wants to be agreed to, in the server's words."""

    name: str
    version: str
    title: str
    text: str
    recipients: tuple[str, ...] = ()

    def sentence_of_recipients(self) -> str:
        """Returns which companies receive the data; empty if none does."""
        return f"Receives the data: {', '.join(self.recipients)}." if self.recipients else ""


@dataclass(frozen=True)
class Snapshot:
    """All that the panel shows. It never changes; the service puts another one in its place. Times are Unix times."""

    is_online: bool = False
    is_unreachable: bool = False
    is_signed_in: bool = False
    email: str = ""
    device: DeviceCode | None = None
    device_since: float = 0.0
    is_signing_in: bool = False
    balance: int | None = None
    prices: Prices | None = None
    models: tuple[Model, ...] = ()
    qualities: tuple[str, ...] = ()
    ratios: tuple[str, ...] = ()
    max_materials: int = 256
    styles: tuple[Style, ...] = ()
    entries: tuple[Entry, ...] = ()
    looks: tuple[str, ...] = ()
    paused: str = ""
    paused_code: str = ""
    problem: str = ""
    problem_code: str = ""
    consents: tuple[Consent, ...] = ()
    update: str = ""
    is_too_old: bool = False
    download_url: str = ""

    def model(self, name: str) -> Model | None:
        """Returns a model by its name; an empty name is the default. None if it is not known."""
        return next((each for each in self.models if each.name == name or (not name and each.is_default)), None)

    def uses(self, model: str, field: str) -> bool:
        """Whether a model uses a field of an order. What is not known is taken to be used."""
        found = self.model(model)
        return found is None or field in found.inputs

    def owed(self) -> list[tuple[str, str]]:
        """Returns model and quality of the orders that the server has not charged yet."""
        states = (PREPARING, State.WAITING, State.UPLOADING)
        return [priced_like(entry.look.options()) for entry in self.entries if entry.state in states]


class Board:
    """Has the snapshot of now. Several threads change it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.snapshot = Snapshot()

    def update(self, **values: Any) -> None:
        """Puts a snapshot with other values in the place of the one before."""
        with self._lock:
            self.snapshot = replace(self.snapshot, **values)
