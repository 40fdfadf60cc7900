"""The panel in Chromium, as a person uses it: by what is written on its buttons."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from plugins.freecad.hosts.browser import Browser

_BUTTON = "[...document.querySelectorAll('button')].filter((e) => e.offsetParent && (e.getAttribute('aria-label') || e.textContent).trim().startsWith(%s))"


class Panel:
    """A page of the companion."""

    def __init__(self, address: str, folder: Path) -> None:
        self.browser, self._folder = Browser(), folder
        self.size(460, 1000)
        self.open(address)

    def open(self, address: str) -> None:
        self.browser.call("Page.navigate", url="about:blank")
        self.browser.wait("location.href === 'about:blank'")
        self.browser.call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete' && document.body.innerText.length > 20")

    def size(self, width: int, height: int) -> None:
        self.browser.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    def wait(self, script: str, seconds: float = 120) -> None:
        self.browser.wait(f"!!({script})", seconds)  # an element cannot come back as a value

    def run(self, script: str) -> Any:
        return self.browser.run(script)

    def press(self, name: str, index: int = 0) -> None:
        """Presses a button by the beginning of its name, once it is there and may be pressed."""
        found = f"({_BUTTON % json.dumps(name)})[{index}]"
        self.wait(f"{found} && {found}.getAttribute('aria-disabled') !== 'true'")
        self.run(f"{found}.click()")

    def order(self) -> None:
        """Presses the button that orders."""
        found = "document.querySelector('main .order button.main')"
        self.wait(f"{found} && {found}.getAttribute('aria-disabled') !== 'true'")
        self.run(f"{found}.click()")

    def choose(self, value: str) -> None:
        """Chooses a value in the list that has it."""
        found = (
            f"[...document.querySelectorAll('select')].find((e) => [...e.options].some((o) => o.value === '{value}'))"
        )
        self.wait(found)
        self.run(
            f"(() => {{ const e = {found}; e.value = '{value}';"
            " e.dispatchEvent(new Event('change', {bubbles: true})); })()"
        )

    def section(self, name: str) -> None:
        self.wait(f"document.getElementById('tab-{name}')")
        self.run(f"document.getElementById('tab-{name}').click()")
        self.wait(f"document.querySelector('#tab-{name}[aria-selected=true]')")

    def text(self) -> str:
        return str(self.run("document.body.innerText"))

    def shoot(self, name: str) -> None:
        self.browser.shoot(self._folder / f"{name}.png")
        print(f"    {name}", file=sys.stderr, flush=True)
