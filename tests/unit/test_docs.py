"""The pages for people agree with the repository: links, quoted log lines, and the words of the glossary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "layers" / "common" / "renderiq"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").glob("*.md")])
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
CODE = "\n".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py"))
BODY_SUFFIX = re.compile(r"(In|Query|Out|Page|List|Accepted|Created|Deleted|Revoked|Registered|Rotated|Answer)$")


def links(page: Path) -> set[str]:
    text = page.read_text(encoding="utf-8")
    inline = re.findall(r"\]\(([^)\s]+)\)", text)
    references = re.findall(r"^\[[^\]]+\]: (\S+)$", text, re.MULTILINE)
    return {link for link in [*inline, *references] if "://" not in link}


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def public_classes() -> Iterator[str]:
    for file in PACKAGE.rglob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            is_body = file.parent.name == "models" and isinstance(node, ast.ClassDef) and BODY_SUFFIX.search(node.name)
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not is_body:
                yield node.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert not broken


def test_every_log_line_that_operators_search_for_is_in_the_code() -> None:
    quoted = re.findall(r"`([a-zA-Z]+(?: [a-zA-Z]+)+)`", OPERATIONS)
    lines = [line for line in quoted if not line.startswith(("make ", "aws "))]

    assert lines
    assert [line for line in lines if f'"{line}"' not in CODE] == []


def test_every_path_of_the_map_exists() -> None:
    named = re.findall(
        r"^\| ((?:`[\w./]+`(?:, )?)+) \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    paths = [path for row in named for path in re.findall(r"`([^`]+)`", row)]

    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_glossary_has_every_public_class() -> None:
    words = set(re.findall(r"`(\w+)`", GLOSSARY))

    assert sorted(set(public_classes()) - words) == []
