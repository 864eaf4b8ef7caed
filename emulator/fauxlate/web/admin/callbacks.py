"""The admin API's part of a provider's console: where a client wants its callbacks, and events that are sent on demand."""

from __future__ import annotations

from collections.abc import Mapping

from fauxlate.engine.sandboxes.callbacks import Receiver
from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.service.events import Attempt, Console
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.world import World
from fauxlate.web.admin.door import AdminError, AdminRequest, Route
from fauxlate.web.admin.shapes import AttemptResult, CallbacksState, Checked, OnDemand, ReceiverState, Wanted
from fauxlate.web.callbacks import attempts, delivery, subscriptions

_SANDBOX = "sandboxes/{id}"


def receivers(world: World, wanted: Mapping[str, Wanted]) -> dict[str, Receiver]:
    """Return by provider what is wanted. Raises `AdminError`."""
    try:
        return {name: _receiver(world, name, one) for name, one in wanted.items()}
    except AdminError as refusal:
        raise AdminError(400, f"`callbacks`: {refusal}") from None


def _receiver(world: World, name: str, wanted: Wanted) -> Receiver:
    _, console = _console(world, name)
    given = wanted.model_dump(include={"url", "form", "token", "aes_key"})
    try:
        return console.configure(anywhere=world.callbacks_anywhere, **given)
    except ValueError as refusal:
        raise AdminError(400, f"The callbacks of {name} stay as they were: {refusal}") from None


def _console(world: World, name: str) -> tuple[Provider, Console]:
    found = {one.name: (one, console) for one in world.providers if (console := one.load_console()) is not None}
    if name not in found:
        near = did_you_mean(name, found)
        message = f"`{name[:60]}` has no callbacks that could be set; {', '.join(found)} has.{near}"
        raise AdminError(404, message)
    return found[name]


def _receiver_told(world: World, sandbox: Sandbox, name: str) -> ReceiverState:
    _, console = _console(world, name)
    receiver = console.with_credentials(sandbox.credentials[name], sandbox.receivers[name])
    return {"form": receiver.form, "url": receiver.url, "token": receiver.token, "aes_key": receiver.aes_key}


def _told(world: World, sandbox: Sandbox) -> CallbacksState:
    return {
        "receivers": {name: _receiver_told(world, sandbox, name) for name in sandbox.receivers},
        "connections": subscriptions.count(sandbox),
        "expected": len(sandbox.pending_callbacks),
    }


async def _callbacks(visit: AdminRequest) -> CallbacksState:
    return _told(visit.world, visit.sandbox)


async def _set_callbacks(visit: AdminRequest) -> CallbacksState:
    sandbox, name = visit.sandbox, visit.path["provider"]
    provider, console = _console(visit.world, name)
    asked = visit.body(Checked)
    receiver = _receiver(visit.world, name, asked)
    if asked.check and receiver.url:
        event = console.verification_event(sandbox.receivers.get(name))
        tried = await _sent(visit.world, provider, sandbox, receiver, event)
        if tried["refusal"] is not None:
            message = (
                f"The callbacks of {name} stay as they were: {event} was not answered as it has to be, "
                f'{tried["refusal"]}. `"check": false` takes the URL unchecked.'
            )
            raise AdminError(409, message)
    sandbox.receivers[name] = receiver
    await delivery.add_receiver(visit.world, sandbox)
    return _told(visit.world, sandbox)


async def _drop_callbacks(visit: AdminRequest) -> CallbacksState:
    _console(visit.world, visit.path["provider"])
    visit.sandbox.receivers.pop(visit.path["provider"], None)
    return _told(visit.world, visit.sandbox)


async def _send_event(visit: AdminRequest) -> AttemptResult:
    sandbox, name = visit.sandbox, visit.path["provider"]
    provider, _ = _console(visit.world, name)
    asked = visit.body(OnDemand)
    receiver = sandbox.receivers.get(name)
    if receiver is None:
        raise AdminError(409, f"Nobody is told of the events of {name} here: set a url, or connect a Stream client.")
    return await _sent(visit.world, provider, sandbox, receiver, asked.event)


async def _sent(world: World, provider: Provider, sandbox: Sandbox, receiver: Receiver, name: str) -> AttemptResult:
    _, console = _console(world, provider.name)
    event = console.event(name)
    if event is None or event.form(receiver.form) is None:
        there = [one.name for one in console.events if one.form(receiver.form) is not None]
        near = did_you_mean(name, there)
        message = f"`{name[:60]}` is not sent in the form {receiver.form}; there are {', '.join(there)}.{near}"
        raise AdminError(400, message)
    attempt = Attempt(sandbox, world.base_url, receiver, lambda key: provider.row(None, key))
    outcome = await attempts.send(world, provider, event, attempt)
    if outcome is None:
        raise AdminError(409, f"There is nothing that {name} could tell.")
    return {
        "event": name,
        "form": receiver.form,
        "status": outcome.status,
        "acknowledged": outcome.refusal is None,
        "refusal": outcome.refusal,
    }


ROUTES: tuple[Route, ...] = (
    Route("GET", f"{_SANDBOX}/callbacks", _callbacks, "Who is told of events, and where.", CallbacksState),
    Route(
        "PUT",
        f"{_SANDBOX}/callbacks/{{provider}}",
        _set_callbacks,
        "Set where a client wants its callbacks; its URL is checked first.",
        CallbacksState,
        body=Checked,
        refuses=(409,),
    ),
    Route(
        "DELETE",
        f"{_SANDBOX}/callbacks/{{provider}}",
        _drop_callbacks,
        "Send no more callbacks of this provider.",
        CallbacksState,
    ),
    Route(
        "POST",
        f"{_SANDBOX}/callbacks/{{provider}}/events",
        _send_event,
        "Send an event of the provider's console now, and tell what came of it.",
        AttemptResult,
        body=OnDemand,
        refuses=(409,),
    ),
)
