"""CloudFormation's intrinsic functions, as the local stack resolves them."""

from pathlib import Path
from typing import Any

import pytest

from local.cloudformation import load, resolve, texts
from local.errors import LocalStackError


class Names:
    """A scope with one parameter, one resource and two conditions."""

    def ref(self, name: str) -> Any:
        return {"Stage": "local", "Table": "the-table", "Origins": ["a", "b"]}[name]

    def attribute(self, logical_id: str, name: str) -> Any:
        return f"{logical_id}'s {name}"

    def condition(self, name: str) -> bool:
        return name == "IsLocal"


def read(tmp_path: Path, yaml: str) -> Any:
    path = tmp_path / "template.yaml"
    path.write_text(f"Value: {yaml}\n")
    return load(path)["Value"]


@pytest.mark.parametrize(
    ("yaml", "value"),
    [
        ("!Ref Stage", "local"),
        ("!GetAtt Queue.Arn", "Queue's Arn"),
        ("!GetAtt [Queue, Arn]", "Queue's Arn"),
        ('!Sub "${Stage}/${Queue.Arn}/${!Literal}"', "local/Queue's Arn/${Literal}"),
        ('!Sub ["${A}-${Stage}", {A: !Ref Table}]', "the-table-local"),
        ("!If [IsLocal, yes-it-is, no]", "yes-it-is"),
        ("!If [IsProd, 1, !Ref Stage]", "local"),
        ('!Join ["-", [!Ref Stage, 1, true]]', "local-1-true"),
        ('!Select [1, !Split [",", "a,b"]]', "b"),
        ("!Not [!Equals [!Ref Stage, prod]]", True),
        ("!And [{Condition: IsLocal}, {Condition: IsProd}]", False),
        ("[1, !Ref AWS::NoValue, 2]", [1, 2]),
        ("{a: !Ref AWS::NoValue, b: 1}", {"b": 1}),
        ("2012-10-17", "2012-10-17"),
    ],
)
def test_an_intrinsic_becomes_its_value(tmp_path: Path, yaml: str, value: Any) -> None:
    assert resolve(read(tmp_path, yaml), Names()) == value


def test_an_unknown_intrinsic_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocalStackError, match="Fn::Cidr"):
        resolve(read(tmp_path, "!Cidr [a, b]"), Names())


def test_environment_variables_are_text() -> None:
    assert texts({"A": True, "B": 7, "C": ["x", "y"]}) == {"A": "true", "B": "7", "C": "x,y"}
