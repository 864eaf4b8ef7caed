"""`python -m docs.generator`: rewrites what the documents have from the code; `--check` compares."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from docs.generator.blocks import refresh, stale_blocks

ROOT = Path(__file__).parent.parent.parent
LANGUAGES = ("en", "zh")


def documents() -> list[Path]:
    """Return every document, those of the site too."""
    pages = (page for language in LANGUAGES for page in (ROOT / "docs" / language).rglob("*.md"))
    return [*sorted(ROOT.glob("*.md")), *sorted(page for page in pages if page not in SITE)]


def _schema() -> str:
    from fauxlate.engine.grammar.model import schema

    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def _global_errors(language: str) -> str:
    from docs.generator.pages.errors import render_global_errors

    return render_global_errors(language)


FILES: Mapping[Path, Callable[[], str]] = {ROOT / "scenarios" / "scenario.schema.json": _schema}
"""Files that are generated as a whole: the schema that editors check scenarios against."""

SITE: Mapping[Path, Callable[[], str]] = {
    index.with_name("dingtalk-global.md"): partial(_global_errors, language)
    for language in LANGUAGES
    if (index := ROOT / "docs" / language / "reference" / "errors" / "index.md").exists()
}
"""Pages that are too large to be kept, and made for each build of the site."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the files, or with `--check` say which of their blocks are stale; returns the exit code."""
    parser = argparse.ArgumentParser("python -m docs.generator", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if anything is stale")
    parser.add_argument("--site", action="store_true", help="write the pages that only a build of the site needs")
    parser.add_argument("files", nargs="*", type=Path, help="documents to work on; all without any")
    options = parser.parse_args(arguments)
    if options.site:
        for path, render in SITE.items():
            path.write_text(render(), "utf-8")
        return 0
    stale = [] if options.files else _whole_files(check=options.check)
    for path in options.files or documents():
        text = path.read_text("utf-8")
        if options.check:
            stale += [f"{path.name}: the block `{name}`" for name in stale_blocks(text)]
        elif (fresh := refresh(text)) != text:
            path.write_text(fresh, "utf-8")
    for what in stale:
        sys.stderr.write(f"{what} is stale; `python -m docs.generator` rewrites it\n")
    return 1 if stale else 0


def _whole_files(*, check: bool) -> list[str]:
    stale = []
    for path, render in FILES.items():
        if not check:
            path.write_text(render(), "utf-8")
        elif not path.is_file() or path.read_text("utf-8") != render():
            stale.append(path.name)
    return stale
