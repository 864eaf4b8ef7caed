"""Generated blocks: the parts of a document between `<!-- generated: name -->` and `<!-- end -->`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

BLOCK = re.compile(r"(?P<start><!-- generated: (?P<name>.+?) -->\n).*?(?P<end><!-- end -->)", re.DOTALL)


@cache
def renderers() -> Mapping[str, Callable[[], str]]:
    """Return every block by name, and what makes it."""
    from docs.generator import sources
    from docs.generator.pages import admin_api, commands, errors, operations, python, quirks, repository, scenarios

    modules = (repository, operations, quirks, errors, sources, scenarios, admin_api, commands, python)
    return {name: render for module in modules for name, render in module.BLOCKS.items()}


@cache
def render(name: str) -> str:
    """Return what belongs into the block `name`. Raises `ValueError` for one that nothing makes."""
    blocks = renderers()
    if name not in blocks:
        raise ValueError(f"`{name}` is not a block that is generated; there are {', '.join(blocks)}")
    return blocks[name]()


def refresh(text: str) -> str:
    """Return `text` with every generated block made anew. Raises `ValueError` for a block that nothing makes."""
    return BLOCK.sub(lambda block: f"{block['start']}{render(block['name'])}{block['end']}", text)


def stale_blocks(text: str) -> list[str]:
    """Return the names of the blocks in `text` that are not as the code has them."""
    return [block["name"] for block in BLOCK.finditer(text) if refresh(block[0]) != block[0]]
