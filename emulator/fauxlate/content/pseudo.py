"""Pseudo-translation: the text itself behind the target language, «[en] 原文».

The examples that the providers print are translated as printed, so that a copied sample call gets the documented
reply.
"""

import re

# (source, target, text) -> translation. Seed 002 prints TranslatedText "hello" for a two-character Chinese text.
EXAMPLES = {
    ("zh", "en", "你好"): "hello",
    ("auto", "en", "你好"): "hello",
    ("en", "zh", "hello"): "你好",
    ("auto", "zh", "hello"): "你好",
}

# One line without the white space around it. `\S` is Unicode's, hence NO-BREAK and ideographic spaces stay outside too.
LINE = re.compile(r"\S(?:[^\r\n]*\S)?")

ENTITY = r"&(?:[a-zA-Z][a-zA-Z0-9]*|#[0-9]+|#[xX][0-9a-fA-F]+);"
# What HTML keeps. A comment, script or style that is not closed runs to the end of the text, as browsers have it.
# A tag of script or style that is not closed does so too: nothing is looked at again from each `<script` in it.
MARKUP = re.compile(
    r"""<!--.*?(?:-->|\Z)
      | <!\[CDATA\[.*?(?:\]\]>|\Z)
      | <(?P<raw>script|style)\b[^>]*+(?:>.*?(?:</(?P=raw)\s*+>|\Z)|\Z)
      | <[/!?]?[a-z](?:[^"'<>]|"[^"]*"|'[^']*')*>""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
ONLY_ENTITIES = re.compile(rf"(?:{ENTITY}|\s)*")


def translate(text: str, source: str, target: str, *, html: bool = False) -> str:
    """Translate each line of `text` from `source` (a language code, or `auto`) to `target`; never raises.

    White space stays as it is, at both ends of a line too. With `html`, tags, attributes, comments, entities, scripts
    and styles stay byte for byte, and each text between them is translated by itself.
    """

    def translate_line(match: re.Match[str]) -> str:
        return EXAMPLES.get((source, target, match.group()), f"[{target}] {match.group()}")

    if not html:
        return LINE.sub(translate_line, text)
    pieces = []
    end = 0
    for markup in MARKUP.finditer(text):
        pieces += [_translate_segment(text[end : markup.start()], source, target), markup.group()]
        end = markup.end()
    return "".join([*pieces, _translate_segment(text[end:], source, target)])


def _translate_segment(text: str, source: str, target: str) -> str:
    """Translate the text between two tags; entities alone (`&nbsp;`) are spacing and decoration, not text."""
    return text if ONLY_ENTITIES.fullmatch(text) else translate(text, source, target)
