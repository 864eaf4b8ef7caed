"""DingTalk's operations: the tables that stand beside their handlers, one after the other."""

from __future__ import annotations

from fauxlate.providers.dingtalk import translation
from fauxlate.providers.dingtalk.access import legacy_tokens, login, silent_login, tokens, users
from fauxlate.providers.dingtalk.callbacks import stream
from fauxlate.providers.dingtalk.files import drive, objects, storage, uploads

OPERATIONS = (
    *tokens.OPERATIONS,
    *legacy_tokens.OPERATIONS,
    *login.OPERATIONS,
    *silent_login.OPERATIONS,
    *users.OPERATIONS,
    *uploads.OPERATIONS,
    *drive.OPERATIONS,
    *storage.OPERATIONS,
    *objects.OPERATIONS,
    *translation.OPERATIONS,
    *stream.OPERATIONS,
)
