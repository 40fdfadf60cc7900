"""Emulated AWS with the resources of template.yaml, and this process configured to use them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any, Protocol

import boto3

from admin.targets import Target
from local.aws import CREDENTIALS
from local.fast_forward import backdate
from local.provisioners import Resource
from local.resources import create_resources, environment
from local.template import Template
from renderiq.settings import settings
from renderiq.stores import aws
from renderiq.stores.items import Item, from_attributes, to_attributes
from renderiq.workers import account, delivery, render, sweep
from tests.support import wiring
from tests.support.paths import ROOT


class _HasUserId(Protocol):
    @property
    def user_id(self) -> str: ...


PUBLIC_URL = "https://api.example.com"


@dataclass
class AwsEnvironment:
    """Resources by their logical ids in template.yaml."""

    resources: Mapping[str, Resource]
    _keys: dict[str, list[str]] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """Returns the boto3 client that the code under test uses too."""
        return aws.client(service)

    @property
    def target(self) -> Target:
        """The resources as commands of ``local`` take them."""
        return Target({name: resource.ref for name, resource in self.resources.items()}, self.client)

    def items(self, table: str) -> list[Item]:
        """Returns every item of a table."""
        return self._read("scan", table)

    def items_of(self, table: str, user: _HasUserId) -> list[Item]:
        """Returns the items of a table that have the user's id as ``userId``."""
        values = to_attributes({":user": user.user_id})
        condition = {"ExpressionAttributeValues": values}
        # A query reads the user's items only, where a scan would read those of every test of the module.
        if self._key_attributes(table)[0] == "userId":
            return self._read("query", table, KeyConditionExpression="userId = :user", **condition)
        return self._read("scan", table, FilterExpression="userId = :user", **condition)

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
        backdate(self.client("dynamodb"), *(self.resources[table].ref for table in tables), by=by)

    def empty(self, *tables: str) -> None:
        """Deletes every item of these tables."""
        for table in tables:
            for item in self.items(table):
                self.client("dynamodb").delete_item(**self._key(table, item))

    def _key(self, table: str, item: Item) -> dict[str, Any]:
        key = {attribute: item[attribute] for attribute in self._key_attributes(table)}
        return {"TableName": self.resources[table].ref, "Key": to_attributes(key)}

    def _read(self, operation: str, table: str, **condition: Any) -> list[Item]:
        paginator = self.client("dynamodb").get_paginator(operation)
        pages = paginator.paginate(TableName=self.resources[table].ref, **condition)
        return [from_attributes(item) for page in pages for item in page["Items"]]

    def _key_attributes(self, table: str) -> list[str]:
        """The names of a table's partition key and, if it has one, sort key."""
        if table not in self._keys:
            schema = self.client("dynamodb").describe_table(TableName=self.resources[table].ref)["Table"]["KeySchema"]
            self._keys[table] = [key["AttributeName"] for key in sorted(schema, key=lambda key: key["KeyType"])]
        return self._keys[table]


@contextmanager
def aws_environment(endpoint_url: str | None, **parameters: str) -> Iterator[AwsEnvironment]:
    """Creates the template's resources at ``endpoint_url`` (None: moto) and sets this process's environment to them.

    ``parameters`` are parameters of template.yaml. The environment is as before at the end.
    """
    template = Template(
        ROOT / "template.yaml",
        {"AllowLoopbackUrls": "true", "EmulatorUrl": endpoint_url or "", "PublicUrl": PUBLIC_URL, **parameters},
    )
    os.environ |= {**CREDENTIALS, "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1"}
    boto3.DEFAULT_SESSION = _session()
    resources = create_resources(template, endpoint_url)  # type: ignore[arg-type]  # None is moto's: AWS's own addresses
    before = dict(os.environ)
    variables: dict[str, str] = {}
    for function in template.functions:
        variables |= environment(template, function, resources)
    # a queue's URL begins with the endpoint's, and with moto there is no endpoint
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


@cache
def _session() -> boto3.Session:
    """Returns a session that outlives a module: it keeps the descriptions of services, which take long to read."""
    return boto3.Session()


def clear_caches() -> None:
    """Forgets every cached setting, client, store and worker, as in a new container."""
    settings.cache_clear()
    aws.client.cache_clear()
    for provider in vars(wiring).values():
        if hasattr(provider, "cache_clear"):
            provider.cache_clear()
    account.worker.cache_clear()
    render.worker.cache_clear()
    delivery.worker.cache_clear()
    sweep.sweeper.cache_clear()
