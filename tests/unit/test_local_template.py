"""The local stack reads the project's template."""

import pytest

from local.errors import LocalStackError
from local.paths import TEMPLATE
from local.provisioners import PROVISIONERS, ResourceRequest
from local.resources import NOT_EMULATED
from local.template import Route, Template


def test_every_resource_is_made_or_left_out_on_purpose() -> None:
    types = {resource["Type"] for resource in Template(TEMPLATE).resources.values()}

    assert types <= NOT_EMULATED | PROVISIONERS.keys()


def test_a_function_has_its_globals_and_its_own() -> None:
    worker = Template(TEMPLATE).functions["RenderWorkerFunction"]

    assert (worker.handler, worker.timeout, str(worker.folder)) == (
        "app.lambda_handler",
        300,
        "functions/render_worker",
    )


def test_routes_come_with_their_functions() -> None:
    routes = Template(TEMPLATE).functions["RendersIdFunction"].routes

    assert Route("ANY", "/api/plugins/renders/{renderId}") in routes


def test_a_queue_drives_its_worker_message_by_message() -> None:
    (source,) = Template(TEMPLATE).functions["RenderWorkerFunction"].queues

    assert (source.queue, source.batch_size, source.reports_item_failures) == ("RenderQueue", 1, True)


def test_a_list_parameter_is_a_list() -> None:
    template = Template(TEMPLATE, {"AllowedOrigins": "https://a.example, https://b.example"})

    assert template.cors["AllowOrigins"] == ["https://a.example", "https://b.example"]


def test_a_parameter_that_the_template_does_not_have_is_refused() -> None:
    with pytest.raises(LocalStackError, match="WelcomeCredit"):
        Template(TEMPLATE, {"WelcomeCredit": "7"})


def test_a_value_that_the_template_does_not_allow_is_refused() -> None:
    with pytest.raises(LocalStackError, match="local, staging, prod"):
        _ = Template(TEMPLATE, {"Stage": "moon"}).parameters


def test_a_property_that_nobody_thought_of_is_not_passed_over() -> None:
    request = ResourceRequest("Queue", {"VisibilityTimeout": 1, "FifoQueue": True}, endpoint_url="")

    with pytest.raises(LocalStackError, match="FifoQueue of Queue"):
        request.select("VisibilityTimeout")
