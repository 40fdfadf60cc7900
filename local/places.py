"""Where an admin command works: the state that ``make dev`` keeps, or a stack on AWS."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local import aws, paths
from local.emulator import Emulator, running_at
from local.errors import LocalStackError
from local.resources import create_resources
from local.template import Template


@dataclass(frozen=True, slots=True)
class Place:
    """``names`` has what ``!Ref`` gives of each resource, by logical id; ``client`` a boto3 client of a service."""

    names: Mapping[str, str]
    client: Callable[[str], Any]


@contextmanager
def on_this_machine(folder: Path = paths.STATE) -> Iterator[Place]:
    """The kept state of ``make dev``, whether that runs or not."""
    state = folder / "state"
    with ExitStack() as stack:
        yield emulated(running_at(state) or stack.enter_context(Emulator(state_dir=state)).url)


def emulated(url: str) -> Place:
    resources = create_resources(Template(paths.TEMPLATE), url)
    return Place({name: made.ref for name, made in resources.items()}, lambda service: aws.client(service, url))


def on_aws(stack: str, client: Callable[[str], Any]) -> Place:
    """A deployed stack; ``client`` makes clients by whatever credentials. Raises ``LocalStackError``."""
    try:
        pages = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
        names = {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for page in pages
            for each in page["StackResourceSummaries"]
            if "PhysicalResourceId" in each
        }
    except (BotoCoreError, ClientError) as error:
        raise LocalStackError(f"The stack {stack} cannot be read: {error}") from error
    return Place(names, client)
