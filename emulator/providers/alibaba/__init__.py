"""Alibaba Cloud Machine Translation, product alimt, API version 2018-10-12."""

from importlib.resources import files

from emulator.engine.errors import parse
from emulator.engine.provider import Provider
from emulator.providers.alibaba import auth, environment, replies
from emulator.providers.alibaba.lifecycles import ASYNC_TRANSLATE, DOCUMENT, IMAGE_BATCH
from emulator.providers.alibaba.operations import OPERATIONS
from emulator.providers.alibaba.quirks import QUIRKS

PROVIDER = Provider(
    name="alibaba",
    title="Alibaba Cloud Machine Translation (alimt, 2018-10-12)",
    operations=OPERATIONS,
    load_errors=lambda: parse(files(__name__).joinpath("errors.toml").read_text("utf-8")),
    quirks=QUIRKS,
    lifecycles=(ASYNC_TRANSLATE, IMAGE_BATCH, DOCUMENT),
    groups={"business": ("business", "gateway"), "storage": ("storage",)},
    owns=lambda _: True,  # the gateway chooses by action, whatever the path
    action=auth.action,
    credentials=auth.credentials,
    mint=auth.mint,
    environment=environment.environment,
    exports=environment.EXPORTS,
    throttled={"business": "Throttling.User"},
    fresh=frozenset({"SignatureNonce", "Signature", "Timestamp", "SecurityToken"}),
    refuse=replies.refuse,
    encode=replies.encode,
    render=replies.render,
)
