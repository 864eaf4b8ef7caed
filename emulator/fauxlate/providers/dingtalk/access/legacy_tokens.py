"""The legacy host's operations that give access tokens: for an app's secret, or for a suite's signature."""

from __future__ import annotations

import hmac
from base64 import b64encode
from typing import TYPE_CHECKING

from fauxlate.engine.exchange.request import MalformedError
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk.access import apps
from fauxlate.providers.dingtalk.access.grants import TOKEN_SECONDS, Grant, renew_token, replace_token
from fauxlate.providers.dingtalk.models import tokens as models

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

MAX_CLOCK_SKEW = 60.0
"""Seconds that a timestamp may differ: 相差超过1分钟 (853002)."""
_TIMESTAMP_LENGTH = 13


async def gettoken(call: Call, parameters: models.Gettoken) -> models.LegacyTokenResponse:
    """Return an internal app's token: the same that accessToken gives."""
    if not parameters.appkey or not parameters.appsecret:
        hint = "appkey and appsecret are sent in the query."
        raise Refusal("40035", hint=hint, message="缺少参数 corpid or appkey")
    apps.check_secret(call, "app", parameters.appkey, parameters.appsecret, "40096")
    grant = Grant("app", parameters.appkey, call.sandbox.credentials["dingtalk"]["corp_id"])
    return _make_response(await renew_token(call, grant))


async def service_get_corp_token(call: Call, parameters: models.ServiceGetCorpToken) -> models.LegacyTokenResponse:
    """Return a third-party suite's token for a corp, for a signature instead of its secret."""
    credentials = call.sandbox.credentials["dingtalk"]
    if parameters.access_key != credentials["suite_key"]:
        if call.sandbox.strict:
            raise Refusal("853003", hint="accessKey is not the suite key that `fauxlate env` prints.")
    elif call.sandbox.signatures == "verified":
        _verify_signature(call, parameters, credentials["suite_secret"])
    if not parameters.suite_ticket:
        raise Refusal("40085", hint="suiteTicket is empty.")
    corp_id = _find_corp_id(call)
    if not apps.is_authorised(call, parameters.access_key, corp_id):
        raise Refusal("41030", hint=apps.describe_missing_authorisation(call, corp_id))
    return _make_response(await replace_token(call, Grant("corp", parameters.access_key, corp_id)))


def sign(timestamp: str, suite_ticket: str, secret: str) -> str:
    """Return the signature of a call, not URL-encoded: Base64 of HMAC-SHA256 over timestamp, line feed and suiteTicket."""
    return b64encode(hmac.digest(secret.encode(), f"{timestamp}\n{suite_ticket}".encode(), "sha256")).decode()


def _verify_signature(call: Call, parameters: models.ServiceGetCorpToken, secret: str) -> None:
    """Verify the signature of a call; the secret itself is accepted instead, as the pages' call by curl sends it."""
    access_secret = call.request.form.get("accessSecret")
    if access_secret is not None:
        if not apps.secrets_equal(access_secret, secret):
            raise Refusal("40088", hint="accessSecret is not the suite secret that `fauxlate env` prints.")
        return
    if not parameters.timestamp.isdecimal() or len(parameters.timestamp) != _TIMESTAMP_LENGTH:
        raise Refusal("853001", hint=f"timestamp is {parameters.timestamp!r:.40}; it is the time in milliseconds.")
    skew = int(parameters.timestamp) / 1000 - call.now
    if abs(skew) > MAX_CLOCK_SKEW:
        hint = f"timestamp is {skew:+.0f} s off the sandbox's clock; {MAX_CLOCK_SKEW:.0f} s may be."
        raise Refusal("853002", hint=hint)
    if not apps.secrets_equal(parameters.signature, sign(parameters.timestamp, parameters.suite_ticket, secret)):
        hint = 'signature is not Base64(HmacSHA256(suiteSecret, timestamp + "\\n" + suiteTicket)), URL-encoded.'
        raise Refusal("853004", hint=hint)


def _find_corp_id(call: Call) -> str:
    """Return auth_corpid of a body that is JSON or a form, whatever its content type: the pages' curl mixes the two."""
    request = call.request
    try:
        corp_id = request.json.get("auth_corpid")
    except MalformedError:
        corp_id = request.form.get("auth_corpid")
    if not isinstance(corp_id, str) or not corp_id:
        raise Refusal("40035", hint="`auth_corpid` is missing; it is sent in the body, as JSON or as a form.")
    return corp_id


def _make_response(token: str) -> models.LegacyTokenResponse:
    return {"errcode": 0, "access_token": token, "errmsg": "ok", "expires_in": TOKEN_SECONDS}


OPERATIONS = (
    Operation(
        name="Gettoken",
        methods=("GET",),
        path="/gettoken",
        run=gettoken,
        parameters=models.Gettoken,
        response=models.LegacyTokenResponse,
        family="legacy",
        source="obtain-orgapp-token",
    ),
    Operation(
        name="ServiceGetCorpToken",
        path="/service/get_corp_token",
        run=service_get_corp_token,
        parameters=models.ServiceGetCorpToken,
        response=models.LegacyTokenResponse,
        family="legacy",
        source="obtain-isvapp-token; the-signature-calculation-method-of-the-third-party-access-interface",
    ),
)
