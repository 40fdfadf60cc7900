"""What the server offers: prices, models, limits, and styles with their covers. Pure.

Every method that says so waits for the network, so it belongs into a thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from renderiq.account import Styles
from renderiq.api import Api
from renderiq.models import CapabilitiesOut, OwnStyleList, StyleOut

from .names import safe_name
from .prices import Prices
from .sentences import is_older
from .snapshot import Model, Style
from .stored import read_json, write_json


class Catalogue:
    """Reads for ``version`` of the plugin of ``platform``. ``covers`` is a folder.

    ``directory`` keeps what the server said for the time without a network. ``capabilities`` is what it said last.
    """

    def __init__(self, api: Api, platform: str, version: str, *, covers: Path, directory: Path) -> None:
        self._api, self._platform, self._version = api, platform, version
        self._covers = covers
        self._capabilities_path, self._styles_path = directory / "capabilities.json", directory / "styles.json"
        self.capabilities: dict[str, Any] | None = None

    def offer(self) -> dict[str, Any]:
        """Returns the fields of a snapshot that ``GET /capabilities`` tells. Waits for the network."""
        answer = self._api.call("GET", "/capabilities", signed_in=False).data
        found = self._fields(answer)
        if answer != self.capabilities:
            self.capabilities = answer
            write_json(self._capabilities_path, answer)
        return found

    def stored(self) -> dict[str, Any]:
        """Returns the fields of a snapshot as they were the last time, so that orders can be made offline."""
        found: dict[str, Any] = {"styles": self._stored_styles()}
        stored = read_json(self._capabilities_path)
        try:
            found |= self._fields(stored)
            self.capabilities = stored
        except (TypeError, AttributeError, KeyError, ValueError):  # none yet, or of another version
            pass
        return found

    def _fields(self, capabilities: Any) -> dict[str, Any]:
        answer = CapabilitiesOut.read(capabilities)
        release = next((each for each in answer.plugins if each.platform == self._platform), None)
        return {
            "prices": Prices.of(answer),
            "models": tuple(Model(each.name, bool(each.is_default), tuple(each.inputs)) for each in answer.models),
            "qualities": tuple(each.name for each in answer.qualities),
            "ratios": tuple(answer.aspect_ratios),
            "max_materials": answer.limits.max_materials,
            "is_too_old": bool(release and is_older(self._version, release.oldest_version)),
            "update": release.newest_version if release and is_older(self._version, release.newest_version) else "",
            "download_url": release.download_url if release else "",
        }

    def read_styles(
        self, is_signed_in: bool, show: Callable[[tuple[Style, ...]], None], may_go_on: Callable[[], bool]
    ) -> None:
        """Reads the styles, the user's own too, then the covers that are not here yet. Waits for the network.

        ``show`` gets the styles each time that something is new. Between covers, ``may_go_on`` may end the work.
        """
        found = Styles(self._api).list()
        titles = {each.name: each.title for each in found.categories}
        listed = [self._style(each, titles.get(each.category, each.category), each.category) for each in found.styles]
        if is_signed_in:
            own = OwnStyleList.read(self._api.call("GET", "/styles/mine").data)
            listed += [self._style(each, "Yours") for each in own.styles]
        show(tuple(listed))
        for style_id, url in {each.style_id: each.cover_url for each in found.styles}.items():
            if not may_go_on():
                return
            if not (path := self._cover_path(style_id)).exists():
                self._read_cover(url, path)
                listed = [replace(each, cover=str(path)) if each.style_id == style_id else each for each in listed]
                show(tuple(listed))
        write_json(self._styles_path, [asdict(each) for each in listed])

    def _stored_styles(self) -> tuple[Style, ...]:
        try:
            return tuple(Style(**{**each, "tags": tuple(each["tags"])}) for each in read_json(self._styles_path))
        except (TypeError, KeyError):  # none yet, or of another version
            return ()

    def _style(self, style: StyleOut, category: str, name: str = "") -> Style:
        cover = self._cover_path(style.style_id)
        return Style(
            style.style_id, style.title, category, style.description or "", str(cover) if cover.exists() else "",
            name, tuple(style.tags),
        )  # fmt: skip

    def _read_cover(self, url: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            self._api.download(url, file)
        os.replace(part, path)

    def _cover_path(self, style_id: str) -> Path:
        return self._covers / (safe_name(style_id) + ".img")
