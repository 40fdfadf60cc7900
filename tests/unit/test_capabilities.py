"""GET /capabilities tells what this deployment offers."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from renderiq.domain.renders import AspectRatio, Quality
from renderiq.engines.inputs import EngineInput, inputs_of
from renderiq.settings import SettingsError
from tests.support import wiring
from tests.support.aws import AwsEnvironment, clear_caches
from tests.support.http import Response, call
from tests.support.paths import ROOT

ENGINES = ROOT / "layers/common/renderiq/engines"
RELEASE = {"newest": "1.4.0", "oldest": "1.0.0", "downloadUrl": "https://downloads.example.com/renderiq.rbz"}
FIELD_OF = {
    "prompt": EngineInput.PROMPT,
    "negative_prompt": EngineInput.NEGATIVE_PROMPT,
    "structure_strength": EngineInput.STRUCTURE_STRENGTH,
    "seed": EngineInput.SEED,
    "depth_image": EngineInput.DEPTH_IMAGE,
    "material_id_image": EngineInput.MATERIAL_ID_IMAGE,
    "normal_image": EngineInput.NORMAL_IMAGE,
    "camera": EngineInput.CAMERA,
    "materials": EngineInput.MATERIALS,
    "model_file": EngineInput.MODEL_UPLOAD,
    "sun": EngineInput.SUN,
    "layers": EngineInput.LAYERS,
}


@pytest.fixture
def environment(aws: AwsEnvironment, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    clear_caches()
    yield monkeypatch
    monkeypatch.undo()
    clear_caches()


def show(**headers: str) -> Response:
    return call("capabilities", "GET", "/capabilities", headers={n.replace("_", "-"): v for n, v in headers.items()})


def test_every_quality_has_its_price_and_a_size_for_each_ratio(aws: AwsEnvironment) -> None:
    shown = {each["name"]: each for each in show().data["qualities"]}

    assert {name: each["creditsCost"] for name, each in shown.items()} == {"standard": 5, "high": 10, "ultra": 15}
    assert {(each["aspectRatio"], each["width"], each["height"]) for each in shown["standard"]["sizes"]} == {
        (ratio, *ratio.size(Quality.STANDARD)) for ratio in AspectRatio
    }
    assert [name for name, each in shown.items() if each["isDefault"]] == ["high"]


def test_only_models_that_are_open_here_are_shown(environment: pytest.MonkeyPatch) -> None:
    before = [each["name"] for each in show().data["models"]]
    environment.setenv("BEDROCK_ENABLED", "true")
    clear_caches()

    assert before == ["preview"]
    assert [each["name"] for each in show().data["models"]] == ["preview", "bedrock", "bedrock-sketch"]


def test_names_of_one_model_are_its_aliases(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("MODELS", json.dumps({"preview": "preview", "house": "preview"}))
    clear_caches()

    (model,) = show().data["models"]

    assert (model["name"], model["aliases"], model["isDefault"]) == ("preview", ["house"], True)


def test_the_versions_of_plugins_come_from_the_settings(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PLUGIN_RELEASES", json.dumps({"sketchup": RELEASE}))
    clear_caches()

    assert show().data["plugins"] == [
        {
            "platform": "sketchup",
            "newestVersion": "1.4.0",
            "oldestVersion": "1.0.0",
            "downloadUrl": RELEASE["downloadUrl"],
        }
    ]


@pytest.mark.parametrize(
    ("platform", "release"),
    [
        ("photoshop", RELEASE),
        ("sketchup", {"newest": "1.4.0"}),
        ("sketchup", {**RELEASE, "downloadUrl": "http://x.example"}),
        ("sketchup", {**RELEASE, "oldest": 1}),
    ],
)
def test_a_release_that_cannot_be_read_is_named(
    environment: pytest.MonkeyPatch, platform: str, release: dict[str, object]
) -> None:
    environment.setenv("PLUGIN_RELEASES", json.dumps({platform: release}))
    clear_caches()

    with pytest.raises(SettingsError, match=platform):
        wiring.capabilities()


def test_caches_may_keep_it_for_five_minutes(aws: AwsEnvironment) -> None:
    assert show().headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("known", ["{tag}", "W/{tag}", '"other", {tag}', "*"])
def test_who_knows_it_gets_304_without_a_body(aws: AwsEnvironment, known: str) -> None:
    tag = show().headers["ETag"]

    answer = show(if_none_match=known.format(tag=tag))

    assert (answer.status, answer.body, answer.headers["ETag"]) == (304, "", tag)


def test_who_knows_an_older_one_gets_it(aws: AwsEnvironment) -> None:
    assert show(if_none_match='"older"').status == 200


def test_an_endless_list_of_etags_is_refused(aws: AwsEnvironment) -> None:
    answer = call("capabilities", "GET", "/capabilities", headers={"if-none-match": '"x", ' * 500})

    assert answer.code == (400, "INVALID_INPUT")


def test_the_rate_limits_are_those_of_the_deployment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RATE_LIMITS", json.dumps({"revit": 7, "unknown": 3}))
    clear_caches()

    assert show().data["limits"]["requestsPerMinute"] == {"revit": 7, "unknown": 3}


SHARED = {
    "gemini": [ENGINES / "prompts.py"],
    "bedrock": [ENGINES / "prompts.py"],
    "cycles": [ENGINES / "preview/look/requested.py"],
}
"""Modules whose functions read a request for several engines."""


def _engine_files() -> dict[str, list[Path]]:
    """Returns the modules of each engine."""
    modules = {
        file.stem: [file] for file in ENGINES.glob("*.py") if f"class {file.stem.capitalize()}Engine" in text(file)
    }
    return modules | {each.parent.name: list(each.parent.rglob("*.py")) for each in ENGINES.glob("*/engine.py")}


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def fields_read(files: list[Path]) -> set[EngineInput]:
    """Returns the fields of an ``EngineRequest`` that these modules read."""
    nodes = [node for file in files for node in ast.walk(ast.parse(text(file)))]
    return {
        FIELD_OF[node.attr]
        for node in nodes
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "request" and node.attr in FIELD_OF
    }


@pytest.mark.parametrize("engine", _engine_files())
def test_an_engine_says_what_it_reads(engine: str) -> None:
    assert fields_read(_engine_files()[engine]) - set(inputs_of(engine)) == set()


@pytest.mark.parametrize("engine", _engine_files())
def test_an_engine_reads_what_it_says(engine: str) -> None:
    assert set(inputs_of(engine)) - fields_read([*_engine_files()[engine], *SHARED.get(engine, [])]) == set()
