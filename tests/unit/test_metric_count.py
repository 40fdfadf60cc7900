"""Each stage has at most 68 custom metrics, and docs/operations.md says which questions they answer."""

from __future__ import annotations

import re
from math import prod
from typing import Final

from renderiq.domain.renders import Quality
from renderiq.metrics import DIMENSIONS
from renderiq.platform import Platform
from tests.support.paths import ROOT

MOST: Final = 68
STATUSES: Final = {
    "Requests": 4,  # 2xx to 5xx
    "Latency": 4,
    "RendersEnded": 3,  # completed, failed, cancelled
    "Deliveries": 3,  # succeeded, retrying, failed
    "DeliveryTime": 3,
    "UploadsEnded": 3,  # ready, failed, abandoned
}
VALUES: Final = {
    "platform": len(Platform),
    "quality": len(Quality),
    "kind": 6,  # render, delivery, project, upload, account task, stream
}


def custom_metrics(metric: str) -> int:
    """How many metrics CloudWatch bills: one for each combination of values in each set of dimensions."""
    values = VALUES | {"status": STATUSES.get(metric, 0)}
    return sum(prod(values[name] for name in names) for names in DIMENSIONS[metric])


def test_a_stage_has_at_most_68_custom_metrics() -> None:
    assert sum(custom_metrics(metric) for metric in DIMENSIONS) <= MOST


def test_the_handbook_lists_every_metric_with_its_number() -> None:
    handbook = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    _, _, section = handbook.partition("\n## Metrics\n")
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", section.partition("\n## ")[0], re.MULTILINE))

    assert {name: int(number) for name, number in rows.items()} == {each: custom_metrics(each) for each in DIMENSIONS}
