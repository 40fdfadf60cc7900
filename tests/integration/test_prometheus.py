"""Debian's Prometheus scrapes the local stack: its figures are what was done, and alerts start and end with a fault."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from local.aws import client
from local.stack import Stack
from local.users import OPERATOR
from renderiq.clock import to_iso
from renderiq.ids import uuid7
from renderiq.stores.items import to_attributes
from tests.support.paths import ROOT

OPS: Final = ROOT / "ops"
RULES: Final = OPS / "prometheus" / "rules.yml"
PROMTOOL: Final = shutil.which("promtool")
PROMETHEUS: Final = shutil.which("prometheus")

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (PROMTOOL and PROMETHEUS), reason="Prometheus is not installed"),
]


def promtool(*arguments: str, given: str | None = None, folder: Path = OPS / "prometheus") -> str:
    """Returns what promtool printed. Raises ``AssertionError`` if it found a mistake."""
    assert PROMTOOL
    done = subprocess.run([PROMTOOL, *arguments], input=given, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_promtool_accepts_the_rules_and_the_configuration(tmp_path: Path) -> None:
    for file in ("prometheus.yml", "rules.yml"):
        shutil.copy(OPS / "prometheus" / file, tmp_path)
    (tmp_path / "api-key").write_text("rk_live_example", encoding="utf-8")

    assert "rules found" in promtool("check", "rules", "rules.yml")
    assert "SUCCESS" in promtool("check", "config", "prometheus.yml", folder=tmp_path)


def test_every_alert_starts_in_its_fault_and_ends_after_it() -> None:
    alerts = re.findall(r"- alert: (\w+)", RULES.read_text(encoding="utf-8"))
    staged = (OPS / "prometheus" / "rules_test.yml").read_text(encoding="utf-8")

    assert "SUCCESS" in promtool("test", "rules", "rules_test.yml")
    for alert in alerts:
        cases = re.findall(rf"alertname: {alert}(, exp_alerts: \[\])?", staged)
        assert "" in cases, f"{alert} is not shown to start"
        assert cases.count(", exp_alerts: []") >= 1, f"{alert} is not shown to end"


# ---------------------------------------------------------------- a real one


class Prometheus:
    """A running Prometheus that scrapes once a second."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def query(self, expression: str) -> dict[str, float]:
        """Returns the values of an instant query by their labels, without the name, as JSON."""
        answer = self._http.get("/api/v1/query", params={"query": expression}).json()
        assert answer["status"] == "success", (expression, answer)
        found = answer["data"]["result"]
        labels = [{name: text for name, text in each["metric"].items() if name != "__name__"} for each in found]
        without_target = [
            {name: text for name, text in each.items() if name not in {"instance", "job"}} for each in labels
        ]
        return {
            json.dumps(names, sort_keys=True): float(each["value"][1])
            for names, each in zip(without_target, found, strict=True)
        }

    def firing(self) -> set[str]:
        """Returns the names of the alerts that fire."""
        alerts = self._http.get("/api/v1/alerts").json()["data"]["alerts"]
        return {each["labels"]["alertname"] for each in alerts if each["state"] == "firing"}

    def targets(self) -> list[dict[str, Any]]:
        """Returns the state of what is scraped."""
        active: list[dict[str, Any]] = self._http.get("/api/v1/targets").json()["data"]["activeTargets"]
        return active


def eventually(holds: Callable[[], bool], *, seconds: float = 60) -> None:
    """Waits until a condition holds. Raises ``AssertionError`` if the time is up."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "the time is up"
        time.sleep(0.3)


def accelerated(rules: str) -> str:
    """Returns the rules with short windows: 5 minutes become 20 seconds, and so on."""
    seconds = {"5m": "20s", "10m": "40s", "1h": "60s", "6h": "90s", "1d": "120s", "1w": "180s"}
    rules = re.sub(r"\[(\w+)\]", lambda found: f"[{seconds[found[1]]}]", rules)
    return re.sub(r"interval: 5m", "interval: 1s", re.sub(r"for: \d+m", "for: 5s", rules))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def scraping(stack: Stack, folder: Path, api_key: str) -> Iterator[Prometheus]:
    """Runs Prometheus with the project's configuration, for the local stack and faster."""
    assert PROMETHEUS
    port, host = free_port(), stack.origin.removeprefix("http://")
    config = (OPS / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    config = config.replace("30s", "1s").replace("scheme: https", "scheme: http").replace("api.example.com", host)
    (folder / "prometheus.yml").write_text(config, encoding="utf-8")
    (folder / "rules.yml").write_text(accelerated(RULES.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / "api-key").write_text(api_key, encoding="utf-8")
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [
                PROMETHEUS,
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        eventually(lambda: _answers(port))
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            yield Prometheus(http)
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/-/ready", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


class Records:
    """Stores records of renders as workers leave them. Their changes reach the figures by the stream."""

    def __init__(self, stack: Stack) -> None:
        self._dynamodb = client("dynamodb", stack.emulator.url)
        self._table = stack.resources["RendersTable"].ref

    def end(self, platform: str, seconds: float, status: str = "completed") -> None:
        """Stores a render that has ended now."""
        now = datetime.now(UTC)
        item = {
            "userId": "ada",
            "renderId": uuid7(),
            "status": status,
            "cost": 10,
            "platform": platform,
            "createdAt": to_iso(now - timedelta(seconds=seconds)),
            "completedAt": to_iso(now),
            "order": {"style": "soft", "quality": "high", "engine": "preview"},
            **({"errorCode": "RENDER_FAILED"} if status == "failed" else {}),
        }
        self._dynamodb.put_item(TableName=self._table, Item=to_attributes(item))


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    limits = {"RateLimits": '{"unknown": 100000}'}  # a test scrapes every second
    with Stack(parameters=limits) as running:
        yield running


@pytest.fixture(scope="module")
def api_key(stack: Stack) -> str:
    """An operator's key with the scope ``metrics:read``."""
    with httpx.Client(base_url=stack.url, timeout=20) as http:
        tokens = http.post("/auth/signin", json={"email": OPERATOR.email, "password": OPERATOR.password}).json()
        headers = {"authorization": f"Bearer {tokens['access_token']}"}
        body = {"name": "prometheus", "scopes": ["metrics:read"]}
        return str(http.post("/keys", json=body, headers=headers).json()["data"]["key"])


def scrape(stack: Stack, api_key: str, accept: str) -> str:
    return (
        httpx.get(f"{stack.url}/metrics", headers={"authorization": f"Bearer {api_key}", "accept": accept})
        .raise_for_status()
        .text
    )


def test_promtool_accepts_the_metrics(stack: Stack, api_key: str) -> None:
    Records(stack).end("revit", 3)

    assert promtool("check", "metrics", given=scrape(stack, api_key, "text/plain")) == ""


def test_prometheus_shows_what_was_done_and_alerts_while_it_fails(stack: Stack, api_key: str, tmp_path: Path) -> None:
    records, completed = Records(stack), 'renderiq_plugin_renders_total{status="completed",quality="high"}'
    with scraping(stack, tmp_path, api_key) as prometheus:
        eventually(lambda: bool(prometheus.query(completed)))
        assert [each["health"] for each in prometheus.targets()] == ["up"]
        before = prometheus.query(f"sum({completed})")["{}"]
        for number in range(40):
            records.end("rhino", 1 + number % 4)  # 1 to 4 s
            records.end("revit", 20 + number % 10)  # 20 to 29 s
            time.sleep(0.05)
        eventually(lambda: prometheus.query(f"sum({completed})")["{}"] == before + 80)

        by_platform = "sum by (le, platform) (increase(renderiq_plugin_render_duration_seconds_bucket[20s]))"
        middle = prometheus.query(f"histogram_quantile(0.5, {by_platform})")
        slowest = prometheus.query(f"histogram_quantile(0.95, {by_platform})")
        assert prometheus.query("renderiq:render_success:ratio5m") == {"{}": 1.0}
        # 1 and 2 s are in the first bucket (to 2.5 s), 3 and 4 s in the second (to 5 s); 20 to 29 s in one (to 30 s).
        assert middle['{"platform": "rhino"}'] == pytest.approx(2.5, abs=0.3)
        assert slowest['{"platform": "rhino"}'] == pytest.approx(4.75, abs=0.3)
        assert middle['{"platform": "revit"}'] == pytest.approx(24.4, abs=1.5)
        assert slowest['{"platform": "revit"}'] == pytest.approx(29.4, abs=1.5)
        assert "RenderSuccessLow" not in prometheus.firing()

        for _ in range(30):
            records.end("revit", 5, "failed")
        staged = {"RenderSuccessLow", "RenderErrorsHigh", "PlatformErrorsHigh"}
        eventually(lambda: staged <= prometheus.firing())
        eventually(lambda: not staged & prometheus.firing())


def test_every_panel_of_the_dashboard_is_answered(stack: Stack, api_key: str, tmp_path: Path) -> None:
    panels = json.loads((OPS / "grafana" / "dashboard.json").read_text(encoding="utf-8"))["panels"]
    queries = [target["expr"] for panel in panels for target in panel["targets"]]
    metrics = scrape(stack, api_key, "application/openmetrics-text")
    recorded = re.findall(r"- record: (\S+)", RULES.read_text(encoding="utf-8"))

    with scraping(stack, tmp_path, api_key) as prometheus:
        for query in queries:
            prometheus.query(query)  # it is valid
    for name in {name for query in queries for name in re.findall(r"renderiq[\w:]+", query)}:
        family = re.sub(r"_(total|bucket|count|sum)$", "", name)
        assert name in recorded or f"# TYPE {family} " in metrics, f"{name} does not exist"
