"""The text of a module that is altered."""

from __future__ import annotations

import ast

from contract_tests.mutants.mutant import Mutant


class Source:
    """A module's text, and where the nodes of its syntax tree are in it."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        self._starts = [0]
        for line in text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._lines = text.splitlines()

    def _index(self, line: int, column: int) -> int:
        """Return the index of a character by its line, and its column, which the parser counts in bytes."""
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())

    def span(self, node: ast.expr) -> tuple[int, int]:
        """Return where a node starts and ends, in characters."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._index(node.lineno, node.col_offset), self._index(node.end_lineno, node.end_col_offset)

    def mutant(self, node: ast.expr, kind: str, new: str) -> Mutant:
        """Return the mutant that has `new` in place of a node."""
        start, end = self.span(node)
        return Mutant(self.file, node.lineno, start, end, kind, new, self.text[start:end])

    def text_of(self, node: ast.expr) -> str:
        """Return the text of a node."""
        start, end = self.span(node)
        return self.text[start:end]
