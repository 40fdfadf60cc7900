"""Trims an installed layer to what runs on Lambda, and checks its size: `python3.13 trim.py FOLDER`.

Every cold start pays for what is loaded and imported. After trimming, renderiq cannot use operations of AWS that are
not in ``aws_models.OPERATIONS``, Powertools, of which only Swagger UI is kept, or images other than PNG, JPEG or WebP.
"""

import shutil
import sys
from pathlib import Path

from aws_models import trim_botocore

BUDGET_MB = 36

UNUSED = (
    "bin",
    "**/*.pyi",
    "**/py.typed",
    "*.dist-info/RECORD",
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


def remove(path: Path) -> None:
    """Deletes a file or a folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def stub_docs(docs: Path) -> None:
    """Replaces the code that writes the documentation of its methods by a stub."""
    for page in docs.iterdir():
        if page.name != "utils.py":
            remove(page)
    (docs / "__init__.py").touch()
    (docs / "docstring.py").write_text(DOCSTRING_STUB)


def keep_only(package: Path, *patterns: str) -> None:
    """Deletes every file of a package that no pattern names. Its ``__init__`` imports nothing any more."""
    kept = {path for pattern in patterns for path in package.glob(pattern)}
    for path in package.rglob("*"):
        if path.is_file() and path not in kept:
            path.unlink()
    (package / "__init__.py").write_text("")


def megabytes(folder: Path) -> float:
    """Returns the size of all files but compiled ones, in MB."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc") / 2**20


def main(layer: Path) -> None:
    """Trims the layer. Exits with a message if it is larger than its budget."""
    for pattern in UNUSED:
        for path in list(layer.glob(pattern)):
            remove(path)
    trim_botocore(layer / "botocore")
    stub_docs(layer / "botocore" / "docs")
    keep_only(layer / "aws_lambda_powertools", "__init__.py", "event_handler/openapi/swagger_ui/*")
    size = megabytes(layer)
    if size > BUDGET_MB:
        sys.exit(f"✗ The common layer is {size:.1f} MB unzipped; its budget is {BUDGET_MB} MB (layers/common/trim.py).")
    print(f"common layer: {size:.1f} MB of {BUDGET_MB} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
