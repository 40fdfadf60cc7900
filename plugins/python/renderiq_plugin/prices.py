"""What an order costs, and whether the balance is enough for it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Prices:
    """Credits by quality, and by model where a model has prices of its own."""

    by_quality: dict[str, int]
    by_model: dict[str, dict[str, int]]

    @classmethod
    def of(cls, capabilities: Any) -> Prices:
        """Returns the prices in an answer of ``GET /capabilities``."""
        return cls(
            {each.name: each.credits_cost for each in capabilities.qualities},
            {each.name: dict(each.credits_cost) for each in capabilities.models if each.credits_cost},
        )

    def of_order(self, model: str, quality: str) -> int | None:
        """Returns the credits of one render, or None if they are not known."""
        return self.by_model.get(model, {}).get(quality, self.by_quality.get(quality))


@dataclass(frozen=True)
class Offer:
    """What stands beside the button: the cost of all renders together, and what is left for them."""

    cost: int | None
    left: int | None

    @property
    def is_affordable(self) -> bool:
        """False if it is certain that the balance is not enough."""
        return self.cost is None or self.left is None or self.cost <= self.left

    def sentence(self) -> str:
        """Returns the cost and the balance in words."""
        if self.cost is None:
            return "The price is not known yet"
        if self.left is None:
            return in_credits(self.cost)
        if not self.is_affordable:
            return f"Costs {in_credits(self.cost)}, but only {in_credits(self.left)} are left"
        return f"{in_credits(self.cost)} of {self.left}"


def offer(
    prices: Prices | None, balance: int | None, waiting: Iterable[tuple[str, str]], model: str, quality: str, count: int
) -> Offer:
    """Returns what ``count`` orders cost. ``waiting`` are model and quality of orders that were not charged yet."""
    if prices is None:
        return Offer(None, balance)
    price = prices.of_order(model, quality)
    owed = sum(prices.of_order(*each) or 0 for each in waiting)
    return Offer(None if price is None else price * count, None if balance is None else max(0, balance - owed))


def in_credits(number: int) -> str:
    """Returns a number of credits in words."""
    return f"{number:,} credit" + ("" if number == 1 else "s")
