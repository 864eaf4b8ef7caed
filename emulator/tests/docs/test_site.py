"""The site: every page is in the navigation and two clicks away, links lead somewhere, and imports go by the front door."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fauxlate
import fauxlate.testing
import pytest
import yaml
from tests.docs.pages import README, ROOT, blocks, pages

from docs.generator import command

DOCS = ROOT / "docs"
LANGUAGES = command.LANGUAGES
SAMPLE = ROOT / "contract_tests" / "sample_project"
_LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def site_pages(language: str) -> set[Path]:
    written = set((DOCS / language).rglob("*.md"))
    return written | {path for path in command.SITE if path.is_relative_to(DOCS / language)}


def links(path: Path) -> list[str]:
    text = command.SITE[path]() if path in command.SITE else path.read_text("utf-8")
    return _LINK.findall(_FENCED.sub("`code`", text))


def linked(path: Path) -> Iterator[Path]:
    """Give the files in the repository that a page links to."""
    for link in links(path):
        if "://" not in link and not link.startswith("#"):
            yield (path.parent / link.partition("#")[0]).resolve()


def navigation(language: str) -> list[str]:
    def leaves(node: Any) -> Iterator[str]:
        if isinstance(node, str):
            yield node
        elif isinstance(node, list | dict):
            for inner in node if isinstance(node, list) else node.values():
                yield from leaves(inner)

    return list(leaves(yaml.safe_load((DOCS / f"{language}.yml").read_text("utf-8"))["nav"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_the_navigation_once(language: str) -> None:
    found = sorted(path.relative_to(DOCS / language).as_posix() for path in site_pages(language))
    listed = navigation(language)
    assert sorted(set(listed)) == found
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_reachable_from_the_front_page_in_two_clicks(language: str) -> None:
    front = DOCS / language / "index.md"
    one = set(linked(front))
    two = {page for path in one if path.suffix == ".md" for page in linked(path)}
    assert {path.relative_to(DOCS).as_posix() for path in site_pages(language) - {front} - one - two} == set()


@pytest.mark.parametrize(
    "path", [*command.documents(), *command.SITE], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_every_link_in_the_repository_leads_to_a_file(path: Path) -> None:
    missing = [str(page) for page in linked(path) if not page.exists() and page not in command.SITE]
    assert missing == []


def test_each_language_links_to_the_other() -> None:
    base = yaml.safe_load((DOCS / "base.yml").read_text("utf-8"))
    assert {entry["link"] for entry in base["extra"]["alternate"]} == {f"../{language}/" for language in LANGUAGES}
    front = (DOCS / "root" / "index.html").read_text("utf-8")
    assert all(f'href="{language}/"' in front for language in LANGUAGES)


def test_nothing_is_fetched_at_run_time() -> None:
    base = yaml.safe_load((DOCS / "base.yml").read_text("utf-8"))
    assert base["theme"]["font"] is False
    assert not {"extra_css", "extra_javascript"} & base.keys()
    texts = [path.read_text("utf-8") for language in LANGUAGES for path in (DOCS / language).rglob("*.md")]
    assert not any("```mermaid" in text or "<script" in text or "![" in text for text in texts)


def test_the_list_for_language_models_names_pages_that_are_there() -> None:
    addresses = re.findall(r"\]\(([^)]+)\)", (DOCS / "root" / "llms.txt").read_text("utf-8"))
    assert addresses
    for address in addresses:
        language, _, page = address.strip("/").partition("/")
        source = DOCS / language
        assert (source / f"{page}.md").exists() or (source / page / "index.md").exists(), address


# the front door


def imports(text: str) -> Iterator[tuple[str, str]]:
    """Give module and name of everything that is imported from Fauxlate."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "fauxlate":
            for name in node.names:
                yield str(node.module), name.name
        elif isinstance(node, ast.Import):
            for name in node.names:
                if name.name.split(".")[0] == "fauxlate":
                    yield name.name, ""


CODE = [
    (f"{path.relative_to(ROOT).as_posix()}:{block.line}", block.text)
    for path in [*pages(), *(DOCS / "zh").rglob("*.md")]
    for block in blocks(path.read_text("utf-8"))
    if block.language == "python"
] + [(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in SAMPLE.rglob("*.py")]


@pytest.mark.parametrize("text", [pytest.param(text, id=where) for where, text in CODE if "fauxlate" in text])
def test_documents_and_the_sample_project_import_by_the_front_door(text: str) -> None:
    for module, name in imports(text):
        assert module in ("fauxlate", "fauxlate.testing"), f"{module} is not for users"
        offered = fauxlate.__all__ if module == "fauxlate" else fauxlate.testing.__all__
        assert not name or name in offered, f"{module} does not offer {name}"


def test_no_document_names_this_machine() -> None:
    texts = {path: path.read_text("utf-8") for path in [README, *command.documents()]}
    folders = {str(ROOT), str(Path.home())} - {"/"}
    assert [path.name for path, text in texts.items() if any(folder in text for folder in folders)] == []
