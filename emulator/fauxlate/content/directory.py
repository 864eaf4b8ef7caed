"""A contact directory made up from a seed: every id has a name, in one of several languages, and always the same one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib import import_module
from typing import NamedTuple

from fauxlate.content.sheets.placeholders import Field


class _Language(NamedTuple):
    """How people and departments are called: Faker's locale, order and join of a person's names, and departments.

    A department is called `pattern` of a region and what it does; the first region is none.
    """

    locale: str
    person: str
    pattern: str
    regions: tuple[str, ...]
    departments: tuple[str, ...]


LANGUAGES: Mapping[str, _Language] = {
    "zh": _Language(
        "zh_CN",
        "{last}{first}",
        "{region}{department}",
        ("", "总部", "华东", "华南", "华北", "西南", "海外"),
        (
            *("研发部", "市场部", "销售部", "产品部", "设计部", "运营部", "财务部", "人力资源部", "行政部", "法务部"),
            *("采购部", "客户服务部", "信息技术部", "质量管理部", "战略发展部", "公共关系部"),
        ),
    ),
    "en": _Language(
        "en_US",
        "{first} {last}",
        "{region} {department}",
        ("", "Global", "Asia-Pacific", "Europe", "North America"),
        ("Engineering", "Marketing", "Sales", "Design", "Finance", "Human Resources", "Legal", "Customer Service"),
    ),
    "ja": _Language(
        "ja_JP",
        "{last} {first}",
        "{region}{department}",
        ("", "本社", "東京", "大阪"),
        ("開発部", "営業部", "マーケティング部", "総務部", "経理部", "人事部", "法務部", "お客様サポート部"),
    ),
    "ko": _Language(
        "ko_KR",
        "{last}{first}",
        "{region} {department}",
        ("", "본사", "서울", "부산"),
        ("개발팀", "영업팀", "마케팅팀", "재무팀", "인사팀", "법무팀", "디자인팀", "고객지원팀"),
    ),
    "de": _Language(
        "de_DE",
        "{first} {last}",
        "{department} {region}",
        ("", "Nord", "Süd", "Österreich"),
        ("Entwicklung", "Vertrieb", "Einkauf", "Buchführung", "Personal", "Recht", "Qualitätsprüfung", "Büroservice"),
    ),
    "ar": _Language(
        "ar_AA",
        "{first} {last}",
        "{department} {region}",
        ("", "الرياض", "دبي", "القاهرة"),
        (
            "التطوير",
            "المبيعات",
            "التسويق",
            "المالية",
            "الموارد البشرية",
            "الشؤون القانونية",
            "المشتريات",
            "خدمة العملاء",
        ),
    ),
}
"""The languages of a corp with branches abroad: scripts of every kind, one of them written from the right."""
USUAL = ("zh", "zh", "zh", "zh", "zh", "zh", "en", "en", "ja", "ja")
"""In which most people and departments are called; those whose names GBK has, in which lists may come."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Names for ids, as `names.Names`. A name depends on `seed` and the id alone, not on earlier questions.

    `users` (user id to name) and `departments` (department id to name): when given, these are all the ids in
    contact scope, each kind for itself; when None, every id is in scope and its name is made up in one of `languages`
    (as often as it stands there; none: the usual ones).
    """

    seed: int
    users: Mapping[str, str] | None = None
    departments: Mapping[str, str] | None = None
    languages: Sequence[str] = ()

    def __call__(self, field: Field, contact: str) -> str | None:
        """Name the user or department with the id `contact`; None when it is out of scope."""
        known = self.users if field == "userName" else self.departments
        if known is not None:
            return known.get(contact)
        languages = self.languages or USUAL
        drawn, which = divmod(_draw(self.seed, field, contact), len(languages))
        language = LANGUAGES[languages[which]]
        return _person(language, drawn) if field == "userName" else _department(language, drawn)


def _draw(seed: int, field: Field, contact: str) -> int:
    key = f"{seed}\0{field}\0{contact}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "big")


def _person(language: _Language, drawn: int) -> str:
    # A generator of our own for each name: `Faker` shares one, and threads that seed it would take each
    # other's draw.
    from faker.generator import Generator

    generator = Generator()
    generator.seed_instance(drawn)
    person = import_module(f"faker.providers.person.{language.locale}").Provider(generator)
    return language.person.format(last=person.last_name(), first=person.first_name())


def _department(language: _Language, drawn: int) -> str:
    department, region = divmod(drawn, len(language.regions))
    name = language.departments[department % len(language.departments)]
    return language.pattern.format(region=language.regions[region], department=name).strip()
