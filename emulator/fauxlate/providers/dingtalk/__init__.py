"""DingTalk contact-ID file translation, with the tokens, the uploads, the users and the login that it needs."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from fauxlate.engine.service.provider import Operation, Provider
from fauxlate.engine.tables.errors import ErrorRow, parse
from fauxlate.providers.dingtalk import environment, replies
from fauxlate.providers.dingtalk.access import auth
from fauxlate.providers.dingtalk.lifecycles import FILE_TRANSLATION
from fauxlate.providers.dingtalk.quirks import QUIRKS

if TYPE_CHECKING:
    from fauxlate.engine.service.events import Console

_PATHS = (
    *("/v1.0/", "/v2.0/", "/topapi/", "/file/", "/media/", "/service/", "/oauth2/", "/contact/"),
    auth.OBJECTS,
)
_PAGES = frozenset({"/gettoken", "/login"})


def _general() -> tuple[ErrorRow, ...]:
    from fauxlate.providers.dingtalk import global_errors  # 2,500 rows, which hardly any scenario names

    return global_errors.rows()


_NEW = ("gateway", "firewall", "global")


def _operations() -> tuple[Operation, ...]:
    from fauxlate.providers.dingtalk.operations import OPERATIONS  # their models cost a start too much

    return OPERATIONS


def _console() -> Console:
    from fauxlate.providers.dingtalk.callbacks.events import CONSOLE

    return CONSOLE


PROVIDER = Provider(
    name="dingtalk",
    title="DingTalk contact-ID file translation",
    load_operations=_operations,
    load_errors=lambda: parse(resources.files(__name__).joinpath("errors.toml").read_text("utf-8")),
    quirks=QUIRKS,
    lifecycles=(FILE_TRANSLATION,),
    groups={
        "contact": ("contact", *_NEW),
        "oauth2": ("oauth2", *_NEW),
        "drive": ("drive", *_NEW),
        "storage": ("storage", *_NEW),
        "stream": ("stream", *_NEW),
        "login": _NEW,
        "topapi": ("topapi", "legacy", "firewall", "oapi"),
        "legacy": ("legacy", "firewall", "oapi"),
        "oss": ("oss",),
    },
    owns=lambda request: request.raw_path.startswith(_PATHS) or request.raw_path in _PAGES,
    credentials=auth.credentials,
    mint=auth.mint,
    environment=environment.environment,
    exports=environment.EXPORTS,
    throttling_errors={
        **dict.fromkeys(
            ("contact", "oauth2", "drive", "storage", "stream"), "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"
        ),
        "login": "Forbidden.AccessDenied.QpsLimitForApi",
        "topapi": "90005",
        "legacy": "90005",
    },
    choose_throttling_error=replies.throttles,
    load_general_errors=_general,
    load_console=_console,
    volatile_parameters=frozenset({"access_token"}),
    refuse=replies.refuse,
    encode=replies.encode,
    render=replies.render,
)
