"""The login of a user: the OAuth 2.0 page, which approves by itself, its codes, and the sessions that it starts.

A result's url "must be opened on the user side after OAuth 2.0 authorization" (seed 000). How the service finds out that
its user has logged in is not documented; here it is a cookie that /oauth2/auth sets, or the authCode that it appends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from fauxlate.engine.chance import HEX
from fauxlate.engine.exchange.addresses import add_query, escape
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.tables.evidence import Evidence
from fauxlate.providers.dingtalk.access import users
from fauxlate.providers.dingtalk.access.grants import Grant
from fauxlate.providers.dingtalk.models import login as models

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

CODE_SECONDS = 300
"""How long an authCode is valid, and only once. Assumed; of silent login's code: 此授权码五分钟内有效，且只能使用一次."""
SESSION_SECONDS = 24 * 3600
"""How long a session lasts; not documented."""
OPEN_DATA_CLIENT_ID = "dingwa4tibze6jwz7mgv"
"""The client_id under which DingTalk's own pages send a user to log in (address-book-encryption)."""
_CODES = "dingtalk.auth_code"
"""The kind of record under which the store keeps the `Grant` of each authCode."""
_SESSIONS = "dingtalk.session"
"""The kind of record under which the store keeps the unionId of each session."""
_PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><title>{title}</title>{head}</head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""


def render_page(status: int, title: str, text: str, hint: str | None = None, next_url: str = "") -> Reply:
    """Return a page for a browser, which goes on to `next_url` by itself where there is one."""
    from html import escape  # only a browser needs it

    link, text = escape(next_url), escape(text)
    head = f'<meta http-equiv="refresh" content="0; url={link}">' if next_url else ""
    body = _PAGE.format(title=escape(title), text=f'<a href="{link}">{text}</a>' if next_url else text, head=head)
    return Reply(status, body.encode(), media_type="text/html; charset=utf-8", hint=hint)


async def oauth2_auth(call: Call, parameters: models.OAuth2Auth) -> Reply:
    """Approve at once: redirect to the app's redirect_uri with an authCode, and start a session of the user."""
    problem = _find_problem(call, parameters)
    if problem is not None:
        return render_page(400, "The login cannot begin", problem, problem)
    outcome = call.quirk("dingtalk.login")
    if outcome == "denied":
        return _redirect_back(parameters, {"error": "access_denied"})
    user = users.get_other_user(call) if outcome == "other_user" else users.get_current_user(call)
    default_corp_id = call.sandbox.credentials["dingtalk"]["corp_id"]
    corp_id = (parameters.corp_id or default_corp_id) if "corpid" in parameters.scope.split() else ""
    grant = Grant("user", parameters.client_id, corp_id, user.union_id)
    code, session = (_draw_id(call, name) for name in ("auth_code", "session"))
    store = call.sandbox.store
    await store.put(_CODES, code, Record(grant, call.now + CODE_SECONDS))
    session_seconds = 0 if outcome == "expired" else SESSION_SECONDS
    await store.put(_SESSIONS, session, Record(user.union_id, call.now + session_seconds))
    reply = _redirect_back(parameters, {"authCode": code})
    reply.headers["Set-Cookie"] = f"{_name_cookie(call)}={session}; Path=/; HttpOnly; SameSite=Lax"
    return reply


def _find_problem(call: Call, parameters: models.OAuth2Auth) -> str | None:
    """Return what is wrong with a request to log in, None where nothing is."""
    credentials = call.sandbox.credentials["dingtalk"]
    is_known = parameters.client_id in (credentials["app_key"], credentials["suite_key"])
    if call.sandbox.strict and not is_known and parameters.client_id != OPEN_DATA_CLIENT_ID:
        return "client_id is not a key that `fauxlate env` prints."
    if parameters.response_type != "code":
        return f"response_type is {parameters.response_type!r:.40}; it is always code."
    if "openid" not in parameters.scope.split():
        return f"scope is {parameters.scope!r:.80}; it is `openid`, or `openid corpid`."
    if is_known and parameters.corp_id not in (None, credentials["corp_id"]):  # 传入的corpId需要是当前用户所在的组织
        return f"corpId is {parameters.corp_id!r:.80}; the user is in {credentials['corp_id']}."
    if not _is_http_url(parameters.redirect_uri):
        return f"redirect_uri is {parameters.redirect_uri!r:.200}, which is no http or https URL."
    return None


def _is_http_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as http://[
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and url.isprintable()


def _redirect_back(parameters: models.OAuth2Auth, values: dict[str, str]) -> Reply:
    """Return the redirect to redirect_uri with `values`, and with the state that the app has sent."""
    if parameters.state is not None:
        values["state"] = parameters.state
    location = escape(add_query(parameters.redirect_uri, urlencode(values)))
    return Reply(302, b"", {"Location": location}, media_type="text/html")


def _draw_id(call: Call, name: str) -> str:
    return call.sandbox.tag + call.sandbox.secrets.text(f"dingtalk.{name}", 24, HEX)


def _name_cookie(call: Call) -> str:
    return f"dingtalk_session_{call.sandbox.tag}"


async def login(call: Call, parameters: models.Login) -> Reply:
    """Return the page on which a user logs in. A browser goes on by itself; a client without a user stays here."""
    query = {
        "client_id": OPEN_DATA_CLIENT_ID,
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": parameters.redirect_uri,
    }
    link = f"{call.base_url}/oauth2/auth?{urlencode(query)}"
    hint = "The link opens for a user who has logged in: GET /oauth2/auth first, with the same cookies. See README.md."
    return render_page(200, "DingTalk login", "Log in", hint, link)


def redirect_to_login(call: Call, target: str) -> Reply:
    """Return the redirect that sends a browser to log in, and from there back to `target`."""
    location = f"{call.base_url}/login?{urlencode({'redirectUri': target})}"
    return Reply(302, b"", {"Location": location}, media_type="text/html", hint="Nobody has logged in.")


async def identify_user(call: Call, code: str | None) -> str | None:
    """Return the unionId of the browser's user, by its session or by the authCode of a login; None if there is neither."""
    from http.cookies import CookieError, SimpleCookie

    try:
        cookies = SimpleCookie(call.request.headers.get("cookie", ""))
    except CookieError:
        cookies = SimpleCookie()
    cookie = cookies.get(_name_cookie(call))
    record = await call.sandbox.store.get(_SESSIONS, cookie.value) if cookie is not None else None
    if record is not None:
        return str(record.value) if record.is_valid(call.now) else None
    if code is not None and call.quirk("dingtalk.login") != "expired":
        grant = await redeem_code(call, code)
        return grant.union_id if grant is not None else None
    return None


async def redeem_code(call: Call, code: str, client: str | None = None) -> Grant | None:
    """Return the grant of an authCode that was given to `client` (None: to any app), once; None where it is invalid."""
    record = await call.sandbox.store.take(_CODES, code)
    if record is None or not record.is_valid(call.now):
        return None
    grant: Grant = record.value
    return grant if client in (None, grant.client) else None


OPERATIONS = (
    Operation(
        name="OAuth2Auth",
        methods=("GET",),
        path="/oauth2/auth",
        run=oauth2_auth,
        parameters=models.OAuth2Auth,
        family="login",
        source="obtain-identity-credentials",
        note="The page of login.dingtalk.com; it asks nobody, and approves at once.",
    ),
    Operation(
        name="Login",
        methods=("GET",),
        path="/login",
        run=login,
        parameters=models.Login,
        family="login",
        source="address-book-encryption sends a user to a page of this name, whose parameter is redirectUri",
        evidence=Evidence.ASSUMED,
    ),
)
