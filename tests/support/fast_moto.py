"""Makes moto's DynamoDB faster, with the same results.

moto reads an expression anew at each call, although the stores have few of them. It asks abstract classes about each
node of an expression. It looks for each of an attribute value's ten possible types under several names. It copies whole
tables before a transaction. Here an expression is read once, a class is asked once, a value is taken as it is, and the
copy of a table shares the items that the transaction does not name.
"""

from __future__ import annotations

from collections import defaultdict
from copy import copy, deepcopy
from functools import cache
from typing import Any, Final

from moto.core import responses, utils
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.comparisons import AttributeValue, ConditionExpressionParser
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node  # type: ignore[attr-defined]  # moto types it not
from moto.dynamodb.parsing.expressions import UpdateExpressionParser  # type: ignore[attr-defined]  # nor this

_CONTAINERS: Final = frozenset({"L", "M", "SS", "NS", "BS"})
_PLAIN: Final = frozenset({"S", "B", "BOOL"})

_convert: Final[Any] = DynamoType.cast_value
_copy_container: Final[Any] = DynamoType.__deepcopy__
_operand: Final[Any] = ConditionExpressionParser._make_operand
_parse: Final[Any] = ConditionExpressionParser.parse
_pick: Final[Any] = ResponseSerializer.get_value
_transact: Final[Any] = DynamoDBBackend.transact_write_items

_keys_of_transaction: Final[dict[str, list[Any]]] = {}


def install() -> None:
    """Replaces moto's slow functions in this process."""
    patches: dict[Any, dict[str, Any]] = {
        responses: {"method_names_from_class": cache(utils.method_names_from_class)},
        ConditionExpressionParser: {"parse": _parse_condition, "_make_operand": _make_operand},
        UpdateExpressionParser: {"make": staticmethod(cache(UpdateExpressionParser.make))},
        Node: {"__deepcopy__": _copy_node},
        DepthFirstTraverser: {"traverse": _traverse},
        DynamoType: {"__deepcopy__": _copy_value, "cast_value": property(_cast_value)},
        Item: {"__deepcopy__": _copy_item},
        Table: {"__deepcopy__": _copy_table},
        DynamoDBBackend: {"transact_write_items": _transact_write_items},
        ResponseSerializer: {"get_value": _get_value},
    }
    for patched, functions in patches.items():
        for name, function in functions.items():
            setattr(patched, name, function)


def _parse_condition(parser: Any) -> Any:
    if not parser.condition_expression:
        return _parse(parser)
    names = parser.expression_attribute_names or {}
    tree, found_names, found_values = _parsed(parser.condition_expression, tuple(names.items()))
    if missing := [name for name in found_values if name not in (parser.expression_attribute_values or {})]:
        raise KeyError(missing[0])
    parser.expr_attr_names_found.extend(found_names)
    parser.expr_attr_values_found.extend(found_values)
    return parser._make_op_condition(tree)


@cache
def _parsed(expression: str, names: tuple[tuple[str, str], ...]) -> tuple[Any, list[str], list[str]]:
    """Returns the tree of a condition, with the names of values in place of values, and the names in it."""
    trees: list[Any] = []
    parser: Any = ConditionExpressionParser(expression, dict(names), None)
    parser._lookup_expression_attribute_value = lambda name: name
    parser._make_op_condition = trees.append
    _parse(parser)
    return trees[0], parser.expr_attr_names_found, parser.expr_attr_values_found


def _make_operand(parser: Any, node: Any) -> Any:
    if node.kind == ConditionExpressionParser.Kind.EXPRESSION_ATTRIBUTE_VALUE:
        return AttributeValue(parser.expression_attribute_values[node.text])
    return _operand(parser, node)


def _copy_node(node: Any, _memo: dict[int, Any]) -> Any:
    """Copies a part of an expression that ``UpdateExpressionParser`` has made: it has nodes and texts in it."""
    copied = copy(node)
    if node.children is not None:
        copied.children = [_copy_node(child, _memo) if isinstance(child, Node) else child for child in node.children]
        for child in copied.children:
            if isinstance(child, Node):
                child.parent = copied
    return copied


@cache
def _is_node(kind: Any) -> bool:
    return issubclass(kind, Node)


@cache
def _is_one_of(kind: Any, kinds: tuple[Any, ...]) -> bool:
    return issubclass(kind, kinds)


def _traverse(traverser: Any, root: Any) -> Any:
    kinds, before_child, process = (
        traverser.nodes_to_be_processed(),
        traverser.pre_processing_of_child,
        traverser.process,
    )

    def visit(node: Any, child_id: int) -> Any:
        kind: Any = type(node)
        if not _is_node(kind):
            return node
        parent = node.parent
        for index, child in enumerate(node.children or ()):
            before_child(node, index)
            visit(child, index)
        if _is_one_of(kind, kinds):
            node = process(node)
            node.parent = parent
            if parent:
                parent.children[child_id] = node
        return node

    return visit(root, -1)


def _cast_value(value: Any) -> Any:
    return value.value if value.type in _PLAIN else _convert.fget(value)


def _copy_value(value: Any, memo: dict[int, Any]) -> Any:
    if value.type in _CONTAINERS:
        return _copy_container(value, memo)
    return copy(value)


def _copy_item(item: Any, memo: dict[int, Any]) -> Any:
    copied = copy(item)  # the same keys: nothing changes them
    copied.attrs = LimitedSizeDict()
    for name, value in item.attrs.items():
        dict.__setitem__(copied.attrs, name, _copy_value(value, memo))
    return copied


def _copy_table(table: Any, memo: dict[int, Any]) -> Any:
    """Copies a table as far as the transaction can change it."""
    copied = copy(table)
    copied.items = defaultdict(dict)
    for hash_key, found in table.items.items():
        copied.items[hash_key] = found if isinstance(found, Item) else dict(found)
    for key in _keys_of_transaction[table.name]:
        hash_key = DynamoType(key[table.hash_key_attr])
        if table.range_key_attr is None and hash_key in table.items:
            copied.items[hash_key] = deepcopy(table.items[hash_key], memo)
        elif hash_key in table.items:
            range_key = DynamoType(key[table.range_key_attr])
            if range_key in table.items[hash_key]:
                copied.items[hash_key][range_key] = deepcopy(table.items[hash_key][range_key], memo)
    return copied


def _transact_write_items(backend: Any, transact_items: list[dict[str, Any]]) -> None:
    _keys_of_transaction.clear()
    for item in transact_items:
        (operation,) = item.values()
        _keys_of_transaction.setdefault(operation["TableName"], []).append(operation.get("Key") or operation["Item"])
    _transact(backend, transact_items)


def _get_value(serializer: Any, value: Any, key: str, shape: Any) -> Any:
    if type(value) is dict and shape.parent.name == "AttributeValue":
        return value.get(key)
    return _pick(serializer, value, key, shape)
