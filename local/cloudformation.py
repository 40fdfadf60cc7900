"""Reads CloudFormation's YAML and resolves its intrinsic functions.

``load`` turns short forms into long ones (``!Ref X`` into ``{"Ref": "X"}``); ``resolve`` replaces those by values.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import yaml

from local.errors import LocalStackError

NO_VALUE: Final = object()
"""The value of ``!Ref AWS::NoValue``. The property that has it is removed."""

_NAMES_WITHOUT_PREFIX: Final = {"Ref": "Ref", "Condition": "Condition"}
_PLACEHOLDER: Final = re.compile(r"\$\{(!?)([^}]+)\}")


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags. Dates are strings, as in CloudFormation."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML reads this class attribute
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _intrinsic(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    argument: Any
    if isinstance(node, yaml.ScalarNode):
        argument = loader.construct_scalar(node)
        if name == "GetAtt":
            argument = argument.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        argument = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        argument = loader.construct_mapping(node, deep=True)
    return {_NAMES_WITHOUT_PREFIX.get(name, f"Fn::{name}"): argument}


_Loader.add_multi_constructor("!", _intrinsic)


def load(path: Path) -> dict[str, Any]:
    """The template as plain data, with every intrinsic function in its long form."""
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    if not isinstance(document, dict):
        raise LocalStackError(f"{path.name} is not a CloudFormation template.")
    return document


class Scope(Protocol):
    """Resolves names. Every method raises ``LocalStackError`` for an unknown name."""

    def ref(self, name: str) -> Any:
        """The value of ``!Ref``."""

    def attribute(self, logical_id: str, name: str) -> Any:
        """The value of ``!GetAtt``."""

    def condition(self, name: str) -> bool:
        """Whether the condition is true."""


def resolve(value: Any, scope: Scope) -> Any:
    """``value`` with every intrinsic function replaced by its result. Raises ``LocalStackError`` for an unknown one."""
    if isinstance(value, list):
        return [item for each in value if (item := resolve(each, scope)) is not NO_VALUE]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        name, argument = next(iter(value.items()))
        if name in ("Ref", "Condition") or str(name).startswith("Fn::"):
            return _call(name, argument, scope)
    return {key: item for key, each in value.items() if (item := resolve(each, scope)) is not NO_VALUE}


def _call(name: str, argument: Any, scope: Scope) -> Any:
    match name:
        case "Ref":
            return NO_VALUE if argument == "AWS::NoValue" else scope.ref(argument)
        case "Condition" if isinstance(argument, str):
            return scope.condition(argument)
        case "Condition":  # a policy statement has a key of this name too
            return {"Condition": resolve(argument, scope)}
        case "Fn::GetAtt":
            logical_id, attribute = argument
            return scope.attribute(logical_id, resolve(attribute, scope))
        case "Fn::Sub":
            return _substitute(argument, scope)
        case "Fn::If":
            condition, then, otherwise = argument
            return resolve(then if scope.condition(condition) else otherwise, scope)
        case "Fn::Join":
            separator, parts = argument
            return str(separator).join(_text(part) for part in resolve(parts, scope))
        case "Fn::Split":
            separator, text = argument
            return _text(resolve(text, scope)).split(separator)
        case "Fn::Select":
            index, items = argument
            return resolve(items, scope)[int(resolve(index, scope))]
        case "Fn::Equals":
            left, right = resolve(argument, scope)
            return _text(left) == _text(right)
        case "Fn::Not":
            return not resolve(argument, scope)[0]
        case "Fn::And":
            return all(resolve(argument, scope))
        case "Fn::Or":
            return any(resolve(argument, scope))
    raise LocalStackError(
        f"The template uses {name}, which the local stack does not support: add it to local/cloudformation.py."
    )


def _substitute(argument: Any, scope: Scope) -> str:
    template, variables = argument if isinstance(argument, list) else (argument, {})

    def replacement(match: re.Match[str]) -> str:
        literal, name = match[1], match[2].strip()
        if literal:
            return f"${{{name}}}"
        if name in variables:
            return _text(resolve(variables[name], scope))
        logical_id, dot, attribute = name.partition(".")
        return _text(scope.attribute(logical_id, attribute) if dot else scope.ref(name))

    return _PLACEHOLDER.sub(replacement, template)


def _text(value: Any) -> str:
    """A value as CloudFormation writes it into a string."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value)


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Environment variables, with every value as a string."""
    return {name: _text(value) for name, value in values.items()}
