"""The console: where a client sets its receiver, and the events that it sends on demand: URL checks, ticket, frames."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fauxlate.engine.chance import BASE62
from fauxlate.engine.service.events import Attempt, Console, Event, Form, Message
from fauxlate.providers.dingtalk.callbacks import frames
from fauxlate.providers.dingtalk.callbacks.forms import (
    HTTP,
    STREAM,
    SYNC_HTTP,
    create_receiver,
    find_receiver,
    with_credentials,
)
from fauxlate.providers.dingtalk.callbacks.posts import (
    build_post,
    build_sync_post,
    derive_id,
    derive_number,
    derive_suite_id,
    get_suite_key,
)
from fauxlate.providers.dingtalk.sources import STREAM_PROTOCOL

_SYNC_HTTP_PAGE = 'page "configure-synchttp-push" (Chinese, 2026-01-22)'
_POST_FORMS = (SYNC_HTTP, HTTP)


def _build_check(name: str, attempt: Attempt) -> Message:
    """Return the event that checks a callback URL."""
    data: dict[str, str] = {"EventType": name}
    if name != "check_url":
        data["Random"] = attempt.chance.text("dingtalk.check", 8, BASE62)
    if name == "check_update_suite_url":
        data["TestSuiteKey"] = get_suite_key(attempt)
    return build_post(attempt, data)


def _build_suite_ticket(attempt: Attempt) -> Message:
    ticket = attempt.sandbox.secrets.text("dingtalk.suite_ticket", 64)
    timestamp = int(attempt.now * 1000)
    if attempt.receiver.form == HTTP.name:
        suite_key = get_suite_key(attempt)
        data = {"EventType": "suite_ticket", "SuiteKey": suite_key, "SuiteTicket": ticket, "TimeStamp": timestamp}
        return build_post(attempt, data)
    sequence = derive_id("seq", ticket)[:26].upper()
    return build_sync_post(
        attempt,
        "SYNC_HTTP_PUSH_HIGH",
        2,
        {"syncAction": "suite_ticket", "suiteTicket": ticket, "syncSeq": sequence},
        row_id=derive_number("row", ticket),
        biz_id=str(derive_suite_id(attempt)),
        corp_id=attempt.sandbox.credentials["dingtalk"]["corp_id"],
        timestamp=timestamp,
    )


def _make_row(
    name: str,
    about: str,
    source: str,
    message: Callable[[Attempt], Message | None],
    forms: tuple[Form, ...] = _POST_FORMS,
) -> Event:
    return Event(name=name, about=about, source=source, make_message=message, find_receiver=find_receiver, forms=forms)


def _make_check_row(name: str, about: str) -> Event:
    return _make_row(name, about, _SYNC_HTTP_PAGE, partial(_build_check, name))


CONSOLE = Console(
    forms=(SYNC_HTTP, HTTP, STREAM),
    events=(
        _make_check_row("check_url", "Tests a callback URL."),
        _make_check_row("check_create_suite_url", "Checks the first URL."),
        _make_check_row("check_update_suite_url", "Checks another URL."),
        _make_row(
            "suite_ticket",
            "The suite's ticket, pushed again when the console is asked to.",
            _SYNC_HTTP_PAGE,
            _build_suite_ticket,
        ),
        _make_row("ping", "Asks whether a connection lives.", STREAM_PROTOCOL, frames.build_ping, (STREAM,)),
        _make_row(
            "disconnect",
            "Tells a client that its connection will be closed, ten seconds later.",
            STREAM_PROTOCOL,
            frames.build_disconnect,
            (STREAM,),
        ),
    ),
    make_receiver=create_receiver,
    with_credentials=with_credentials,
    verification_event=lambda before: "check_create_suite_url" if before is None else "check_update_suite_url",
)
