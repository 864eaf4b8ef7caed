"""The parts of the documents that are made from the code: `python -m fauxlate.docs` rewrites, `--check` compares."""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from fauxlate.composition import PROVIDERS, new_world
from fauxlate.engine.grammar.model import schema
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.tables.lifecycles import Lifecycle
from fauxlate.engine.timing.durations import format_duration
from fauxlate.settings import DEFAULT_PORT, Settings
from fauxlate.snippets import PACKAGES, format_snippet

PACKAGE = Path(__file__).parent
ROOT = PACKAGE.parent.parent
README = ROOT / "README.md"
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
URL = f"http://127.0.0.1:{DEFAULT_PORT}"
"""Where the snippets in the README find the server."""
_BLOCK = re.compile(r"(?P<open><!-- generated: (?P<name>.+?) -->\n).*?(?P<end><!-- end -->)", re.DOTALL)


def rewritten(text: str) -> str:
    """Return `text` with every generated block made anew. Raises `ValueError` for a block that nothing makes."""
    return _BLOCK.sub(lambda block: f"{block['open']}{_made(block['name'])}{block['end']}", text)


def stale(text: str) -> list[str]:
    """Return the names of the blocks in `text` that are not as the code has them."""
    return [block["name"] for block in _BLOCK.finditer(text) if rewritten(block[0]) != block[0]]


def _made(name: str) -> str:
    if name not in BLOCKS:
        raise ValueError(f"`{name}` is not a block that is generated; there are {', '.join(BLOCKS)}")
    return BLOCKS[name]()


def _snippet(provider: str) -> str:
    here = new_world(Settings())
    here.base_url = URL
    told = here.environment(here.sandboxes.default)
    return f"```python\n{format_snippet(provider, told)}```\n"


def _operations() -> str:
    rows = (
        (provider.name, f"`{operation.name}`", _way(operation), _states(operation))
        for provider in PROVIDERS
        for operation in provider.operations
    )
    return _table(("Provider", "Operation", "Method and path", "States"), rows)


def _way(operation: Operation) -> str:
    by_action = ", chosen by action" if operation.action is not None else ""
    return f"{' or '.join(operation.methods)} `{operation.path}`{by_action}"


def _states(operation: Operation) -> str:
    if operation.lifecycle is None or operation.response is None:
        return ""
    return "creates the job" if operation.creates_job else "; ".join(_course(operation.lifecycle))


def _course(lifecycle: Lifecycle) -> Iterator[str]:
    """Give the way of a job that succeeds, the end of one that fails, and what is said once it is forgotten."""
    yield " → ".join(f"`{state.name}`" for state in lifecycle.course)
    if lifecycle.failed is not None:
        yield f"on failure `{lifecycle.failed.name}`"
    if lifecycle.gone is not None and lifecycle.kept is not None:
        yield f"{format_duration(lifecycle.kept)} later `{lifecycle.gone.name}`"


def _quirks() -> str:
    rows = (
        (f"`{quirk.name}`", quirk.about, ", ".join(f"`{choice.name}`" for choice in quirk.choices))
        for provider in PROVIDERS
        for quirk in provider.quirks
    )
    return _table(("Quirk", "What it decides", "Choices, the default first"), rows)


def _modules() -> str:
    """Make a table of the package: what each module says that it is. The folders of providers are all alike inside."""
    rows: list[tuple[str, str]] = []
    for path in sorted(PACKAGE.rglob("*.py"), key=lambda path: (path.parent.as_posix(), path.stem)):
        place = path.relative_to(PACKAGE)
        folder = place.name == "__init__.py"
        alike = place.parts[0] == "providers" and len(place.parts) > len(("providers", "alibaba")) and not folder
        told = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        if told and "tests" not in place.parts and not alike and place.parent.name + place.name != "__init__.py":
            rows.append((f"`{place.parent.as_posix()}/`" if folder else f"`{place.as_posix()}`", told.splitlines()[0]))
    return _table(("Module", "What it is"), rows)


def _faults() -> str:
    """Take over the table that `contract_tests/faults_seen.py` measures."""
    text = (ROOT / "docs" / "faults.md").read_text("utf-8")
    return text.partition("<!-- measured: contract_tests/faults_seen.py -->\n")[2].partition("<!-- end -->")[0]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


BLOCKS: Mapping[str, Callable[[], str]] = {
    **{f"snippet {provider}": partial(_snippet, provider) for provider in PACKAGES},
    "operations": _operations,
    "quirks": _quirks,
    "modules": _modules,
    "faults": _faults,
}
"""Every block by name, and what makes it."""


def _schema() -> str:
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


WHOLE: Mapping[Path, Callable[[], str]] = {ROOT / "scenarios" / "scenario.schema.json": _schema}
"""Files that are generated as a whole: the schema that editors check scenarios against."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the files, or with `--check` say which of their blocks are stale; returns the exit code."""
    parser = argparse.ArgumentParser("python -m fauxlate.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a block is stale")
    parser.add_argument("files", nargs="*", type=Path, default=[README, ARCHITECTURE], help="files to work on")
    asked = parser.parse_args(arguments)
    fault = 0
    for file, made in WHOLE.items():
        if not asked.check:
            file.write_text(made(), "utf-8")
        elif not file.is_file() or file.read_text("utf-8") != made():
            fault = 1
            sys.stderr.write(f"{file.name} is stale; `python -m fauxlate.docs` rewrites it\n")
    for file in asked.files:
        text = file.read_text("utf-8")
        if not asked.check:
            file.write_text(rewritten(text), "utf-8")
            continue
        for name in stale(text):
            fault = 1
            sys.stderr.write(f"{file.name}: the block `{name}` is stale; `python -m fauxlate.docs` rewrites it\n")
    return fault


if __name__ == "__main__":
    sys.exit(main())
