"""What belongs to the account: its credits, and the styles that it can order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from renderiq.api import Api
from renderiq.models import CreditsOut, StyleList, TransactionOut
from renderiq.pages import pages


class Credits:
    """``client.credits``."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get(self) -> CreditsOut:
        """Returns the balance."""
        return CreditsOut.read(self._api.call("GET", "/credits").data)

    def transactions(self, **query: Any) -> Iterator[TransactionOut]:
        """Yields every movement of credits, from new to old."""
        return pages(self._api, "/credits/transactions", "transactions", TransactionOut, query)


class Styles:
    """``client.styles``."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self) -> StyleList:
        """Returns all styles and their categories. It needs no sign-in."""
        return StyleList.read(self._api.call("GET", "/styles", signed_in=False).data)
