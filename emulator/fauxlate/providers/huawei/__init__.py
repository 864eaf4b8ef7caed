"""Huawei Cloud NLP machine translation, with as much of IAM and object storage as its flow needs."""

import re
from importlib import resources

from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.tables.errors import parse_errors
from fauxlate.providers.huawei import environment, replies
from fauxlate.providers.huawei.access import credentials
from fauxlate.providers.huawei.lifecycles import FILE_TRANSLATION
from fauxlate.providers.huawei.quirks import QUIRKS
from fauxlate.providers.huawei.storage import virtual_hosts


def _load_operations() -> tuple[Operation, ...]:
    from fauxlate.providers.huawei.operations import OPERATIONS  # their models take too long to import at the start

    return OPERATIONS


PROVIDER = Provider(
    name="huawei",
    title="Huawei Cloud NLP (machine translation)",
    load_operations=_load_operations,
    load_errors=lambda: parse_errors(resources.files(__name__).joinpath("errors.toml").read_text("utf-8")),
    quirks=QUIRKS,
    lifecycles=(FILE_TRANSLATION,),
    error_groups={"nlp": ("nlp", "gateway"), "iam": ("iam", "iam_new", "gateway"), "storage": ("storage",)},
    hosts=re.compile(r"(.+\.)?myhuaweicloud\.(com|eu)"),
    has_credential=credentials.has_signature,
    owns=lambda request: request.raw_path.startswith(("/v1/", "/v3/")),
    prepare=virtual_hosts.prepare,
    read_credentials=credentials.find_credentials,
    mint_credentials=credentials.mint_credentials,
    make_environment=environment.build_environment,
    exports=environment.EXPORTS,
    throttling_errors={"nlp": "APIG.0308", "iam": "IAM.0012", "storage": "SlowDown"},
    volatile_parameters=frozenset({"Signature", "Expires"}),
    refuse=replies.refuse,
    encode=replies.encode,
    render=replies.render,
)
