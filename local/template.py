"""Reads template.yaml: parameters, functions, routes, event source mappings, schedules.

The template is the only list of these.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from local import cloudformation
from local.errors import LocalStackError

ACCOUNT: Final = "000000000000"
REGION: Final = "us-east-1"
STACK_NAME: Final = "renderiq-local"

_PSEUDO: Final = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": STACK_NAME,
    "AWS::URLSuffix": "amazonaws.com",
}


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the HTTP API. The path ``$default`` matches every request that no other route matches."""

    method: str
    path: str

    @property
    def key(self) -> str:
        """The route key, such as ``GET /renders``."""
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class QueueSource:
    """An SQS event source mapping; ``queue`` is the queue's logical id."""

    queue: str
    batch_size: int
    reports_item_failures: bool
    maximum_concurrency: int


@dataclass(frozen=True, slots=True)
class StreamSource:
    """An event source mapping of a table's stream, from its oldest record; ``table`` is the table's logical id."""

    table: str
    batch_size: int
    reports_item_failures: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """An EventBridge schedule such as ``rate(1 minute)``; ``payload`` is its Input, or None."""

    name: str
    expression: str
    payload: str | None


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function. ``timeout`` is in seconds, ``memory`` in MB."""

    logical_id: str
    folder: Path
    handler: str
    timeout: int
    memory: int
    routes: tuple[Route, ...]
    queues: tuple[QueueSource, ...]
    streams: tuple[StreamSource, ...]
    schedules: tuple[Schedule, ...]


class Template:
    """A SAM template and the values of its parameters. Paths in it are relative to its own folder.

    Raises ``LocalStackError`` for a value of a parameter that the template does not declare.
    """

    def __init__(self, path: Path, parameters: Mapping[str, str] | None = None) -> None:
        self.root = path.resolve().parent
        self._document = cloudformation.load(path)
        self._given = dict(parameters or {})
        if unknown := self._given.keys() - self._document.get("Parameters", {}).keys():
            raise LocalStackError(f"{path.name} has no parameter {', '.join(sorted(unknown))}.")

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Every parameter's value, by name: the given one or the default.

        Raises ``LocalStackError`` if a value is missing or not allowed.
        """
        return {
            name: _parameter(name, declared, self._given)
            for name, declared in self._document.get("Parameters", {}).items()
        }

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Resources by logical id, unresolved, without those whose condition is false."""
        scope = ParameterScope(self)
        return {
            logical_id: resource
            for logical_id, resource in self._document["Resources"].items()
            if "Condition" not in resource or scope.condition(resource["Condition"])
        }

    @property
    def conditions(self) -> dict[str, Any]:
        """Conditions by name, unresolved."""
        return dict(self._document.get("Conditions", {}))

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Every function by logical id."""
        return {
            logical_id: self._function(logical_id)
            for logical_id, resource in self.resources.items()
            if resource["Type"] == "AWS::Serverless::Function"
        }

    @cached_property
    def cors(self) -> dict[str, Any]:
        """The HTTP API's CorsConfiguration; empty if it has none."""
        properties: dict[str, Any] = self._globals("HttpApi")
        for resource in self.resources.values():
            if resource["Type"] == "AWS::Serverless::HttpApi":
                properties = {**properties, **resource.get("Properties", {})}
        return dict(cloudformation.resolve(properties.get("CorsConfiguration", {}), ParameterScope(self)))

    @cached_property
    def layers(self) -> tuple[Path, ...]:
        """The folders of the layers. Each is on every function's import path."""
        return tuple(
            self.root / resource["Properties"]["ContentUri"]
            for resource in self.resources.values()
            if resource["Type"] == "AWS::Serverless::LayerVersion"
        )

    def variables(self, function: str) -> dict[str, Any]:
        """A function's environment variables, unresolved: those of Globals and its own."""
        own = self.resources[function]["Properties"]
        return {**_variables(self._globals("Function")), **_variables(own)}

    def _globals(self, kind: str) -> dict[str, Any]:
        return dict(self._document.get("Globals", {}).get(kind, {}))

    def _function(self, logical_id: str) -> Function:
        properties = {**self._globals("Function"), **self.resources[logical_id].get("Properties", {})}
        events = dict(self._events(properties.get("Events", {})))
        return Function(
            logical_id=logical_id,
            folder=_folder(properties),
            handler=_handler(properties),
            timeout=int(self._resolve(properties.get("Timeout", 3))),
            memory=int(self._resolve(properties.get("MemorySize", 128))),
            routes=tuple(event for event in events.values() if isinstance(event, Route)),
            queues=tuple(event for event in events.values() if isinstance(event, QueueSource)),
            streams=tuple(event for event in events.values() if isinstance(event, StreamSource)),
            schedules=tuple(event for event in events.values() if isinstance(event, Schedule)),
        )

    def _events(self, events: Mapping[str, Any]) -> Iterator[tuple[str, Route | QueueSource | StreamSource | Schedule]]:
        for name, event in events.items():
            properties = event.get("Properties", {})
            match event["Type"]:
                case "HttpApi":
                    yield name, Route(properties.get("Method", "ANY").upper(), properties.get("Path", "$default"))
                case "SQS":
                    yield name, self._queue_source(name, properties)
                case "DynamoDB":
                    yield name, self._stream_source(name, properties)
                case "Schedule" | "ScheduleV2":
                    expression = self._resolve(properties.get("Schedule", properties.get("ScheduleExpression")))
                    yield name, Schedule(name, expression, properties.get("Input"))
                case other:
                    raise LocalStackError(f"The local stack does not support {other} events ({name}).")

    def _queue_source(self, name: str, properties: Mapping[str, Any]) -> QueueSource:
        match properties["Queue"]:
            case {"Fn::GetAtt": [str(queue), "Arn"]}:
                return QueueSource(
                    queue=queue,
                    batch_size=int(self._resolve(properties.get("BatchSize", 10))),
                    reports_item_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", ()),
                    maximum_concurrency=int(properties.get("ScalingConfig", {}).get("MaximumConcurrency", 1000)),
                )
        raise LocalStackError(f"The queue of event {name} is not a !GetAtt of a queue in the template.")

    def _stream_source(self, name: str, properties: Mapping[str, Any]) -> StreamSource:
        match properties:
            case {"Stream": {"Fn::GetAtt": [str(table), "StreamArn"]}, "StartingPosition": "TRIM_HORIZON"}:
                return StreamSource(
                    table=table,
                    batch_size=int(self._resolve(properties.get("BatchSize", 100))),
                    reports_item_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", ()),
                )
        raise LocalStackError(f"The stream of event {name} is not that of a table in the template, from its beginning.")

    def _resolve(self, value: Any) -> Any:
        return cloudformation.resolve(value, ParameterScope(self))


def _folder(properties: Mapping[str, Any]) -> Path:
    """The folder of a function. That of one in an image follows from its command, ``functions.name.app.handler``."""
    if "CodeUri" in properties:
        return Path(properties["CodeUri"])
    return Path(*properties["ImageConfig"]["Command"][0].split(".")[:-2])


def _handler(properties: Mapping[str, Any]) -> str:
    """The module of a function and its handler in it, as ``app.lambda_handler``."""
    if "CodeUri" in properties:
        return str(properties["Handler"])
    return ".".join(properties["ImageConfig"]["Command"][0].split(".")[-2:])


class ParameterScope:
    """Resolves parameters, pseudo parameters and conditions, but no resources."""

    def __init__(self, template: Template) -> None:
        self._template = template

    def ref(self, name: str) -> Any:
        """The value of ``!Ref``."""
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self._template.parameters:
            return self._template.parameters[name]
        raise LocalStackError(f"The template refers to {name}, which the local stack does not have.")

    def attribute(self, logical_id: str, name: str) -> Any:
        """The value of ``!GetAtt``."""
        raise LocalStackError(f"The template refers to {logical_id}.{name}, which the local stack does not have.")

    def condition(self, name: str) -> bool:
        """Whether the condition is true."""
        return bool(cloudformation.resolve(self._template.conditions[name], self))


def _parameter(name: str, declared: Mapping[str, Any], given: Mapping[str, str]) -> Any:
    if name not in given and "Default" not in declared:
        raise LocalStackError(f"The template's parameter {name} has no default; the local stack needs a value for it.")
    value = str(given.get(name, declared.get("Default")))
    allowed = [str(each) for each in declared.get("AllowedValues", [value])]
    if value not in allowed:
        raise LocalStackError(f"The template's parameter {name} must be one of {', '.join(allowed)}, not {value!r}.")
    if declared["Type"] in ("CommaDelimitedList", "List<String>"):
        return [part.strip() for part in value.split(",")]
    return value


def _variables(properties: Mapping[str, Any]) -> dict[str, Any]:
    return dict(properties.get("Environment", {}).get("Variables", {}))
