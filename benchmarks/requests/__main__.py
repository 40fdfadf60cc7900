"""``python -m benchmarks.requests``: measures, prints tables of ratios, and writes them to docs/performance.md.

``--check`` measures a few ratios only, and fails if one is a tenth above ratios.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.page import table, write_section
from benchmarks.requests.costs import costs
from benchmarks.requests.counter import (
    BUILD,
    HERE,
    PEERS,
    Counter,
    CountingError,
    Subject,
    at_once,
    event,
    rest_event,
    start_emulated_aws,
)
from benchmarks.requests.operations import Operation, measure_operations

LISTED: Final = HERE / "ratios.json"
TOLERANCE: Final = 1.1
BARE: Final = "bare handler"
WITH_CALLS: Final = "credits, with its two calls"
BUDGETS: Final = {
    "cold: health": 3.0,
    "cold: credits": 9.0,
    "cold: renders": 11.0,
    "cold: webhook_delivery_worker": 8.0,
    "cold: render_worker": 8.0,
    "cold: project_cleanup_worker": 8.0,
    "cold: sweeper": 8.0,
    "warm: health": 7.0,
    "warm: credits": 12.0,
}
STANDARD_RENDER: Final = {"POST /renders, standard", "render worker, standard, one webhook"}
PER_SECOND: Final = (
    "The calls of a render are those of `POST /renders` and of its worker. Each second of rendering adds one."
)
FLOOR_CALLS: Final = "7 (store and read the capture, store the result, create and end the render, two messages)"
FLOOR_UNITS: Final = "3 (create and end the render, the delivery; one unit each, without a transaction)"
_STATUS: Final = {"health": 200, "credits": 200, "renders": 202}
"""What the functions that have a budget must answer, so that no error is measured."""
_WORKERS: Final = (
    "account_worker",
    "project_cleanup_worker",
    "render_worker",
    "stats_worker",
    "sweeper",
    "usage_month_worker",
    "webhook_delivery_worker",
)


def logical_id(function: str) -> str:
    """Returns the name of a function in the template."""
    return "".join(word.capitalize() for word in function.split("_")) + "Function"


def cold_subjects(functions: list[str]) -> dict[str, Subject]:
    """Returns the functions: endpoints with their sample event, workers without, because their import counts."""
    made = {BARE: Subject("bare", event("health"))}
    for name in functions:
        made[name] = Subject(logical_id(name), {} if name in _WORKERS else event(name), _STATUS.get(name))
    return made


def warm_subjects() -> dict[str, Subject]:
    """Returns requests whose stores are fakes: what is counted is the function and not AWS."""
    signed_in = event("credits")
    headers = {name: value for name, value in signed_in["headers"].items() if name != "authorization"}
    stranger = {**signed_in, "headers": headers}
    return {
        BARE: Subject("bare", event("health")),
        "health": Subject("HealthFunction", event("health")),
        "credits": Subject("CreditsFunction", signed_in, 200, "fakes_admitted.py"),
        WITH_CALLS: Subject("CreditsFunction", signed_in, 200),
        "credits, 401 without a token": Subject("CreditsFunction", stranger, 401, "fakes_admitted.py"),
        "credits, 429 over the limit": Subject("CreditsFunction", signed_in, 429, "fakes_rejected.py"),
    }


def peer_subjects(*, warm: bool) -> dict[str, Subject]:
    """Returns the same two endpoints in other frameworks."""
    made = {}
    for peer in PEERS:
        for name in ("health", "credits"):
            given = rest_event(event(name)) if peer == "chalice" else event(name)
            fakes = "peers/fakes_admitted.py" if warm and name == "credits" else ""
            made[f"{peer}: {name}"] = Subject(peer, given, 200, fakes)
    return made


def ratios(counts: Mapping[str, int]) -> dict[str, float]:
    """Returns each count over that of the bare handler."""
    return {name: count / counts[BARE] for name, count in counts.items() if name != BARE}


def check(counter: Counter) -> int:
    """Prints the ratios that are listed, and returns 1 if one has grown by more than a tenth."""
    listed: dict[str, float] = json.loads(LISTED.read_text())
    cold = cold_subjects([name.partition(": ")[2] for name in listed if name.startswith("cold: ")])
    warm = {name: each for name, each in warm_subjects().items() if name == BARE or f"warm: {name}" in listed}
    jobs = {f"cold: {name}": (lambda each=each: counter.cold(each)) for name, each in cold.items()}
    jobs |= {f"warm: {name}": (lambda each=each: counter.warm(each)) for name, each in warm.items()}
    counts = at_once(jobs)
    grown = 0
    for name, before in listed.items():
        ratio = counts[name] / counts[f"{name.partition(': ')[0]}: {BARE}"]
        is_grown = ratio > before * TOLERANCE
        grown += is_grown
        print(f"{'✗' if is_grown else '→'} {name}: {ratio:.2f} times a bare handler (listed: {before:.2f})")
    if grown:
        print(f"✗ {grown} grew by more than a tenth. If that is meant, run `make benchmark-requests`.")
    return int(bool(grown))


def measure(counter: Counter) -> None:
    """Measures everything, and writes the section of the page and ratios.json."""
    # A function that runs as a container image is not in what ``sam build`` makes.
    functions = sorted(
        path.parent.name
        for path in (HERE.parents[1] / "functions").glob("*/app.py")
        if (BUILD / logical_id(path.parent.name)).exists()
    )
    cold = at_once(
        {name: (lambda each=each: counter.cold(each)) for name, each in cold_subjects(functions).items()}
        | {name: (lambda each=each: counter.cold(each)) for name, each in peer_subjects(warm=False).items()}
    )
    warm = at_once(
        {name: (lambda each=each: counter.warm(each)) for name, each in warm_subjects().items()}
        | {name: (lambda each=each: counter.warm(each)) for name, each in peer_subjects(warm=True).items()}
    )
    operations = measure_operations()
    call = (warm[WITH_CALLS] - warm["credits"]) / 2
    found = {f"cold: {name}": ratio for name, ratio in ratios(cold).items()}
    found |= {f"warm: {name}": ratio for name, ratio in ratios(warm).items()}
    LISTED.write_text(json.dumps({name: round(found[name], 2) for name in BUDGETS}, indent=2) + "\n")
    sections = [
        f"Measured by `make benchmark-requests` in what `sam build` makes: instructions on Python 3.13, counted by "
        f"valgrind, over those of a bare handler that answers a constant ({cold[BARE] / 1e6:.0f} million for a cold "
        f"start, {warm[BARE] / 1e3:.0f} thousand for a warm request). A cold start is the import and the first event; "
        "its calls to AWS are answered by a small server on the same machine, without TLS. Instructions do not depend "
        "on the load of the machine. Other frameworks serve the same two endpoints, with a log line, a metric, a token "
        "and the same calls; they have no guard, no envelope and no contract.",
        "### Budgets\n\n" + _budgets(found, operations) + "\n\n" + PER_SECOND,
        "### Cold start and warm request beside other frameworks\n\n" + _beside_peers(found),
        "### Cold start of every function\n\n" + _every_function(found, functions),
        "### A flood of rejected requests\n\nA warm request, without its one write to DynamoDB. What "
        f"botocore takes for a call to AWS is not in these ratios: {call / 1e6:.1f} million instructions, "
        f"{call / warm[BARE]:.0f} bare handlers.\n\n" + _rejections(found),
        "### Calls to AWS and units of DynamoDB\n\n"
        "A write unit is 1 KB, twice in a transaction, and each index that changes costs its own. A read unit is 4 KB, "
        "half of one if the read is eventually consistent. Counted from the requests and the items.\n\n"
        + table(
            ("operation", "calls", "write units", "read units", "which"),
            [
                (each.name, str(len(each.calls)), f"{each.writes:.0f}", f"{each.reads:.1f}", ", ".join(each.shortened))
                for each in operations
            ],
        ),
        "### Layers\n\n" + _layers(),
        "### What it costs\n\n" + costs(warm["credits"], call, {each.name: each for each in operations}),
    ]
    text = "\n\n".join(sections)
    print(text)
    write_section("functions", "Functions", text)


def _budgets(found: Mapping[str, float], operations: list[Operation]) -> str:
    floors = {
        "cold": "1.0 (the interpreter and Lambda's bootstrap)",
        "warm": "1.0 (reading and writing the JSON of the event)",
    }
    rows = []
    for name, budget in BUDGETS.items():
        kind, _, what = name.partition(": ")
        beside = {peer: found[f"{kind}: {peer}: {what}"] for peer in PEERS if f"{kind}: {peer}: {what}" in found}
        best = min(beside, key=lambda peer: beside[peer], default=None)
        peer = f"{beside[best]:.1f} ({best})" if best else "none"
        state = f"{found[name]:.2f}" + ("" if found[name] <= budget else " (over)")
        rows.append((name, f"{budget:.0f}", state, peer, floors[kind]))
    rendered = [each for each in operations if each.name in STANDARD_RENDER]
    for name, budget, count, floor in (
        ("calls to AWS: a standard render, one webhook", 14, sum(len(each.calls) for each in rendered), FLOOR_CALLS),
        ("write units: a standard render, one webhook", 20, sum(each.writes for each in rendered), FLOOR_UNITS),
    ):
        state = f"{count:.0f}" + ("" if count <= budget else " (over)")
        rows.append((name, f"{budget}", state, "none", floor))
    return table(("figure", "budget", "measured", "best other framework", "floor"), rows)


def _beside_peers(found: Mapping[str, float]) -> str:
    rows = [
        (
            f"{kind}: {name}",
            f"**{found[f'{kind}: {name}']:.1f}**",
            *(f"{found[f'{kind}: {peer}: {name}']:.1f}" for peer in PEERS),
        )
        for kind in ("cold", "warm")
        for name in ("health", "credits")
    ]
    return table(("figure", "this API", *PEERS), rows)


def _every_function(found: Mapping[str, float], functions: list[str]) -> str:
    rows = [(name, f"{found[f'cold: {name}']:.2f}", "import" if name in _WORKERS else "") for name in functions]
    return table(("function", "ratio", "what"), rows)


def _rejections(found: Mapping[str, float]) -> str:
    names = ("credits", "credits, 401 without a token", "credits, 429 over the limit")
    return table(("request", "ratio"), [(name, f"{found[f'warm: {name}']:.2f}") for name in names])


def _layers() -> str:
    rows = []
    for layer in ("CommonLayer", "ImagingLayer"):
        files = [file for file in (BUILD / layer).rglob("*") if file.is_file()]
        compiled = sum(file.stat().st_size for file in files if file.suffix == ".pyc")
        size = sum(file.stat().st_size for file in files)
        rows.append((layer, f"{(size - compiled) / 2**20:.1f} MB", f"{compiled / 2**20:.1f} MB"))
    return table(("layer", "files", "compiled files"), rows)


def main() -> int:
    """Measures, or checks. Returns the exit status."""
    options = argparse.ArgumentParser()
    options.add_argument("--python", required=True, help="Python 3.13")
    options.add_argument("--check", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        process, url = start_emulated_aws(folder)
        try:
            counter = Counter(given.python, url, folder)
            if given.check:
                return check(counter)
            measure(counter)
        except CountingError as error:
            print(f"{'→ not checked' if given.check else '✗'}: {error}")
            return 0 if given.check and "valgrind is not installed" in str(error) else 1
        finally:
            process.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
