"""What requests and renders cost on AWS, computed from what was counted and from list prices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from benchmarks.page import PAGE, table
from local.paths import TEMPLATE
from local.template import Template

if TYPE_CHECKING:
    from benchmarks.requests.operations import Operation

# US dollars for a million, us-east-1, on demand; Lambda on arm64.
GATEWAY: Final = 1.00
INVOCATION: Final = 0.20
WRITE_UNIT: Final = 0.625
READ_UNIT: Final = 0.125
MESSAGE: Final = 0.40
S3_PUT: Final = 5.00
S3_GET: Final = 0.40
GB_SECOND: Final = 13.3334
LOG_GB: Final = 0.50
"""US dollars for one GB, not for a million."""
LOG_BYTES: Final = 900
"""A log line, a metric and Lambda's own lines of one invocation."""

CORE: Final = 2.5e9
"""Instructions a second of one core: an assumption. Lambda gives a core for each 1,769 MB."""
CALL_SECONDS: Final = 0.005
"""The time of one call to AWS: an assumption."""
_MEMORY: Final = {name: each.memory for name, each in Template(TEMPLATE).functions.items()}
API_MEMORY: Final = _MEMORY["CreditsFunction"]
WORKER_MEMORY: Final = _MEMORY["RenderWorkerFunction"]


def costs(warm_get: int, call: float, operations: Mapping[str, Operation]) -> str:
    """Returns the tables.

    ``warm_get`` are the instructions of an authenticated GET without its calls, and ``call`` those of a call to AWS.
    """
    get = operations["GET /credits"]
    per_million = {
        "API Gateway": GATEWAY,
        "Lambda, requests": INVOCATION,
        "Lambda, time": _lambda_seconds(warm_get + len(get.calls) * call, API_MEMORY, len(get.calls))
        * (API_MEMORY / 1024)
        * GB_SECOND,
        "DynamoDB": get.writes * WRITE_UNIT + get.reads * READ_UNIT,
        "logs": LOG_BYTES / 1e9 * LOG_GB * 1e6,
    }
    requests = [(name, f"{dollars:.2f}") for name, dollars in per_million.items()]
    requests.append(("**together**", f"**{sum(per_million.values()):.2f}**"))
    renders = []
    for quality, instructions in _engine_instructions().items():
        posted, worked = operations[f"POST /renders, {quality}"], operations[f"render worker, {quality}, one webhook"]
        seconds = _lambda_seconds(instructions + len(worked.calls) * call, WORKER_MEMORY, len(worked.calls))
        time = seconds * WORKER_MEMORY / 1024 * GB_SECOND / 1e6
        calls = (_calls(posted) + _calls(worked) + GATEWAY + 2 * INVOCATION) / 1e6
        dollars = [f"{each * 1000:.2f}" for each in (time, calls, time + calls)]
        renders.append((quality, f"{seconds:.1f} s", *dollars))
    return (
        "From the counts above and list prices of us-east-1, in US dollars, without the free tier. The time on Lambda "
        f"is an estimate: {CORE / 1e9} thousand million instructions a second of a core, a core for each 1,769 MB, and "
        f"{CALL_SECONDS * 1000:.0f} ms and {call / 1e6:.1f} million instructions (measured) for each call to AWS.\n\n"
        "A million authenticated GETs (`GET /credits`, warm):\n\n"
        + table(("part", "dollars"), requests)
        + "\n\nA thousand renders with the preview engine, from `POST /renders` to the published event; storage and "
        "transfer of images are not included:\n\n"
        + table(("quality", f"time of the worker ({WORKER_MEMORY:,} MB)", "Lambda", "calls", "together"), renders)
    )


def _lambda_seconds(instructions: float, memory: int, calls: int) -> float:
    # The preview engine uses one core, however many there are.
    return instructions / (CORE * min(1.0, memory / 1769)) + calls * CALL_SECONDS


def _calls(operation: Operation) -> float:
    prices = {"PutObject": S3_PUT, "GetObject": S3_GET, "SendMessage": MESSAGE * 3}  # sent, received and deleted
    units = operation.writes * WRITE_UNIT + operation.reads * READ_UNIT
    return units + sum(prices.get(each, 0) for each in operation.calls)


def _engine_instructions() -> dict[str, float]:
    """Returns the instructions of the preview engine by quality, which `make benchmark` has written to the page."""
    rows = re.findall(r"^\| (\w+), [^|]*\| engine \|.*\| ([\d.]+) G \|$", PAGE.read_text(), re.MULTILINE)
    return {quality: float(count) * 1e9 for quality, count in rows}
