"""The admin API's part of a provider's console: where a client wants its callbacks, and events that are sent on demand."""

from __future__ import annotations

from collections.abc import Mapping

from fauxlate.engine.sandboxes.callbacks import Receiver
from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.service.events import Attempt, Console
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.world import World
from fauxlate.web.admin.route import SANDBOX, AdminError, AdminRequest, Route
from fauxlate.web.admin.shapes.requests import EventRequest, ReceiverSettings, ReceiverUpdate
from fauxlate.web.admin.shapes.responses import AttemptResult, CallbacksState, ReceiverState
from fauxlate.web.callbacks import attempts, delivery, subscriptions


def new_receivers(world: World, settings: Mapping[str, ReceiverSettings]) -> dict[str, Receiver]:
    """Return the receiver of each provider. Raises `AdminError`."""
    try:
        return {name: _new_receiver(world, name, one) for name, one in settings.items()}
    except AdminError as refusal:
        raise AdminError(400, f"`callbacks`: {refusal}") from None


def _new_receiver(world: World, name: str, settings: ReceiverSettings) -> Receiver:
    _, console = _find_console(world, name)
    fields = settings.model_dump(include={"url", "form", "token", "aes_key"})
    try:
        return console.configure(anywhere=world.callbacks_anywhere, **fields)
    except ValueError as refusal:
        raise AdminError(400, f"The callbacks of {name} stay as they were: {refusal}") from None


def _find_console(world: World, name: str) -> tuple[Provider, Console]:
    consoles = {
        provider.name: (provider, console)
        for provider in world.providers
        if (console := provider.load_console()) is not None
    }
    if name not in consoles:
        near = did_you_mean(name, consoles)
        message = f"`{name[:60]}` has no callbacks that could be set; {', '.join(consoles)} has.{near}"
        raise AdminError(404, message)
    return consoles[name]


def _receiver_state(world: World, sandbox: Sandbox, name: str) -> ReceiverState:
    _, console = _find_console(world, name)
    receiver = console.with_credentials(sandbox.credentials[name], sandbox.receivers[name])
    return {"form": receiver.form, "url": receiver.url, "token": receiver.token, "aes_key": receiver.aes_key}


def _state(world: World, sandbox: Sandbox) -> CallbacksState:
    return {
        "receivers": {name: _receiver_state(world, sandbox, name) for name in sandbox.receivers},
        "connections": subscriptions.count(sandbox),
        "expected": len(sandbox.pending_callbacks),
    }


async def get_callbacks(request: AdminRequest) -> CallbacksState:
    """Tell who is told of events, and where."""
    return _state(request.world, request.sandbox)


async def set_receiver(request: AdminRequest) -> CallbacksState:
    """Set where a client wants its callbacks."""
    sandbox, name = request.sandbox, request.path["provider"]
    provider, console = _find_console(request.world, name)
    update = request.parse_body(ReceiverUpdate)
    receiver = _new_receiver(request.world, name, update)
    if update.check and receiver.url:
        event = console.verification_event(sandbox.receivers.get(name))
        result = await _send(request.world, provider, sandbox, receiver, event)
        if result["refusal"] is not None:
            message = (
                f"The callbacks of {name} stay as they were: {event} was not answered as it has to be, "
                f'{result["refusal"]}. `"check": false` takes the URL unchecked.'
            )
            raise AdminError(409, message)
    sandbox.receivers[name] = receiver
    await delivery.add_receiver(request.world, sandbox)
    return _state(request.world, sandbox)


async def delete_receiver(request: AdminRequest) -> CallbacksState:
    """Send no more callbacks of a provider."""
    _find_console(request.world, request.path["provider"])
    request.sandbox.receivers.pop(request.path["provider"], None)
    return _state(request.world, request.sandbox)


async def send_event(request: AdminRequest) -> AttemptResult:
    """Send an event of the provider's console now."""
    sandbox, name = request.sandbox, request.path["provider"]
    provider, _ = _find_console(request.world, name)
    body = request.parse_body(EventRequest)
    receiver = sandbox.receivers.get(name)
    if receiver is None:
        raise AdminError(409, f"Nobody is told of the events of {name} here: set a url, or connect a Stream client.")
    return await _send(request.world, provider, sandbox, receiver, body.event)


async def _send(world: World, provider: Provider, sandbox: Sandbox, receiver: Receiver, name: str) -> AttemptResult:
    _, console = _find_console(world, provider.name)
    event = console.find_event(name)
    if event is None or event.find_form(receiver.form) is None:
        names = [other.name for other in console.events if other.find_form(receiver.form) is not None]
        near = did_you_mean(name, names)
        message = f"`{name[:60]}` is not sent in the form {receiver.form}; there are {', '.join(names)}.{near}"
        raise AdminError(400, message)
    attempt = Attempt(sandbox, world.base_url, receiver, lambda key: provider.error_row(None, key))
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
    Route("GET", f"{SANDBOX}/callbacks", get_callbacks, "Who is told of events, and where.", CallbacksState),
    Route(
        "PUT",
        f"{SANDBOX}/callbacks/{{provider}}",
        set_receiver,
        "Set where a client wants its callbacks; its URL is checked first.",
        CallbacksState,
        body=ReceiverUpdate,
        error_statuses=(409,),
    ),
    Route(
        "DELETE",
        f"{SANDBOX}/callbacks/{{provider}}",
        delete_receiver,
        "Send no more callbacks of this provider.",
        CallbacksState,
    ),
    Route(
        "POST",
        f"{SANDBOX}/callbacks/{{provider}}/events",
        send_event,
        "Send an event of the provider's console now, and tell what came of it.",
        AttemptResult,
        body=EventRequest,
        error_statuses=(409,),
    ),
)
