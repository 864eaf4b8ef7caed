"""A page as a story: its files are written, its commands and programs are run, and what they print is compared.

The rules, by language of a block:

- A block with a `title` is a file of that name. A later one of the same name replaces it.
- `python` without a title is a test file where it has tests, which have to pass, and a program to run otherwise.
- `yaml` without a title is a scenario, which has to be valid.
- `sh` is run line by line; `pip install` and `make` are only checked: the packages are installed, the target exists.
- `text` is what the block before it prints: its lines in this order, others between them; `…` stands for anything.
- Any other block wants a title. `<!-- not run: why -->` before a block leaves it out; `<!-- exits: 1 -->` expects that.

Where the page says 127.0.0.1:8585, the server of the story answers, at a port of its own.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from fauxlate.cli import main
from tests.docs.pages import ROOT, Block, blocks

BIN = Path(sys.executable).parent
_ADDRESS = "127.0.0.1:8585"
_SERVED = re.compile(r"127\.0\.0\.1:8585|fauxlate (wait|env)")
_SECONDS = re.compile(r"\b\d+\.\d+s\b")
_SHIM = """#!/bin/sh
case "$1" in env|wait) set -- "$@" --url "$STORY_URL";; esac
exec {fauxlate} "$@"
"""
NODE_MODULES = ROOT / "contract_tests" / "node" / "alimt-1.4.2" / "node_modules"

_PYTEST = (sys.executable, "-m", "pytest", "-q")
_AIOHTTP = ("-p", "pytest_asyncio.plugin", "-p", "pytest_aiohttp.plugin", "-o", "asyncio_mode=auto")


class Story:
    """The story of one page, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = _ADDRESS
        self._server: subprocess.Popen[str] | None = None
        self._printed = ""
        self._tests: list[str] = []
        shim = folder / ".bin" / "fauxlate"
        shim.parent.mkdir()
        shim.write_text(_SHIM.format(fauxlate=BIN / "fauxlate"), "utf-8")
        shim.chmod(0o755)
        (folder / ".env").touch()
        if NODE_MODULES.is_dir():
            (folder / "node_modules").symlink_to(NODE_MODULES)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def tell(self, text: str) -> None:
        """Run every block of a page."""
        for block in blocks(text):
            if block.not_run is None:
                self._tell(block)
        self._run_tests()

    def _tell(self, block: Block) -> None:
        where = f"line {block.line}"
        if block.language != "python":
            self._run_tests()
        if _SERVED.search(block.text) and self._server is None and not block.text.startswith("fauxlate serve"):
            self._serve()
        if block.title is not None:
            path = self.folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._moved(block.text), "utf-8")
        elif block.language == "python":
            self._python(block)
        elif block.language == "yaml":
            path = self.folder / "scenario-of-the-page.yaml"
            path.write_text(block.text, "utf-8")
            assert main(["check", str(path)]) == 0, f"{where}: no valid scenario"
        elif block.language == "sh":
            self._printed = "".join(self._shell(block))
        elif block.language == "text":
            self._compare(block)
        else:
            raise AssertionError(f"{where}: a block of `{block.language}` wants a title, or `<!-- not run: why -->`")

    def _moved(self, text: str) -> str:
        return text.replace(_ADDRESS, self.address)

    def _python(self, block: Block) -> None:
        is_test = "def test_" in block.text
        path = self.folder / (f"test_line_{block.line}.py" if is_test else f"line_{block.line}.py")
        path.write_text(self._moved(block.text), "utf-8")
        if is_test and block.exits:
            self._run_tests()
            self._printed = self._run([*_PYTEST, path.name], f"line {block.line}", block.exits)
        elif is_test:  # they are run together, as a start of pytest takes longer than they do
            self._tests.append(path.name)
        else:
            self._printed = self._run([sys.executable, path.name], f"line {block.line}")

    def _run_tests(self) -> None:
        if self._tests:
            is_async = any("aiohttp_client" in (self.folder / name).read_text("utf-8") for name in self._tests)
            plugins = _AIOHTTP if is_async else ()
            self._printed = self._run([*_PYTEST, *plugins, *self._tests], "the tests of the page")
            self._tests.clear()

    def _shell(self, block: Block) -> Iterator[str]:
        script: list[str] = []
        for line in block.text.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words[:2] == ["pip", "install"]:
                _check_packages(words[2:])
            elif words[:1] == ["make"]:
                _check_target(words[1])
            elif words[:2] == ["fauxlate", "serve"]:
                self._serve(*words[2:])
            elif words:
                script.append(line)
        if script:
            text = "\n".join(["set -e; . ./.env", self._moved("\n".join(script)), "export -p > .env"])
            yield self._run(["bash", "-c", text], f"line {block.line}", block.exits)

    def _run(self, command: list[str], what: str, exits: int = 0) -> str:
        environ = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        environ |= {
            "PATH": f"{self.folder / '.bin'}:{BIN}:{environ['PATH']}",
            "STORY_URL": f"http://{self.address}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # other plugins that happen to be here cost seconds
            "PYTEST_ADDOPTS": "-p fauxlate.pytest_plugin -p no:cacheprovider",
        }
        environ.pop("PYTEST_XDIST_WORKER", None)
        result = subprocess.run(
            command, cwd=self.folder, env=environ, capture_output=True, text=True, timeout=120, check=False
        )
        printed = result.stdout + result.stderr
        assert result.returncode == exits, f"{what}: exit code {result.returncode}\n{printed}"
        return printed

    def _compare(self, block: Block) -> None:
        lines = map(_normal, self._printed.replace(self.address, _ADDRESS).splitlines())
        for wanted in map(_normal, block.text.splitlines()):
            pattern = re.compile(".*".join(map(re.escape, wanted.split("…"))))
            assert any(pattern.fullmatch(line) for line in lines), (
                f"line {block.line}: `{wanted}` is not printed\n{self._printed}"
            )

    def _serve(self, *options: str) -> None:
        """Start the server of the story; a later one takes the place of an earlier one, at the same port."""
        port = self.address.rpartition(":")[2] if self._server is not None else "0"
        self._stop()
        options = tuple(option.replace(_ADDRESS, self.address) for option in options)
        command = [str(BIN / "fauxlate"), "serve", *options, "--port", port, "--quiet"]
        self._server = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, text=True)
        assert self._server.stdout is not None
        ready = self._server.stdout.readline()
        assert ready.startswith("ready "), f"`fauxlate serve {shlex.join(options)}` does not start"
        self.address = ready.split("//")[1].strip()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.communicate(timeout=20)


def _normal(line: str) -> str:
    """Return a line without how long something took, and with single spaces."""
    return " ".join(_SECONDS.sub("…", line).split())


_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")


def _check_packages(words: list[str]) -> None:
    for word in words:
        name = _REQUIREMENT.match(word)
        if name is not None and not word.startswith(("-", ".")):
            importlib.metadata.distribution(name[0])


def _check_target(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), f"`make {target}` does not exist"


def has_node() -> bool:
    """Return whether there is Node with the SDK that the pages use."""
    return shutil.which("node") is not None and NODE_MODULES.is_dir()
