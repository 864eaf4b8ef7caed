import unicodedata

import pytest
from fauxlate.content.language import BLOCKS, count_utf16_units, detect
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("你好", "zh"),
        ("電腦", "zh"),
        ("こんにちは世界", "ja"),
        ("東京へ行く", "ja"),
        ("안녕하세요", "ko"),
        ("Привет", "ru"),
        ("Привіт", "uk"),
        ("مرحبا", "ar"),
        ("چطوری", "fa"),
        ("สวัสดี", "th"),
        ("שלום", "he"),
        ("γεια", "el"),
        ("नमस्ते", "hi"),
        ("hello", "en"),
        ("the cat is on the table", "en"),
        ("Bonjour, je suis dans le jardin", "fr"),
        ("Guten Tag, wie geht es dir und der Katze", "de"),
        ("Straße", "de"),
        ("Hola, ¿cómo está el gato?", "es"),
        ("Olá, você não é do Brasil", "pt"),
        ("Buongiorno, il gatto non è nel giardino", "it"),
        ("Xin chào, bạn khỏe không", "vi"),
    ],
)
def test_a_text_is_told_by_its_script_and_small_words(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", "  ", "123 + 4,5", "…—!?", "🙂", "ᏣᎳᎩ"])
def test_a_text_without_letters_of_a_known_script_is_unk(text: str) -> None:
    assert detect(text) == "unk"


def test_the_language_of_most_of_a_mixed_text_wins() -> None:
    assert detect("请用 Python 写一个程序") == "zh"
    assert detect("iPhone 手机") == "zh"
    assert detect("He said 你好 and then went home") == "en"
    assert detect("我喜欢の这个字,它在中文里也常见") == "zh"


def test_an_ideograph_weighs_three_letters_and_a_hangul_syllable_two() -> None:
    assert [detect("abcdefghi 中文字"), detect("abcdefghij 中文字")] == ["zh", "en"]
    assert [detect("abcd 안녕"), detect("abcde 안녕")] == ["ko", "en"]
    assert detect("你好 1234567890") == "zh"


def test_more_than_a_tenth_of_kana_make_it_japanese() -> None:
    assert [detect("汉" * 9 + "の"), detect("漢" * 8 + "の")] == ["zh", "ja"]


SCRIPTS = {
    "latin": ("LATIN", "FULLWIDTH LATIN", "FEMININE ORDINAL", "MASCULINE ORDINAL", "MICRO SIGN"),
    "cyrillic": ("CYRILLIC",),
    "arabic": ("ARABIC",),
    "han": ("CJK", "IDEOGRAPHIC"),
    "kana": ("HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA"),
    "el": ("GREEK", "COPTIC"),
    "hy": ("ARMENIAN",),
    "he": ("HEBREW",),
    "hi": ("DEVANAGARI",),
    "bn": ("BENGALI",),
    "ta": ("TAMIL",),
    "th": ("THAI",),
    "lo": ("LAO",),
    "my": ("MYANMAR",),
    "ka": ("GEORGIAN", "MODIFIER LETTER GEORGIAN"),
    "ko": ("HANGUL",),
    "km": ("KHMER",),
}


@pytest.mark.parametrize(("first", "last", "script"), BLOCKS)
def test_a_block_holds_letters_of_its_script_only(first: int, last: int, script: str) -> None:
    letters = [chr(code) for code in range(first, last + 1) if chr(code).isalpha()]
    foreign = [
        letter
        for letter in letters
        if not unicodedata.name(letter, SCRIPTS[script][0]).startswith(SCRIPTS[script])
        and not "\u0700" <= letter <= "\u074f"  # Syriac
    ]
    assert letters
    assert foreign == []
    assert detect(letters[0]) == detect(letters[-1]) != "unk"


@given(st.text())
def test_any_text_has_a_language(text: str) -> None:
    assert detect(text).isascii()


def test_length_is_counted_as_java_counts_it() -> None:
    assert count_utf16_units("a你\uffff\U00010000") == 5


@given(st.text())
def test_length_is_the_number_of_utf16_units(text: str) -> None:
    assert count_utf16_units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2
