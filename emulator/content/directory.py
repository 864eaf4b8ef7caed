"""A contact directory made up from a seed: every id has a name, and always the same one."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from emulator.content.names import Field

REGIONS = ("", "总部", "华东", "华南", "华北", "西南", "海外")
DEPARTMENTS = (
    "研发部",
    "市场部",
    "销售部",
    "产品部",
    "设计部",
    "运营部",
    "财务部",
    "人力资源部",
    "行政部",
    "法务部",
    "采购部",
    "客户服务部",
    "信息技术部",
    "质量管理部",
    "战略发展部",
    "公共关系部",
)


@dataclass(frozen=True, slots=True)
class Directory:
    """Names for ids, as `names.Names`. A name depends on `seed` and the id alone, not on earlier questions.

    `users` (user id to name) and `departments` (department id to name): when given, these are all the ids in
    contact scope, each kind for itself; when None, every id is in scope and its name is made up.
    """

    seed: int
    users: Mapping[str, str] | None = None
    departments: Mapping[str, str] | None = None

    def __call__(self, field: Field, contact: str) -> str | None:
        """Name the user or department with the id `contact`; None when it is out of scope."""
        known = self.users if field == "userName" else self.departments
        if known is not None:
            return known.get(contact)
        drawn = _draw(self.seed, field, contact)
        return _person(drawn) if field == "userName" else _department(drawn)


def _draw(seed: int, field: Field, contact: str) -> int:
    key = f"{seed}\0{field}\0{contact}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "big")


def _person(drawn: int) -> str:
    # A generator of our own for each name: `Faker` shares one, and threads that seed it would take each
    # other's draw.
    from faker.generator import Generator
    from faker.providers.person.zh_CN import Provider

    generator = Generator()
    generator.seed_instance(drawn)
    person = Provider(generator)
    return person.last_name() + person.first_name()


def _department(drawn: int) -> str:
    department, region = divmod(drawn, len(REGIONS))
    return REGIONS[region] + DEPARTMENTS[department % len(DEPARTMENTS)]
