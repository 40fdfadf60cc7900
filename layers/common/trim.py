"""Trims an installed layer to what runs on Lambda, and checks its size: `python3.13 trim.py FOLDER`.

Every cold start pays for what is loaded and imported. After trimming, renderiq cannot use `boto3.resource`, services
that are not in SERVICES, or images that are not PNG, JPEG or WebP.
"""

import ast
import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import Any

BUDGET_MB = 36

# The only AWS services that renderiq talks to: another one is UnknownServiceError until it is added here.
SERVICES = {"bedrock-runtime", "cognito-idp", "dynamodb", "s3", "secretsmanager", "sqs"}

UNUSED = (
    "bin",
    "**/*.pyi",
    "**/py.typed",
    "*.dist-info/RECORD",
    "boto3/data",
    "boto3/examples",
    "botocore/data/*/*/examples-1.json",
    # fonts, colour profiles, AVIF and Tk, each with the libraries that only it links to
    "PIL/_imagingft.*",
    "PIL/_imagingcms.*",
    "PIL/_imagingtk.*",
    "PIL/_avif.*",
    "pillow.libs/libavif-*",
    "pillow.libs/libbrotli*",
    "pillow.libs/libfreetype-*",
    "pillow.libs/libharfbuzz-*",
    "pillow.libs/liblcms2-*",
    "pillow.libs/libpng16-*",
)

# Packages whose __init__ imports every sibling, although a function uses only one or two of them.
EAGER = (
    "aws_lambda_powertools/event_handler",
    "aws_lambda_powertools/utilities/batch",
    "aws_lambda_powertools/utilities/data_classes",
)

DOCSTRING_STUB = '''\
class LazyLoadedDocstring(str):
    """Stands where botocore would write a method's documentation."""

    def __new__(cls, *args, **kwargs):
        return super().__new__(cls)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return LazyLoadedDocstring
'''

LAZY_INIT = """\
import importlib

_HOMES = {homes!r}


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    value = globals()[name] = getattr(importlib.import_module(_HOMES[name], __name__), name)
    return value
"""


def remove(path: Path) -> None:
    """Deletes a file or a folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def keep_services(botocore_data: Path) -> None:
    """Deletes the data of services that are not in ``SERVICES``, and the texts of the others."""
    for service in botocore_data.iterdir():
        if service.is_dir() and service.name not in SERVICES:
            remove(service)
    for model in botocore_data.glob("*/*/service-2.json.gz"):
        # mtime=0: the same input makes the same layer, so that an unchanged one is not deployed again
        model.write_bytes(
            gzip.compress(compact(undocumented(json.loads(gzip.decompress(model.read_bytes())))), mtime=0)
        )
    endpoints = botocore_data / "endpoints.json"
    known = json.loads(endpoints.read_bytes())
    for partition in known["partitions"]:
        partition["services"] = {name: at for name, at in partition["services"].items() if name in SERVICES}
    endpoints.write_bytes(compact(known))


def undocumented(model: Any) -> Any:
    """Returns the model of a service with empty texts. The keys stay, because botocore reads some of them."""
    if isinstance(model, list):
        return [undocumented(each) for each in model]
    if isinstance(model, dict):
        return {k: "" if k == "documentation" and isinstance(v, str) else undocumented(v) for k, v in model.items()}
    return model


def compact(document: Any) -> bytes:
    """Returns the document as JSON without spaces."""
    return json.dumps(document, separators=(",", ":")).encode()


def stub_docs(docs: Path) -> None:
    """Replaces the code that writes the documentation of boto3's methods by a stub."""
    for page in docs.iterdir():
        if page.name != "utils.py":
            remove(page)
    (docs / "__init__.py").touch()
    (docs / "docstring.py").write_text(DOCSTRING_STUB)


def make_lazy(layer: Path, package: str) -> None:
    """Makes a package import its names on first use (PEP 562).

    A name that is also the name of a submodule is still imported at once, because the submodule would shadow it.
    """
    init = layer / package / "__init__.py"
    _docstring, *statements = ast.parse(init.read_text()).body
    if not all(isinstance(statement, ast.ImportFrom | ast.Assign) for statement in statements):
        sys.exit(f"✗ {init} does more than import names: take it out of EAGER (layers/common/trim.py).")
    eager, lazy = [], {}
    for statement in statements:
        if isinstance(statement, ast.ImportFrom):
            home = "." * statement.level + (statement.module or "")
            for name in statement.names:
                if home.endswith(f".{name.name}"):
                    eager.append(f"from {home} import {name.name}\n")
                else:
                    lazy[name.name] = home
    init.write_text("".join(eager) + LAZY_INIT.format(homes=lazy))


def megabytes(folder: Path) -> float:
    """Returns the size of all files but compiled ones, in MB."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc") / 2**20


def main(layer: Path) -> None:
    """Trims the layer. Exits with a message if it is larger than its budget."""
    for pattern in UNUSED:
        for path in list(layer.glob(pattern)):
            remove(path)
    keep_services(layer / "botocore" / "data")
    stub_docs(layer / "botocore" / "docs")
    stub_docs(layer / "boto3" / "docs")
    for package in EAGER:
        make_lazy(layer, package)
    size = megabytes(layer)
    if size > BUDGET_MB:
        sys.exit(f"✗ The common layer is {size:.1f} MB unzipped; its budget is {BUDGET_MB} MB (layers/common/trim.py).")
    print(f"common layer: {size:.1f} MB of {BUDGET_MB} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
