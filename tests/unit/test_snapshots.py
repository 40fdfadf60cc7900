"""Functions that start from a snapshot share nothing that must differ, and their versions are published."""

from __future__ import annotations

import functools
import importlib
import json
import pkgutil
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import pytest

import renderiq
from admin.snapshots import ALIAS, main, new_release, with_versions
from local.cloudformation import load
from renderiq import snapshots
from renderiq.http.api import create_app, entrypoint
from renderiq.settings import settings
from renderiq.stores import aws
from renderiq.tokens import SigningKeys, issue_access_token, key_id, verify_access_token
from renderiq.wiring.secrets import secrets as secret_store
from tests.support.paths import ROOT
from tests.support.transformed import transformed

WITHOUT_SNAPSHOTS = ("renderiq.engines.cycles.blender", "renderiq.engines.preview")
KEPT = {
    "renderiq.consent_texts",
    "renderiq.engines.cycles.surfaces",
    "renderiq.http.bodies",
    "renderiq.http.device_page",
    "renderiq.http.paths",
    "renderiq.http.routing",
    "renderiq.styles",
}
"""Modules whose caches follow from the code alone, so that they are as true in any other container."""


def no_guard(_request: object, _provide: object) -> NoReturn:
    raise AssertionError("no request is made")


class Hooks(ModuleType):
    """Lambda's module of hooks."""

    def __init__(self) -> None:
        super().__init__(snapshots.HOOKS)
        self.before: list[Callable[[], None]] = []
        self.after: list[Callable[[], None]] = []

    def register_before_snapshot(self, hook: Callable[[], None]) -> None:
        self.before.append(hook)

    def register_after_restore(self, hook: Callable[[], None]) -> None:
        self.after.append(hook)


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hooks]:
    """Returns the hooks of a function that was imported to be the model of a snapshot."""
    made = Hooks()
    monkeypatch.setitem(sys.modules, snapshots.HOOKS, made)
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("EMULATOR_URL", "")
    entrypoint(create_app(no_guard))
    yield made
    snapshots.renew()


def restore(hooks: Hooks) -> None:
    for hook in hooks.after:
        hook()


def test_a_function_registers_its_hooks(hooks: Hooks) -> None:
    assert (hooks.before, hooks.after) == ([snapshots.prepare], [snapshots.renew])


@pytest.mark.parametrize("kind", ["on-demand", "provisioned-concurrency", None])
def test_a_function_without_snapshots_does_not_look_for_hooks(
    monkeypatch: pytest.MonkeyPatch, kind: str | None
) -> None:
    monkeypatch.setitem(sys.modules, snapshots.HOOKS, None)  # importing it raises ImportError
    monkeypatch.delenv("AWS_LAMBDA_INITIALIZATION_TYPE", raising=False)
    if kind:
        monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", kind)

    entrypoint(create_app(no_guard))


def test_two_containers_draw_different_random_numbers(hooks: Hooks) -> None:
    snapshot = random.getstate()
    restore(hooks)
    one = random.random()
    random.setstate(snapshot)
    restore(hooks)

    assert random.random() != one


def test_aws_clients_with_their_connections_are_made_anew(hooks: Hooks) -> None:
    before = aws.client("dynamodb")
    restore(hooks)

    assert aws.client("dynamodb") is not before


def test_credentials_are_read_anew(hooks: Hooks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "renders")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAOFTHESNAPSHOT")
    parameters = {"Bucket": "images", "Key": "a.png"}
    assert "ASIAOFTHESNAPSHOT" in aws.client("s3").generate_presigned_url("get_object", Params=parameters)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAOFTHECONTAINER")
    restore(hooks)

    assert "ASIAOFTHECONTAINER" in aws.client("s3").generate_presigned_url("get_object", Params=parameters)


def test_secrets_are_read_anew_and_their_age_is_forgotten(hooks: Hooks) -> None:
    before = secret_store()
    before._values["callback"] = (float("inf"), "old")  # a clock that stood still: it would never become too old
    restore(hooks)

    assert secret_store() is not before
    assert secret_store()._values == {}


def test_verified_tokens_are_forgotten(hooks: Hooks) -> None:
    keys, now = SigningKeys("v1", {"v1": "s" * 64}), datetime.now(UTC)
    verify_access_token(issue_access_token("user", "session", keys=keys, now=now), keys=keys, now=now)
    assert key_id.cache_info().currsize > 0
    restore(hooks)

    assert key_id.cache_info().currsize == 0


def test_the_environment_is_read_anew(hooks: Hooks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", "staging")
    settings.cache_clear()
    assert settings().stage == "staging"
    monkeypatch.setenv("STAGE", "prod")
    restore(hooks)

    assert settings().stage == "prod"


def test_openssl_gets_entropy(hooks: Hooks, monkeypatch: pytest.MonkeyPatch) -> None:
    added: list[bytes] = []
    openssl = ModuleType("ssl")
    openssl.RAND_add = lambda entropy, _bytes: added.append(entropy)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ssl", openssl)
    restore(hooks)
    restore(hooks)

    assert [len(each) for each in added] == [32, 32]
    assert added[0] != added[1]


def test_what_the_first_request_imports_is_in_the_snapshot(hooks: Hooks) -> None:
    for hook in hooks.before:
        hook()

    assert "botocore.session" in sys.modules


def test_every_cache_is_emptied_or_follows_from_the_code_alone() -> None:
    cached = set()
    for module in pkgutil.walk_packages(renderiq.__path__, "renderiq."):
        if not module.name.startswith(WITHOUT_SNAPSHOTS):
            found = vars(importlib.import_module(module.name)).values()
            if any(isinstance(each, functools._lru_cache_wrapper) and each.__module__ == module.name for each in found):
                cached.add(module.name)

    assert {name for name in cached if not snapshots.is_living(name)} == KEPT


# ---------------------------------------------------------------- published versions


@pytest.fixture
def published(tmp_path: Path) -> dict[str, Any]:
    """Returns the template as `make deploy` writes it for a stage with snapshots."""
    file = tmp_path / "template.yaml"
    file.write_text((ROOT / "template.yaml").read_text())
    main(file)
    return load(file)


def functions_with(template: dict[str, Any], property_name: str) -> set[str]:
    return {name for name, each in template["Resources"].items() if property_name in each.get("Properties", {})}


def test_functions_with_snapshots_have_an_alias_and_others_have_none(published: dict[str, Any]) -> None:
    assert functions_with(published, "AutoPublishAlias") == functions_with(published, "SnapStart")
    assert "RendersFunction" in functions_with(published, "SnapStart")


def test_the_api_invokes_the_alias(published: dict[str, Any]) -> None:
    resources = transformed(published, Stage="prod", SnapStart="on")["Resources"]
    paths = resources["PluginApi"]["Properties"]["Body"]["paths"]
    uri = json.dumps(paths["/api/plugins/renders"]["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"])

    assert f"RendersFunctionAlias{ALIAS}" in uri


def test_each_deployment_publishes_a_version_and_the_one_before_is_deleted() -> None:
    def versions(release: str) -> dict[str, Any]:
        template = with_versions(load(ROOT / "template.yaml"), release)
        resources = transformed(template, Stage="prod", SnapStart="on")["Resources"]
        return {name: each for name, each in resources.items() if each["Type"] == "AWS::Lambda::Version"}

    one, two = versions(new_release()), versions(new_release())

    assert len(one) == len(functions_with(load(ROOT / "template.yaml"), "SnapStart"))
    assert not one.keys() & two.keys()
    assert {each["DeletionPolicy"] for each in one.values()} == {"Delete"}


def test_a_stack_without_snapshots_has_no_versions() -> None:
    assert not [
        each for each in transformed(Stage="prod")["Resources"].values() if each["Type"] == "AWS::Lambda::Version"
    ]


def test_functions_with_snapshots_have_what_lambda_can_take_snapshots_of() -> None:
    template = load(ROOT / "template.yaml")
    for name in functions_with(template, "SnapStart"):
        properties = template["Resources"][name]["Properties"]
        assert not properties.keys() & {
            "EphemeralStorage",
            "ProvisionedConcurrencyConfig",
            "FileSystemConfigs",
            "ImageUri",
        }
