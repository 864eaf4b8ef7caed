"""The library: scenarios by the name they are shipped under, or by file."""

from __future__ import annotations

from pathlib import Path

from fauxlate.engine.grammar.sources import Source
from fauxlate.engine.suggest import did_you_mean

_ENDINGS = (".yaml", ".yml", ".json")


def folder() -> Path:
    """Return where the shipped scenarios lie: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent.parent / "scenarios"


def shipped_names() -> list[str]:
    """Return the names of the shipped scenarios, such as `huawei/link-expired`."""
    root = folder()
    return sorted(path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*.yaml"))


def read_file(path: Path) -> Source:
    """Return the scenario in a file. Raises `OSError`, and `ValueError` where it is not UTF-8."""
    try:
        return Source(path.read_text("utf-8"), str(path), path.suffix == ".json")
    except UnicodeDecodeError as fault:
        raise ValueError(f"{path} is not UTF-8: {fault}") from None


def load_shipped(name: str, _: Source | None = None) -> Source:
    """Return the shipped scenario of that name. Raises `ValueError` with the nearest one."""
    if name not in shipped_names():
        raise ValueError(
            f"`{name}` is not a shipped scenario.{did_you_mean(name, shipped_names())} `fauxlate scenarios` lists them."
        )
    return read_file(folder() / f"{name}.yaml")


def load(name: str) -> Source:
    """Return the scenario that somebody at this machine names: a file, else a shipped one. Raises `ValueError`."""
    path = Path(name)
    if not path.is_file() and not name.endswith(_ENDINGS):
        return load_shipped(name)
    try:
        return read_file(path)
    except OSError as fault:
        raise ValueError(
            f"{name}: {fault.strerror}; a scenario is a file that can be read, or a shipped name"
        ) from None


def resolve_extends(name: str, source: Source) -> Source:
    """Return what `extends: name` in `source` means: a file seen from its own folder, else a shipped scenario."""
    beside = Path(source.name).parent / name
    return read_file(beside) if beside.is_file() else load_shipped(name)
