"""The styles of everybody, and those that users make of them."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from renderiq.domain.keys import Scope
from renderiq.domain.style_looks import TracerLight, read_light, read_look
from renderiq.domain.styles import (
    MAX_OWN_STYLES,
    MAX_OWN_VERSIONS,
    SceneSetting,
    StyleChanges,
    StyleFileError,
    StyleName,
)
from renderiq.engines import EngineRequest, Output
from renderiq.queues import RenderJob
from renderiq.services.style_choice import StyleChoice
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from renderiq.styles import FILES, StyleRegistry, UnknownStyleError, registry
from tests.support import pictures, wiring
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.functions import handler
from tests.support.http import Response, call
from tests.support.paths import ROOT
from tests.support.renders import post_render, render_worker
from tests.support.styles import PHOTOREALISTIC

LAYER = ROOT / "layers/common/renderiq"
ENGINES = ("preview", "cycles", "gemini", "bedrock")
BODY = {"title": "Our evenings", "base": "golden-hour"}


def make(user: User, **fields: Any) -> Response:
    return call("styles", "POST", "/styles", headers=user.headers, json={**BODY, **fields})


def show(style: str, **request: Any) -> Response:
    return call("styles_id", "GET", f"/styles/{style}", **request)


def change(user: User, style: str, **fields: Any) -> Response:
    return call("styles_id", "PUT", f"/styles/{style}", headers=user.headers, json={**BODY, **fields})


def delete(user: User, style: str) -> Response:
    return call("styles_id", "DELETE", f"/styles/{style}", headers=user.headers)


def mine(user: User) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = call("styles_mine", "GET", "/styles/mine", headers=user.headers).data["styles"]
    return listed


def order_of(user: User, answer: Response) -> Any:
    return wiring.renders().get(user.user_id, answer.data["renderId"]).order


class KeepingEngine:
    """Keeps the request that it gets."""

    name = "keeping"

    def __init__(self) -> None:
        self.request: EngineRequest | None = None

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        on_progress(50)
        assert not should_cancel()
        self.request = request
        return Output(request.image, "image/png", pictures.webp(), *request.size)


def request_of(user: User, answer: Response, styles: Callable[[str], Any] | None = None) -> EngineRequest:
    """Returns what the engine of a render is asked for."""
    engine = KeepingEngine()
    worker = render_worker(engine)
    worker = replace(worker, style=styles) if styles else worker
    worker.work(RenderJob(user.user_id, answer.data["renderId"]))
    assert engine.request is not None
    return engine.request


# ---------------------------------------------------------------- the registry


def test_every_file_of_the_registry_is_right() -> None:
    registry().check(ENGINES)


def test_there_are_more_than_twenty_styles_and_the_first_five_are_those_of_version_one_of_the_api() -> None:
    names = list(registry().catalogue.newest)

    assert len(names) > 20
    assert names[:5] == ["photorealistic", "dramatic", "soft", "studio", "natural"]


def test_every_category_that_has_no_parts_has_styles() -> None:
    categories = registry().catalogue.categories
    parents = {each.parent for each in categories}

    assert {each.name for each in categories} - parents == {style.category for style in registry().newest()}


def test_no_two_styles_have_the_same_words() -> None:
    styles = registry().newest()

    assert (
        len({style.words.prompt for style in styles}) == len({style.words.subject for style in styles}) == len(styles)
    )


def test_every_style_tells_the_path_tracer_its_light() -> None:
    for style in registry().newest():
        assert asdict(read_light(style.light)).keys() == asdict(TracerLight()).keys()


@pytest.mark.parametrize("text", ["photorealistic", "photorealistic@1"])
def test_a_name_is_its_newest_version(text: str) -> None:
    assert registry().get(text) == PHOTOREALISTIC


@pytest.mark.parametrize("text", ["", "unknown", "photorealistic@2", "photorealistic@0", "../photorealistic@1", "a@b"])
def test_other_text_names_no_style(text: str) -> None:
    with pytest.raises(UnknownStyleError):
        registry().get(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A registry of its own: a copy of that of the layer."""
    return Path(shutil.copytree(FILES, tmp_path / "files"))


def write(folder: Path, file: str, change: Callable[[dict[str, Any]], Any]) -> None:
    given = json.loads((folder / file).read_text("utf-8"))
    change(given)
    (folder / file).write_text(json.dumps(given), "utf-8")


def add_version(folder: Path, name: str) -> None:
    """Adds version 2 of a style, which is darker and has other words."""
    shutil.copy(folder / f"{name}@1.json", folder / f"{name}@2.json")
    shutil.copy(folder / f"{name}@1.webp", folder / f"{name}@2.webp")
    write(folder, f"{name}@2.json", lambda file: file.update(version=2))
    write(folder, f"{name}@2.json", lambda file: file["look"].update(exposure=0.6))
    write(folder, f"{name}@2.json", lambda file: file["words"].update(subject="A darker visualisation"))
    write(folder, "catalogue.json", lambda file: file["styles"].update({name: 2}))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda file: file["look"].pop("sun"), "soft@1.json: look.sun is missing."),
        (lambda file: file["look"].update(sun=[1, 2]), "soft@1.json: look.sun must be a colour: three numbers."),
        (lambda file: file["look"].update(haze="thick"), "soft@1.json: look.haze must be a number from 0 to 1000."),
        (lambda file: file["look"].update(haze=-1), "soft@1.json: look.haze must be a number from 0 to 1000."),
        (lambda file: file["look"].update(outdoors=1), "soft@1.json: look.outdoors must be true or false."),
        (lambda file: file["look"].update(fog=1), "soft@1.json: look.fog is not a field of a style file."),
        (lambda file: file["look"].update(drawing={}), "soft@1.json: look.drawing.paper is missing."),
        (lambda file: file["look"].update(drawing=1), "soft@1.json: look.drawing must be an object."),
        (lambda file: file["look"].update(groundAlbedo=[1]), "soft@1.json: look.groundAlbedo must be two colours."),
        (lambda file: file["light"].update(sky="red"), "soft@1.json: light.sky must be one of clear, overcast"),
        (
            lambda file: file["light"].update(clay="red"),
            "soft@1.json: light.clay must be a colour as #a1b2c3",
        ),
        (lambda file: file["words"].pop("prompt"), "soft@1.json: words.prompt is missing."),
        (lambda file: file["words"].update(prompt=""), "soft@1.json: words.prompt must have 1 to 400 characters."),
        (lambda file: file["words"].update(prompt="a\nb"), "soft@1.json: words.prompt must be one line of text."),
        (lambda file: file.update(title=7), "soft@1.json: title must be one line of text."),
        (lambda file: file.update(tags=[]), "soft@1.json: tags must be a list of names in lower case."),
        (lambda file: file.update(engines=["magic"]), "soft@1.json: engines names 'magic', which does not exist."),
        (lambda file: file.update(category="magic"), "soft@1.json: category 'magic' is not in catalogue.json."),
        (lambda file: file.update(version=2), "soft@1.json: name and version are soft@2, but the file's name says"),
        (lambda file: file.update(version="1"), "soft@1.json: version must be a whole number from 1."),
        (lambda file: file.update(look=[]), "soft@1.json: look must be an object."),
        (lambda file: file.update(colour="red"), "soft@1.json: colour is not a field of a style file."),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence_that_names_file_and_field(
    folder: Path, change: Callable[[dict[str, Any]], Any], sentence: str
) -> None:
    write(folder, "soft@1.json", change)

    with pytest.raises(StyleFileError) as refused:
        StyleRegistry(folder).check(ENGINES)

    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda file: file.pop("styles"), "catalogue.json: styles is missing."),
        (lambda file: file["styles"].update(soft=2), "soft@2.json: the file is missing."),
        (lambda file: file["styles"].update(soft=0), "catalogue.json: styles.soft must be the newest version"),
        (lambda file: file["styles"].pop("soft"), "soft@1.json: version is not in catalogue.json."),
        (lambda file: file["categories"][1].update(parent="attic"), "catalogue.json: categories[1].parent 'attic'"),
    ],
)
def test_a_wrong_catalogue_is_refused(folder: Path, change: Callable[[dict[str, Any]], Any], sentence: str) -> None:
    write(folder, "catalogue.json", change)

    with pytest.raises(StyleFileError) as refused:
        StyleRegistry(folder).check(ENGINES)

    assert str(refused.value).startswith(sentence)


def test_a_file_that_is_not_json_is_refused(folder: Path) -> None:
    (folder / "soft@1.json").write_text("{", "utf-8")

    with pytest.raises(StyleFileError, match=r"^soft@1\.json: the file is not JSON"):
        StyleRegistry(folder).check(ENGINES)


def test_a_style_without_a_cover_is_refused(folder: Path) -> None:
    (folder / "soft@1.webp").unlink()

    with pytest.raises(StyleFileError, match=r"^soft@1\.json: cover soft@1\.webp is missing"):
        StyleRegistry(folder).check(ENGINES)


def test_a_new_version_leaves_the_earlier_one_as_it_is(folder: Path) -> None:
    add_version(folder, "photorealistic")
    changed = StyleRegistry(folder)

    changed.check(ENGINES)

    assert changed.get("photorealistic@1") == PHOTOREALISTIC
    assert changed.get("photorealistic").version == 2
    assert read_look(changed.get("photorealistic").look).exposure == 0.6


# ---------------------------------------------------------------- GET /styles


def test_the_list_has_every_style_and_the_tree_of_categories(aws: AwsEnvironment) -> None:
    data = call("styles", "GET", "/styles").data

    assert [each["name"] for each in data["styles"]] == list(registry().catalogue.newest)
    assert data["styles"][0] == {
        "name": "photorealistic",
        "styleId": "photorealistic@1",
        "version": 1,
        "category": "daylight",
        "title": "Photorealistic",
        "description": PHOTOREALISTIC.description,
        "coverUrl": data["styles"][0]["coverUrl"],
        "engines": ["preview", "cycles", "gemini", "bedrock"],
        "tags": ["daylight", "default"],
    }
    assert {"name": "daylight", "title": "Daylight", "parent": "outdoors"} in data["categories"]


@pytest.mark.parametrize(
    ("function", "path", "cache"),
    [
        ("styles", "/styles", "public, max-age=300"),
        ("styles_id", "/styles/soft", "public, max-age=300"),
        ("styles_id", "/styles/soft@1", "public, max-age=31536000, immutable"),
        ("styles_id_cover", "/styles/soft/cover", "public, max-age=300"),
        ("styles_id_cover", "/styles/soft@1/cover", "public, max-age=31536000, immutable"),
    ],
)
def test_public_answers_are_cached_and_revalidated(aws: AwsEnvironment, function: str, path: str, cache: str) -> None:
    first = call(function, "GET", path)
    again = call(function, "GET", path, headers={"if-none-match": first.headers["ETag"]})

    assert (first.status, first.headers["Cache-Control"]) == (200, cache)
    assert (again.status, again.body, again.headers["ETag"]) == (304, "", first.headers["ETag"])


def test_the_id_may_be_percent_encoded(aws: AwsEnvironment) -> None:
    assert show(quote("soft@1", safe="")).data["styleId"] == "soft@1"


@pytest.mark.parametrize("style", ["unknown", "soft@2", "Soft@1x", "my:1"])
def test_an_unknown_style_is_not_found(aws: AwsEnvironment, user: User, style: str) -> None:
    assert show(style, headers=user.headers).code == (404, "NOT_FOUND")


def test_every_cover_is_a_small_webp_image() -> None:
    sizes = []
    for style in registry().all_versions():
        data = registry().cover(style)
        with Image.open(io.BytesIO(data)) as image:
            assert (image.format, image.size) == ("WEBP", (480, 270))
        sizes.append(len(data))

    assert sum(sizes) < 600_000


def test_a_cover_is_sent_as_bytes(aws: AwsEnvironment) -> None:
    answer = call("styles_id_cover", "GET", "/styles/soft@1/cover")

    assert answer.headers["Content-Type"] == "image/webp"
    assert base64.b64decode(answer.body) == registry().cover(registry().get("soft@1"))


# ---------------------------------------------------------------- the style of an order


def test_a_render_tells_its_style_id(user: User) -> None:
    render_id = post_render(user, {"style": "soft"}).data["renderId"]
    shown = call("renders_id", "GET", f"/renders/{render_id}", headers=user.headers).data
    [listed] = call("renders", "GET", "/renders", headers=user.headers).data["renders"]

    assert (shown["style"], shown["styleId"]) == ("soft", "soft@1")
    assert listed["styleId"] == "soft@1"


def test_an_order_without_a_style_has_the_first_one(user: User) -> None:
    assert order_of(user, post_render(user)).style_id == "photorealistic@1"


def test_a_version_can_be_ordered(user: User) -> None:
    assert order_of(user, post_render(user, {"style": " Soft@1 "})).style_id == "soft@1"


@pytest.mark.parametrize("style", ["unknown", "soft@2", "soft@", "my:1@1"])
def test_an_unknown_style_is_an_error_of_its_field(user: User, style: str) -> None:
    answer = post_render(user, {"style": style})

    assert answer.code == (400, "INVALID_INPUT")
    assert [each["field"] for each in answer.json["details"]["fields"]] == ["style"]


def test_a_record_from_before_versions_is_version_one(user: User) -> None:
    render_id = post_render(user, {"style": "soft"}).data["renderId"]
    wiring.renders()._client.update_item(
        TableName=settings().renders_table,
        Key=to_attributes({"userId": user.user_id, "renderId": render_id}),
        UpdateExpression="REMOVE #order.styleId",
        ExpressionAttributeNames={"#order": "order"},
    )

    assert wiring.renders().get(user.user_id, render_id).order.style_id == "soft@1"


def test_an_estimate_takes_a_version(user: User) -> None:
    estimate = call("renders_estimate", "POST", "/renders/estimate", headers=user.headers, json={"style": "soft@1"})
    unknown = call("renders_estimate", "POST", "/renders/estimate", headers=user.headers, json={"style": "soft@9"})

    assert (estimate.status, unknown.code) == (200, (400, "INVALID_INPUT"))


def test_all_renders_of_one_order_have_the_same_version(user: User) -> None:
    posted = post_render(user, {"style": "soft@1", "count": "2", "quality": "standard"})

    stored = [wiring.renders().get(user.user_id, each["renderId"]).order for each in posted.data["renders"]]
    assert [order.style_id for order in stored] == ["soft@1", "soft@1"]


def test_an_order_that_is_repeated_keeps_its_version(user: User, folder: Path) -> None:
    render_id = post_render(user, {"style": "photorealistic"}).data["renderId"]
    add_version(folder, "photorealistic")
    app = handler("renders_id_again").app
    choice = StyleChoice(StyleRegistry(folder), wiring.own_styles)
    app.dependency_overrides[wiring.style_choice] = lambda: choice

    again = call("renders_id_again", "POST", f"/renders/{render_id}/again", headers=user.headers, json={})
    newest = call(
        "renders_id_again",
        "POST",
        f"/renders/{render_id}/again",
        headers=user.headers,
        json={"changes": {"style": "photorealistic"}},
    )
    app.dependency_overrides.clear()

    assert order_of(user, again).style_id == "photorealistic@1"
    assert (order_of(user, newest).style_id, order_of(user, newest).prompt[:8]) == ("photorealistic@2", "A darker")


def test_a_version_renders_the_same_when_there_is_a_newer_one(user: User, folder: Path) -> None:
    posted = post_render(user, {"style": "photorealistic@1"})
    before = request_of(user, posted)
    again = post_render(user, {"style": "photorealistic@1", "seed": str(before.seed)})
    add_version(folder, "photorealistic")

    after = request_of(user, again, StyleRegistry(folder).get)

    assert after == before


# ---------------------------------------------------------------- styles of users


def test_a_style_of_a_user_begins_with_version_one_and_pins_its_base(user: User) -> None:
    made = make(user, prompt="larch cladding", season="autumn", structureStrength=0.9)

    assert made.status == 201
    assert made.data["styleId"] == f"{made.data['name']}@1"
    assert made.data["name"].startswith("my:")
    assert made.data["own"] | {"createdAt": "", "updatedAt": ""} == {
        "base": "golden-hour@1",
        "prompt": "larch cladding",
        "negativePrompt": "",
        "structureStrength": 0.9,
        "season": "autumn",
        "createdAt": "",
        "updatedAt": "",
    }
    assert made.data["coverUrl"].endswith("/styles/golden-hour@1/cover")


def test_a_change_makes_the_next_version_and_keeps_the_earlier_one(user: User) -> None:
    name = make(user, prompt="larch").data["name"]

    changed = change(user, name, prompt="brick")

    assert (changed.data["styleId"], changed.data["own"]["prompt"]) == (f"{name}@2", "brick")
    assert show(f"{name}@1", headers=user.headers).data["own"]["prompt"] == "larch"
    assert show(name, headers=user.headers).data["version"] == 2
    assert [each["styleId"] for each in mine(user)] == [f"{name}@2"]


def test_two_windows_do_not_overwrite_one_another(user: User) -> None:
    first = make(user).data["styleId"]
    change(user, first, title="From one window")

    assert change(user, first, title="From the other").code == (409, "RESOURCE_CONFLICT")


def test_own_styles_are_listed_from_new_to_old(user: User) -> None:
    names = [make(user, title=f"Style {number}").data["name"] for number in range(3)]

    assert [each["name"] for each in mine(user)] == names[::-1]


def test_a_deleted_style_is_hidden_and_its_versions_still_render(user: User) -> None:
    name = make(user).data["name"]

    deleted = delete(user, name)

    assert deleted.data == {"name": name, "deleted": True}
    assert mine(user) == []
    assert show(name, headers=user.headers).code == (404, "NOT_FOUND")
    assert post_render(user, {"style": name}).code == (404, "NOT_FOUND")
    assert post_render(user, {"style": f"{name}@1"}).status == 202
    assert change(user, name).code == delete(user, name).code == (404, "NOT_FOUND")


def test_only_its_user_sees_or_uses_a_style(aws: AwsEnvironment, user: User) -> None:
    style, other = make(user).data["styleId"], create_user(aws, balance=20)

    assert show(style).code == (401, "AUTH_REQUIRED")
    assert show(style, headers=other.headers).code == (404, "NOT_FOUND")
    assert post_render(other, {"style": style}).code == (404, "NOT_FOUND")
    assert change(other, style).code == delete(other, style).code == (404, "NOT_FOUND")
    assert mine(other) == []


def test_a_style_of_a_user_is_not_cached_for_others(user: User) -> None:
    shown = show(make(user).data["styleId"], headers=user.headers)

    assert shown.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_the_styles_of_everybody_cannot_be_changed(user: User) -> None:
    assert change(user, "soft").code == delete(user, "soft@1").code == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 81),
        ("base", "unknown"),
        ("base", "soft@2"),
        ("base", "my:01a20461-5d2e-7b1a-9c44-8e0f3a7b6d15@1"),
        ("prompt", "x" * 601),
        ("negativePrompt", "\x07"),
        ("structureStrength", 2),
        ("time", "teatime"),
        ("weather", "sharknado"),
        ("season", "monsoon"),
        ("ground", "lava"),
    ],
)
def test_a_wrong_field_is_named(user: User, field: str, value: object) -> None:
    answer = make(user, **{field: value})

    assert answer.status == 400
    assert [each["field"] for each in answer.json["details"]["fields"]] == [field]


def test_a_user_may_have_only_so_many_styles(user: User) -> None:
    now = wiring.time_source()()
    names = [
        wiring.own_style_service().create(user.user_id, StyleChanges("Evening", "soft"), now=now).name
        for _ in range(MAX_OWN_STYLES)
    ]

    assert make(user).code == (429, "QUOTA_EXCEEDED")
    delete(user, names[0])
    assert make(user).status == 201


def test_a_style_may_have_only_so_many_versions(user: User) -> None:
    name = make(user).data["name"]
    for _ in range(MAX_OWN_VERSIONS - 1):
        service = wiring.own_style_service()
        newest = service.list(user.user_id)[0].own
        assert newest is not None
        service.change(user.user_id, StyleName(name, None), newest.changes, now=newest.updated_at)

    assert change(user, name).code == (429, "QUOTA_EXCEEDED")


def test_an_order_holds_all_that_it_needs_of_a_users_style(user: User) -> None:
    style = make(user, prompt="larch", negativePrompt="cars", weather="overcast", structureStrength=0.9).data["name"]

    request = request_of(user, post_render(user, {"style": style, "prompt": "A barn.", "negativePrompt": "people"}))

    assert request.style == registry().get("golden-hour@1")
    assert (request.prompt, request.negative_prompt) == ("A barn. larch", "people. cars")
    assert (request.setting, request.structure_strength) == (SceneSetting(weather="overcast"), 0.9)


def test_what_an_order_says_overrules_the_strength_of_a_style(user: User) -> None:
    style = make(user, structureStrength=0.9).data["name"]

    assert order_of(user, post_render(user, {"style": style, "structureStrength": "0.2"})).structure_strength == 0.2


def test_a_render_shows_the_prompt_of_its_order_and_the_version_of_the_style(user: User) -> None:
    style = make(user, prompt="larch").data["styleId"]
    render_id = post_render(user, {"style": style, "prompt": "A barn"}).data["renderId"]

    shown = call("renders_id", "GET", f"/renders/{render_id}", headers=user.headers).data

    assert (shown["styleId"], shown["prompt"]) == (style, "A barn")


def test_an_api_key_without_the_scope_reads_no_style_of_its_user(aws: AwsEnvironment, user: User) -> None:
    now = wiring.time_source()()
    _, key = wiring.key_service().create(user.user_id, "key", frozenset({Scope.READ_PROJECTS}), None, now=now)

    answer = show(make(user).data["styleId"], headers={"x-api-key": key})

    assert answer.code == (403, "INSUFFICIENT_PERMISSIONS")


# ---------------------------------------------------------------- the build


def test_the_build_stops_at_a_wrong_file(tmp_path: Path) -> None:
    package = tmp_path / "renderiq"
    for folder in ("domain", "styles", "engines"):
        shutil.copytree(LAYER / folder, package / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for module in LAYER.glob("*.py"):
        shutil.copy(module, package)
    command = [sys.executable, "-B", "-m", "renderiq.styles"]

    right = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False)
    write(package / "styles" / "files", "soft@1.json", lambda file: file["look"].pop("sun"))
    wrong = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False)

    assert (right.returncode, right.stderr) == (0, "")
    assert (wrong.returncode, wrong.stderr) == (1, "✗ The styles cannot be built. soft@1.json: look.sun is missing.\n")


def test_the_layer_is_not_built_without_that_check() -> None:
    recipe = (ROOT / "layers/common/Makefile").read_text("utf-8")

    assert recipe.index("-m renderiq.styles") < recipe.index("pip install")
