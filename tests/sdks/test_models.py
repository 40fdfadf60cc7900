"""The models of the SDKs are those of ``openapi.yaml``."""

from __future__ import annotations

import pytest

from sdks.generator import ruby
from sdks.generator.__main__ import LANGUAGES, formatted
from sdks.generator.contract import ROOT, Contract, read_contract
from sdks.generator.python import snake


@pytest.fixture(scope="module")
def contract() -> Contract:
    return read_contract()


@pytest.mark.parametrize("path", LANGUAGES)
def test_generated_models_are_up_to_date(path: str, contract: Contract) -> None:
    """If this fails: make models."""
    assert (ROOT / "sdks" / path).read_text(encoding="utf-8") == formatted(path, LANGUAGES[path](contract))


def test_every_response_has_its_model(contract: Contract) -> None:
    assert {"RenderOut", "RenderAccepted", "UploadOut", "CreditsOut"} <= {each.name for each in contract.models}


@pytest.mark.parametrize(
    ("wire", "python"), [("creditsCost", "credits_cost"), ("callback_url", "callback_url"), ("from", "from_")]
)
def test_fields_have_names_of_the_language(wire: str, python: str) -> None:
    assert snake(wire) == python


@pytest.mark.parametrize(
    ("wire", "name"), [("creditsCost", "credits_cost"), ("from", "from"), ("method", "method_"), ("raw", "raw_")]
)
def test_fields_take_no_methods_of_objects_in_ruby(wire: str, name: str) -> None:
    assert ruby.snake(wire) == name
