"""The table of models is configuration; models of a disabled engine are unknown to users."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.cloudformation import load
from renderiq.domain.consents import ConsentName
from renderiq.domain.renders import Order
from renderiq.engines import bedrock, gemini
from renderiq.engines.bedrock import BedrockEngine
from renderiq.engines.gemini import GeminiEngine
from renderiq.engines.registry import Model, Models
from renderiq.settings import SettingsError, settings
from renderiq.stores import aws
from renderiq.stores.items import to_attributes
from tests.support import pictures, wiring
from tests.support.accounts import User, answer_consents, create_user
from tests.support.aws import AwsEnvironment, clear_caches
from tests.support.http import Response
from tests.support.paths import ROOT
from tests.support.renders import post_render

TABLE = {"preview": "preview", "gemini": "gemini/gemini-3-pro-image", "Sketch": "bedrock/arn:aws:x/stability.sketch"}
LAYER = ROOT / "layers" / "common"
PNG = pictures.png()
Configure = Callable[..., None]


@pytest.fixture
def configure(aws: AwsEnvironment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    def change(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        clear_caches()

    yield change
    monkeypatch.undo()
    clear_caches()


@pytest.fixture
def user(aws: AwsEnvironment) -> User:
    """A user who agrees to AI services of third parties."""
    made = create_user(aws)
    answer_consents(made, ConsentName.THIRD_PARTY_AI)
    return made


def post(user: User, model: str, key: str = "") -> Response:
    return post_render(user, {"model": model}, headers={"idempotency-key": key})


def order_of(user: User, answer: Response) -> Order:
    return wiring.renders().get(user.user_id, answer.data["renderId"]).order


# ---------------------------------------------------------------- the table


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("gemini", Model("gemini", "gemini-3-pro-image")),
        (" GEMINI ", Model("gemini", "gemini-3-pro-image")),
        ("sketch", Model("bedrock", "arn:aws:x/stability.sketch")),
        ("", Model("preview")),
        ("dall-e", None),
    ],
)
def test_a_model_name_maps_to_an_engine_and_its_model(name: str, model: Model | None) -> None:
    assert Models(TABLE, default="preview").named(name) == model


def test_models_of_a_disabled_engine_are_unknown() -> None:
    models = Models(TABLE, default="preview", disabled={"gemini"})

    assert models.named("gemini") is None
    assert models.names == ("preview", "sketch")


def test_a_table_with_an_unknown_engine_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="'oracle'"):
        Models({**TABLE, "x": "oracle/9"}, default="preview")


@pytest.mark.parametrize("engine", ["../preview", "preview.engine", ""])
def test_an_engine_name_is_one_word(engine: str) -> None:
    with pytest.raises(SettingsError, match="MODELS"):
        Models({**TABLE, "x": engine}, default="preview")


def test_a_default_model_of_a_disabled_engine_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="'gemini'"):
        Models(TABLE, default="gemini", disabled={"gemini"})


def test_reading_a_model_name_imports_no_engine() -> None:
    """An import would slow down the endpoints' cold starts, and endpoints have no image libraries."""
    code = (
        "import sys; from renderiq.engines.registry import Models; "
        f"Models({TABLE!r}, default='preview').named('gemini'); "
        "print(sorted({'httpx', 'numpy', 'PIL', 'botocore', 'renderiq.engines.gemini'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=LAYER)

    assert ran.stdout == "[]\n"


# ---------------------------------------------------------------- asking for one


def test_without_a_key_gemini_is_an_unknown_model(user: User) -> None:
    answer = post(user, "gemini")

    assert (answer.status, answer.data["engine"]) == (202, "preview")
    assert answer.data["warnings"][0]["field"] == "model"
    assert "choose among preview" in answer.data["warnings"][0]["message"]


def test_a_render_stores_its_model(user: User, configure: Configure) -> None:
    configure(GEMINI_SECRET_ID="key", BEDROCK_ENABLED="true")

    pro, retired, sketch = (
        order_of(user, post(user, name)) for name in ("gemini", "gemini-2.5-flash-image", "bedrock-sketch")
    )

    assert (pro.engine, pro.model) == ("gemini", "gemini-3-pro-image")
    assert (retired.engine, retired.model) == ("gemini", "gemini-3.1-flash-image")
    assert (sketch.engine, sketch.model) == ("bedrock", "us.stability.stable-image-control-sketch-v1:0")


def test_the_estimated_time_depends_on_the_model(user: User, configure: Configure) -> None:
    configure(GEMINI_SECRET_ID="key")

    quick, slow = (post(user, name).data["estimatedTime"] for name in ("preview", "gemini"))

    assert quick < slow == 40


def test_the_default_model_is_configured_by_the_deployment(user: User, configure: Configure) -> None:
    configure(GEMINI_SECRET_ID="key", DEFAULT_ENGINE="gemini")

    assert order_of(user, post(user, "")).model == "gemini-3-pro-image"


def test_another_model_with_the_same_idempotency_key_is_refused(user: User, configure: Configure) -> None:
    configure(GEMINI_SECRET_ID="key")
    post(user, "gemini", key="k")

    assert post(user, "gemini-flash", key="k").code == (422, "IDEMPOTENCY_KEY_REUSED")


def test_a_record_without_a_model_is_read(aws: AwsEnvironment, user: User) -> None:
    render_id = post(user, "preview").data["renderId"]
    aws.client("dynamodb").update_item(
        TableName=settings().renders_table,
        Key=to_attributes({"userId": user.user_id, "renderId": render_id}),
        UpdateExpression="REMOVE #order.model",
        ExpressionAttributeNames={"#order": "order"},
    )

    order = wiring.renders().get(user.user_id, render_id).order

    assert (order.engine, order.model) == ("preview", "")


def test_the_wiring_builds_each_engine_once(configure: Configure) -> None:
    configure(GEMINI_SECRET_ID="key")

    assert isinstance(wiring.engine("gemini"), GeminiEngine)
    assert isinstance(wiring.engine("bedrock"), BedrockEngine)
    assert wiring.engine("gemini") is wiring.engine("gemini")


# ---------------------------------------------------------------- what the template says of them

WORKER: Any = load(ROOT / "template.yaml")["Resources"]["RenderWorkerFunction"]["Properties"]


def test_both_ai_engines_time_out_before_the_worker() -> None:
    silence = aws.client("bedrock-runtime").meta.config.read_timeout
    connect = aws.client("bedrock-runtime").meta.config.connect_timeout
    slowest_gemini = gemini.CONNECT_SECONDS + gemini.ANSWER_SECONDS + gemini.SILENCE_SECONDS
    slowest_bedrock = 2 * (connect + 2 * silence + bedrock.ANSWER_SECONDS)

    assert max(slowest_gemini, slowest_bedrock) <= WORKER["Timeout"] - 45


def test_bedrock_is_called_once_per_attempt() -> None:
    assert aws.client("bedrock-runtime").meta.config.retries["total_max_attempts"] == 1


def test_the_worker_may_use_an_engine_only_if_it_is_enabled() -> None:
    optional = {policy["Fn::If"][0]: policy["Fn::If"][1:] for policy in WORKER["Policies"] if "Fn::If" in policy}

    assert {
        condition: (granted["Statement"][0]["Action"], otherwise)
        for condition, (granted, otherwise) in optional.items()
    } == {
        "UsesGemini": ("secretsmanager:GetSecretValue", {"Ref": "AWS::NoValue"}),
        "UsesBedrock": ("bedrock:InvokeModel", {"Ref": "AWS::NoValue"}),
        # The end of a render may start one that waits, which may be the path tracer's.
        "UsesCycles": ("sqs:SendMessage", {"Ref": "AWS::NoValue"}),
        "UsesBatch": ("batch:SubmitJob", {"Ref": "AWS::NoValue"}),
    }
