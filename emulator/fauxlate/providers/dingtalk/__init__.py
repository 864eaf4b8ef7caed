"""DingTalk contact-ID file translation, with the tokens, the uploads, the users and the login that it needs."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING

from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.tables.errors import ErrorRow, parse_errors
from fauxlate.providers.dingtalk import environment, replies
from fauxlate.providers.dingtalk.access import credentials, throttling
from fauxlate.providers.dingtalk.lifecycles import FILE_TRANSLATION
from fauxlate.providers.dingtalk.paths import OBJECTS_PATH
from fauxlate.providers.dingtalk.quirks import QUIRKS

if TYPE_CHECKING:
    from fauxlate.engine.service.events import Console

_PATH_PREFIXES = (
    *("/v1.0/", "/v2.0/", "/topapi/", "/file/", "/media/", "/service/", "/oauth2/", "/contact/"),
    OBJECTS_PATH,
)
_PAGES = frozenset({"/gettoken", "/login"})


def _load_general_errors() -> tuple[ErrorRow, ...]:
    from fauxlate.providers.dingtalk import global_errors  # 2,500 rows, which hardly any scenario names

    return global_errors.load_rows()


_NEW_API_GROUPS = ("gateway", "firewall", "global")


def _load_operations() -> tuple[Operation, ...]:
    from fauxlate.providers.dingtalk.operations import OPERATIONS  # their models cost a start too much

    return OPERATIONS


def _load_console() -> Console:
    from fauxlate.providers.dingtalk.callbacks.console import CONSOLE

    return CONSOLE


PROVIDER = Provider(
    name="dingtalk",
    title="DingTalk contact-ID file translation",
    load_operations=_load_operations,
    load_errors=lambda: parse_errors(resources.files(__name__).joinpath("errors.toml").read_text("utf-8")),
    quirks=QUIRKS,
    lifecycles=(FILE_TRANSLATION,),
    error_groups={
        "contact": ("contact", *_NEW_API_GROUPS),
        "oauth2": ("oauth2", *_NEW_API_GROUPS),
        "drive": ("drive", *_NEW_API_GROUPS),
        "storage": ("storage", *_NEW_API_GROUPS),
        "stream": ("stream", *_NEW_API_GROUPS),
        "login": _NEW_API_GROUPS,
        "topapi": ("topapi", "legacy", "firewall", "oapi"),
        "legacy": ("legacy", "firewall", "oapi"),
        "oss": ("oss",),
    },
    hosts=re.compile(r"(.+\.)?dingtalk\.com"),
    has_credential=lambda _: False,  # its paths and hosts tell; a bucket may be called `media`
    owns=lambda request: request.raw_path.startswith(_PATH_PREFIXES) or request.raw_path in _PAGES,
    read_credentials=credentials.find_credentials,
    mint_credentials=credentials.mint,
    make_environment=environment.build_environment,
    exports=environment.EXPORTS,
    throttling_errors={
        **dict.fromkeys(
            ("contact", "oauth2", "drive", "storage", "stream"), "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"
        ),
        "login": "Forbidden.AccessDenied.QpsLimitForApi",
        "topapi": "90005",
        "legacy": "90005",
    },
    choose_throttling_error=throttling.choose_throttling_error,
    load_general_errors=_load_general_errors,
    load_console=_load_console,
    volatile_parameters=frozenset({"access_token"}),
    refuse=replies.refuse,
    encode=replies.encode,
    render=replies.render,
)
