"""Detection of the language of a text by its script, and by a few small words where the script is Latin.

Codes are those of Huawei's RunLanguageDetection, which also gives `unk` and the rule for mixed
text: the majority. Simplified and traditional Chinese are both `zh`.
"""

import re
from bisect import bisect_right
from collections import Counter

# First code point, last code point, script. Sorted; letters of other scripts count for "unk".
BLOCKS = (
    (0x0041, 0x024F, "latin"),
    (0x0370, 0x03FF, "el"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0531, 0x058F, "hy"),
    (0x0591, 0x05F4, "he"),
    (0x0600, 0x077F, "arabic"),
    (0x0900, 0x097F, "hi"),
    (0x0980, 0x09FF, "bn"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0E01, 0x0E7F, "th"),
    (0x0E81, 0x0EFF, "lo"),
    (0x1000, 0x109F, "my"),
    (0x10A0, 0x10FF, "ka"),
    (0x1100, 0x11FF, "ko"),
    (0x1780, 0x17FF, "km"),
    (0x1E00, 0x1EFF, "latin"),
    (0x1F00, 0x1FFF, "el"),
    (0x3005, 0x3007, "han"),
    (0x3041, 0x30FF, "kana"),
    (0x3131, 0x318E, "ko"),
    (0x31F0, 0x31FF, "kana"),
    (0x3400, 0x4DBF, "han"),
    (0x4E00, 0x9FFF, "han"),
    (0xAC00, 0xD7A3, "ko"),
    (0xF900, 0xFAFF, "han"),
    (0xFB1D, 0xFB4F, "he"),
    (0xFB50, 0xFDFF, "arabic"),
    (0xFE70, 0xFEFC, "arabic"),
    (0xFF21, 0xFF5A, "latin"),
    (0xFF66, 0xFF9F, "kana"),
    (0x20000, 0x3FFFF, "han"),
)
BLOCK_STARTS = tuple(first for first, _, _ in BLOCKS)

# A syllable or an ideograph carries as much as several letters: "iPhone 手机" is Chinese.
SCRIPT_WEIGHTS = {"han": 3, "kana": 3, "ko": 2}
MIN_KANA_SHARE = 0.1  # the share of kana above which Han characters are Japanese

# The differences of languages of one script: letters that only one has, then words that only one has.
LETTERS = {
    "arabic": (("fa", "پچژگ"),),
    "cyrillic": (("uk", "іїєґ"),),
    "latin": (
        ("vi", "ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"),
        ("de", "ß"),
        ("es", "ñ"),
        ("pt", "ãõ"),
        ("tr", "ğış"),
        ("fr", "œ"),
    ),
}
WORDS = {
    "en": "the and of to is are you that with for this it was not be have i my we",
    "fr": "le les des et est un une du dans pour que qui vous je nous pas sur avec bonjour",
    "de": "der die das und ist ein eine nicht ich sie wir mit für auf den zu von guten",
    "es": "el los las y es un una del en por que para con no hola como está muy",
    "pt": "o os as e é um uma do da em por que para com não olá você muito",
    "it": "il lo gli e è un una di che per con non sono ciao della nel come buongiorno",
}
WORD_SETS = {language: frozenset(words.split()) for language, words in WORDS.items()}
DEFAULT_LANGUAGES = {"han": "zh", "kana": "ja", "latin": "en", "cyrillic": "ru", "arabic": "ar"}


def detect(text: str) -> str:
    """Return the language of most of `text` (any length), or `unk` when it has no letters of a known script."""
    counts: Counter[str] = Counter()
    for letter, count in Counter(text).items():
        counts[_find_script(letter)] += count if letter.isalpha() else 0
    if counts["kana"] > MIN_KANA_SHARE * (counts["kana"] + counts["han"]):
        counts["kana"] += counts.pop("han", 0)
    weights = {script: count * SCRIPT_WEIGHTS.get(script, 1) for script, count in counts.items() if count}
    if not weights:
        return "unk"
    # On a tie the script that is not Latin wins: Latin names stand in texts of every language.
    script = max(weights, key=lambda name: (weights[name], name != "latin", name))
    return _detect_within(script, text.lower())


def count_utf16_units(text: str) -> int:
    """Return the length as Java's `String.length()` does: characters beyond U+FFFF are two (Alibaba's FAQ 96396)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _find_script(letter: str) -> str:
    code = ord(letter)
    block = bisect_right(BLOCK_STARTS, code) - 1
    return BLOCKS[block][2] if block >= 0 and code <= BLOCKS[block][1] else "unk"


def _detect_within(script: str, text: str) -> str:
    default = DEFAULT_LANGUAGES.get(script, script)
    letters = set(text)
    for language, own_letters in LETTERS.get(script, ()):
        if letters.intersection(own_letters):
            return language
    if script != "latin":
        return default
    words = Counter(re.findall(r"\w+", text))
    hits = {language: sum(words[word] for word in own_words) for language, own_words in WORD_SETS.items()}
    return max(hits, key=lambda language: (hits[language], language == default))
