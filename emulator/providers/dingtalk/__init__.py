"""DingTalk contact-ID file translation, with the tokens and the upload that it needs."""

from importlib.resources import files

from emulator.engine.errors import parse
from emulator.engine.provider import Provider
from emulator.providers.dingtalk import auth, environment, replies
from emulator.providers.dingtalk.lifecycles import FILE_TRANSLATION
from emulator.providers.dingtalk.operations import OPERATIONS
from emulator.providers.dingtalk.quirks import QUIRKS

_PATHS = ("/v1.0/", "/v2.0/", "/topapi/", "/file/", "/media/", "/service/", "/gettoken", "/oauth2/", "/contact/")

PROVIDER = Provider(
    name="dingtalk",
    title="DingTalk contact-ID file translation",
    operations=OPERATIONS,
    load_errors=lambda: parse(files(__name__).joinpath("errors.toml").read_text("utf-8")),
    quirks=QUIRKS,
    lifecycles=(FILE_TRANSLATION,),
    groups={
        "contact": ("contact", "gateway"),
        "oauth2": ("oauth2", "gateway"),
        "legacy": ("legacy",),
    },
    owns=lambda request: request.raw_path.startswith(_PATHS),
    credentials=auth.credentials,
    mint=auth.mint,
    environment=environment.environment,
    exports=environment.EXPORTS,
    throttled={
        "contact": "Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi",
        "oauth2": "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi",
        "legacy": "90014",
    },
    fresh=frozenset({"access_token"}),
    refuse=replies.refuse,
    encode=replies.encode,
    render=replies.render,
)
