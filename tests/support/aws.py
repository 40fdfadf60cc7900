"""Emulated AWS with the resources of template.yaml, and this process configured to use them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from local.aws import CREDENTIALS
from local.haste import backdate
from local.makers import Made
from local.places import Place
from local.resources import create_resources, environment
from local.template import Template
from renderiq.settings import settings
from renderiq.stores import aws
from renderiq.stores.items import Item, from_attributes, to_attributes
from renderiq.workers import delivery, render, sweep
from tests.support import wiring
from tests.support.paths import ROOT


class _HasUserId(Protocol):
    @property
    def user_id(self) -> str: ...


@dataclass
class AwsEnvironment:
    """Resources by their logical ids in template.yaml."""

    resources: Mapping[str, Made]

    def client(self, service: str) -> Any:
        """Returns the boto3 client that the code under test uses too."""
        return aws.client(service)

    @property
    def target(self) -> Place:
        """The resources as commands of ``local`` take them."""
        return Place({name: resource.ref for name, resource in self.resources.items()}, self.client)

    def items(self, table: str) -> list[Item]:
        """Returns every item of a table."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.resources[table].ref)
        return [from_attributes(item) for page in pages for item in page["Items"]]

    def items_of(self, table: str, user: _HasUserId) -> list[Item]:
        """Returns the items of a table that have the user's id as ``userId``."""
        return [item for item in self.items(table) if item.get("userId") == user.user_id]

    def objects(self, prefix: str = "") -> list[str]:
        """Returns the keys of the images bucket that begin with ``prefix``, at most 1000."""
        page = self.client("s3").list_objects_v2(Bucket=settings().images_bucket, Prefix=prefix)
        return [each["Key"] for each in page.get("Contents", [])]

    def messages(self, queue_url: str) -> list[Any]:
        """Receives and deletes the visible messages of a queue, and returns their bodies out of JSON."""
        sqs, found = self.client("sqs"), []
        while batch := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", []):
            for message in batch:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def backdate(self, *tables: str, by: timedelta = timedelta(hours=1)) -> None:
        """Makes everything in the due indexes of these tables due earlier."""
        backdate(self.target, *tables, by=by)

    def empty(self, *tables: str) -> None:
        """Deletes every item of these tables."""
        for table in tables:
            for item in self.items(table):
                self.client("dynamodb").delete_item(**self._key(table, item))

    def _key(self, table: str, item: Item) -> dict[str, Any]:
        name = self.resources[table].ref
        schema = self.client("dynamodb").describe_table(TableName=name)["Table"]["KeySchema"]
        key = {attribute["AttributeName"]: item[attribute["AttributeName"]] for attribute in schema}
        return {"TableName": name, "Key": to_attributes(key)}


@contextmanager
def aws_environment(endpoint_url: str | None, **parameters: str) -> Iterator[AwsEnvironment]:
    """Creates the template's resources at ``endpoint_url`` (None: moto) and sets this process's environment to them.

    ``parameters`` are parameters of template.yaml. The environment is as before at the end.
    """
    template = Template(
        ROOT / "template.yaml",
        {"AllowLoopbackUrls": "true", "EmulatorUrl": endpoint_url or "", **parameters},
    )
    os.environ |= {**CREDENTIALS, "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1"}
    resources = create_resources(template, endpoint_url)  # type: ignore[arg-type]  # None is moto's: AWS's own addresses
    before = dict(os.environ)
    variables = environment(template, "RendersFunction", resources)
    # a queue's address begins with the endpoint's, and moto has none of its own
    os.environ |= {
        name: value.replace("None/", "https://sqs.us-east-1.amazonaws.com/") for name, value in variables.items()
    }
    clear_caches()
    try:
        yield AwsEnvironment(resources)
    finally:
        os.environ.clear()
        os.environ |= before
        clear_caches()


def clear_caches() -> None:
    """Forgets every cached setting, client, store and worker, as in a new container."""
    settings.cache_clear()
    aws.client.cache_clear()
    for provider in vars(wiring).values():
        if hasattr(provider, "cache_clear"):
            provider.cache_clear()
    render.worker.cache_clear()
    delivery.worker.cache_clear()
    sweep.sweeper.cache_clear()
