"""``python -m sdks.conformance --runner "node runner.js"``: plays every scenario with an SDK's runner."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from sdks.conformance.driver import Driver
from sdks.conformance.scenarios import read_scenarios
from sdks.conformance.server import scripted_server


def main() -> int:
    """Returns 0 if every scenario passed."""
    parser = argparse.ArgumentParser(prog="python -m sdks.conformance", description=__doc__)
    parser.add_argument("--runner", required=True, help="the command that starts the SDK's runner")
    parser.add_argument("--only", default="", help="only scenarios whose group or name contains this text")
    parser.add_argument("--report", type=Path, help="a JSON file to write: scenario → passed")
    parser.add_argument("-v", "--verbose", action="store_true", help="name scenarios that pass too")
    options = parser.parse_args()

    chosen = [each for each in read_scenarios() if options.only in f"{each.group}: {each.name}"]
    report: dict[str, bool] = {}
    started = time.monotonic()
    with scripted_server() as server:
        driver = Driver(options.runner, server)
        try:
            for scenario in chosen:
                title = f"{scenario.group}: {scenario.name}"
                problems = driver.play(scenario).problems
                report[title] = not problems
                if problems or options.verbose:
                    print("✗" if problems else "✓", title, flush=True)
                for each in problems:
                    print("   ", each, flush=True)
        finally:
            driver.close()
    if options.report:
        options.report.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    passed = sum(report.values())
    print(f"{passed} of {len(report)} scenarios passed in {time.monotonic() - started:.1f} s")
    return 0 if chosen and passed == len(report) else 1


if __name__ == "__main__":
    sys.exit(main())
