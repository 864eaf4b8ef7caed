"""A contact directory generated from a seed: every id has a name in one of several languages, always the same one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib import import_module
from typing import NamedTuple

from fauxlate.content.sheets.placeholders import Field


class _Language(NamedTuple):
    """The names of one language: Faker's locale, and the patterns for a person and for a department.

    A department's name is made of a region and a department; the first region is none.
    """

    locale: str
    person_pattern: str
    department_pattern: str
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
"""The languages of a corp with branches abroad: scripts of every kind, one of them written from right to left."""
DEFAULT_LANGUAGES = ("zh", "zh", "zh", "zh", "zh", "zh", "en", "en", "ja", "ja")
"""The languages of most people and departments: those whose names exist in GBK, the encoding of many lists."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Names for ids, a `placeholders.NameLookup`. A name depends on `seed` and the id alone, not on earlier calls.

    `users` (user id to name) and `departments` (department id to name): when set, these are all the ids in contact
    scope, each kind by itself; when None, every id is in scope and has a generated name in one of `languages` (one that
    is listed twice is twice as frequent; without any, DEFAULT_LANGUAGES).
    """

    seed: int
    users: Mapping[str, str] | None = None
    departments: Mapping[str, str] | None = None
    languages: Sequence[str] = ()

    def __call__(self, field: Field, contact_id: str) -> str | None:
        """Return the name of the user or department with the id `contact_id`; None when it is out of scope."""
        names = self.users if field == "userName" else self.departments
        if names is not None:
            return names.get(contact_id)
        languages = self.languages or DEFAULT_LANGUAGES
        number, index = divmod(_draw(self.seed, field, contact_id), len(languages))
        language = LANGUAGES[languages[index]]
        return _format_person(language, number) if field == "userName" else _format_department(language, number)


def _draw(seed: int, field: Field, contact_id: str) -> int:
    key = f"{seed}\0{field}\0{contact_id}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "big")


def _format_person(language: _Language, number: int) -> str:
    # A generator for each name: `Faker` shares one, and threads that seed it would disturb each other.
    from faker.generator import Generator

    generator = Generator()
    generator.seed_instance(number)
    person = import_module(f"faker.providers.person.{language.locale}").Provider(generator)
    return language.person_pattern.format(last=person.last_name(), first=person.first_name())


def _format_department(language: _Language, number: int) -> str:
    department, region = divmod(number, len(language.regions))
    name = language.departments[department % len(language.departments)]
    return language.department_pattern.format(region=language.regions[region], department=name).strip()
