"""Alibaba Cloud Machine Translation, product alimt, API version 2018-10-12."""

import re
from importlib import resources

from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.tables.errors import parse_errors
from fauxlate.providers.alibaba import environment, replies
from fauxlate.providers.alibaba.access import auth
from fauxlate.providers.alibaba.lifecycles import ASYNC_TRANSLATE, DOCUMENT, IMAGE_BATCH
from fauxlate.providers.alibaba.quirks import QUIRKS


def _load_operations() -> tuple[Operation, ...]:
    from fauxlate.providers.alibaba.operations import OPERATIONS  # their models take too long to import at the start

    return OPERATIONS


PROVIDER = Provider(
    name="alibaba",
    title="Alibaba Cloud Machine Translation (alimt, 2018-10-12)",
    load_operations=_load_operations,
    load_errors=lambda: parse_errors(resources.files(__name__).joinpath("errors.toml").read_text("utf-8")),
    quirks=QUIRKS,
    lifecycles=(ASYNC_TRANSLATE, IMAGE_BATCH, DOCUMENT),
    error_groups={"business": ("business", "gateway"), "storage": ("storage",)},
    hosts=re.compile(r"(.+\.)?aliyuncs\.com"),
    has_credential=auth.has_signature,
    owns=lambda _: True,  # the gateway chooses by action, whatever the path
    read_action=auth.find_action,
    read_credentials=auth.find_credentials,
    mint_credentials=auth.mint,
    make_environment=environment.build_environment,
    exports=environment.EXPORTS,
    throttling_errors={"business": "Throttling.User"},
    # In milliseconds: without it, alibabacloud-tea-openapi 0.4.6 and @alicloud/openapi-core 1.0.8 raise no throttling
    # exception; with it they do, and the client that is configured to retry sleeps that long.
    retry_after={"Retry-After": 1, "x-acs-retry-after": 1000},
    volatile_parameters=frozenset({"SignatureNonce", "Signature", "Timestamp", "SecurityToken"}),
    refuse=replies.refuse,
    encode=replies.encode,
    render=replies.render,
)
