"""The stack that an admin command acts on: the local stack, or a stack on AWS."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local import aws, paths
from local.emulator import Emulator, running_at
from local.resources import create_resources
from local.template import Template


class TargetError(Exception):
    """The stack cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """A stack's resources and its AWS clients.

    ``names`` has what ``!Ref`` returns for each resource, by logical id: a table's name, a queue's URL.
    ``client`` returns the boto3 client of a service.
    """

    names: Mapping[str, str]
    client: Callable[[str], Any]


@contextmanager
def local_stack(folder: Path = paths.STATE) -> Iterator[Target]:
    """The state that ``make dev`` keeps in ``folder``.

    If ``make dev`` is not running, an emulator runs for the length of the ``with``.
    Raises ``LocalStackError`` if the emulator does not start.
    """
    state = folder / "state"
    with ExitStack() as stack:
        yield emulated_stack(running_at(state) or stack.enter_context(Emulator(state_dir=state)).url)


def emulated_stack(url: str) -> Target:
    """The template's resources in the emulator at ``url``. Missing ones are created."""
    resources = create_resources(Template(paths.TEMPLATE), url)
    names = {logical_id: resource.ref for logical_id, resource in resources.items()}
    return Target(names, lambda service: aws.client(service, url))


@contextmanager
def deployed_stack(name: str, client: Callable[[str], Any] = boto3.client) -> Iterator[Target]:
    """The CloudFormation stack ``name`` on AWS. Raises ``TargetError`` if its resources cannot be listed."""
    try:
        pages = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
        names = {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for page in pages
            for each in page["StackResourceSummaries"]
            if "PhysicalResourceId" in each
        }
    except (BotoCoreError, ClientError) as error:
        raise TargetError(f"The resources of stack {name} cannot be listed: {error}") from error
    yield Target(names, client)
