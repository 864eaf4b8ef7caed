"""Logging in: the OAuth 2.0 page that approves by itself, the codes that it gives, and the sessions that it begins.

A result's url "must be opened on the user side after OAuth 2.0 authorization" (seed 000). How the service finds out that
its user has logged in is not documented; here it is a cookie that /oauth2/auth sets, or the authCode that it appends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from fauxlate.engine.chance import HEX
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.sandboxes.store import Record
from fauxlate.providers.dingtalk import users
from fauxlate.providers.dingtalk.access.auth import Grant

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.dingtalk.models import login as models

CODE_SECONDS = 300
"""How long a code is good, and only once: 此授权码五分钟内有效，且只能使用一次, of silent login; of authCode it is assumed."""
SESSION_SECONDS = 24 * 3600
"""How long a login lasts; not documented."""
OPEN_DATA = "dingwa4tibze6jwz7mgv"
"""The client_id under which DingTalk's own pages send a user to log in (address-book-encryption)."""
_CODES, _SESSIONS = "dingtalk.auth_code", "dingtalk.session"
_AS_IT_IS = "%/:?#[]@!$&'()*+,;=~"
"""Characters of a URL that is encoded already."""
_PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><title>{title}</title>{head}</head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""


def page(status: int, title: str, text: str, hint: str | None = None, onwards: str = "") -> Reply:
    """Return a page for a browser, which goes `onwards` by itself."""
    from html import escape  # only a browser needs it

    link, text = escape(onwards), escape(text)
    head = f'<meta http-equiv="refresh" content="0; url={link}">' if onwards else ""
    body = _PAGE.format(title=escape(title), text=f'<a href="{link}">{text}</a>' if onwards else text, head=head)
    return Reply(status, body.encode(), media_type="text/html; charset=utf-8", hint=hint)


async def oauth2_auth(call: Call, asked: models.OAuth2Auth) -> Reply:
    """Approve at once: go back to where the app wants it with an authCode, the user logged in from then on."""
    fault = _fault(call, asked)
    if fault is not None:
        return page(400, "The login cannot begin", fault, fault)
    outcome = call.quirk("dingtalk.login")
    if outcome == "denied":
        return _back(asked, {"error": "access_denied"})
    own = call.sandbox.credentials["dingtalk"]
    who = users.other(call) if outcome == "other_user" else users.signed_in(call)
    corp_id = (asked.corp_id or own["corp_id"]) if "corpid" in asked.scope.split() else ""
    grant = Grant("user", asked.client_id, corp_id, who.union_id)
    code, session = (_drawn(call, name) for name in ("auth_code", "session"))
    store = call.sandbox.store
    await store.put(_CODES, code, Record(grant, call.now + CODE_SECONDS))
    lasts = 0 if outcome == "expired" else SESSION_SECONDS
    await store.put(_SESSIONS, session, Record(who.union_id, call.now + lasts))
    reply = _back(asked, {"authCode": code})
    reply.headers["Set-Cookie"] = f"{_cookie(call)}={session}; Path=/; HttpOnly; SameSite=Lax"
    return reply


def _fault(call: Call, asked: models.OAuth2Auth) -> str | None:
    own = call.sandbox.credentials["dingtalk"]
    if call.sandbox.strict and asked.client_id not in (own["app_key"], own["suite_key"], OPEN_DATA):
        return "client_id is not a key that `fauxlate env` prints."
    if asked.response_type != "code":
        return f"response_type is {asked.response_type!r:.40}; it is always code."
    if "openid" not in asked.scope.split():
        return f"scope is {asked.scope!r:.80}; it is `openid`, or `openid corpid`."
    known = asked.client_id in (own["app_key"], own["suite_key"])
    if known and asked.corp_id not in (None, own["corp_id"]):  # 传入的corpId需要是当前用户所在的组织
        return f"corpId is {asked.corp_id!r:.80}; the user is in {own['corp_id']}."
    if not _is_address(asked.redirect_uri):
        return f"redirect_uri is {asked.redirect_uri!r:.200}, which is no http or https URL."
    return None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as http://[
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and url.isprintable()


def _back(asked: models.OAuth2Auth, told: dict[str, str]) -> Reply:
    if asked.state is not None:
        told["state"] = asked.state
    mark = "&" if urlsplit(asked.redirect_uri).query else "?"
    place, hash_, fragment = asked.redirect_uri.partition("#")
    location = quote(f"{place}{mark}{urlencode(told)}{hash_}{fragment}", safe=_AS_IT_IS)
    return Reply(302, b"", {"Location": location}, media_type="text/html")


def _drawn(call: Call, name: str) -> str:
    return call.sandbox.tag + call.sandbox.chance.text(f"dingtalk.{name}", 24, HEX)


def _cookie(call: Call) -> str:
    return f"dingtalk_session_{call.sandbox.tag}"


async def login(call: Call, asked: models.Login) -> Reply:
    """Show the page on which a user logs in. A browser goes on by itself; a client without a user stays here."""
    query = {"client_id": OPEN_DATA, "response_type": "code", "scope": "openid", "redirect_uri": asked.redirect_uri}
    link = f"{call.base_url}/oauth2/auth?{urlencode(query)}"
    hint = "The link opens for a user who has logged in: GET /oauth2/auth first, with the same cookies. See README.md."
    return page(200, "DingTalk login", "Log in", hint, link)


def login_page(call: Call, target: str) -> Reply:
    """Send a browser to log in, and from there back to `target`."""
    where = f"{call.base_url}/login?{urlencode({'redirectUri': target})}"
    return Reply(302, b"", {"Location": where}, media_type="text/html", hint="Nobody has logged in.")


async def logged_in(call: Call, code: str | None) -> str | None:
    """Return the unionId of the user whose browser this is, by its session or by the code of a login just made."""
    from http.cookies import CookieError, SimpleCookie

    try:
        cookies = SimpleCookie(call.request.headers.get("cookie", ""))
    except CookieError:
        cookies = SimpleCookie()
    found = cookies.get(_cookie(call))
    record = await call.sandbox.store.get(_SESSIONS, found.value) if found is not None else None
    if record is not None:
        return str(record.value) if record.is_valid(call.now) else None
    if code is not None and call.quirk("dingtalk.login") != "expired":
        who = await redeemed(call, code)
        return who.union_id if who is not None else None
    return None


async def redeemed(call: Call, code: str, client: str | None = None) -> Grant | None:
    """Return for whom an authCode was given, to `client`; it is good once."""
    record = await call.sandbox.store.take(_CODES, code)
    if record is None or not record.is_valid(call.now):
        return None
    who: Grant = record.value
    return who if client in (None, who.client) else None
