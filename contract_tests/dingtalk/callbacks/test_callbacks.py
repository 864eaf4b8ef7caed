"""DingTalk's callbacks over HTTP, received by an app whose envelopes are opened and sealed by dingtalk-sdk."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from contract_tests.clients.called_back import App, Json, Plain, listening
from contract_tests.target import Target

pytestmark = pytest.mark.documented('page "configure-synchttp-push"; page "transfer_contact_id_job_result" (Chinese)')

EVENT = "transfer_contact_id_job_result"
TIMEOUT = 20
PATIENCE = 10.0
FROZEN = {"mode": "frozen", "at": "2026-01-01T00:00:00Z"}
EPOCH = 1767225600000


class Box:
    """A sandbox of its own, its clock frozen, and a client of DingTalk in it."""

    def __init__(self, server: Target, **settings: Any) -> None:
        self.url, self.session = server.url, requests.Session()
        self.session.trust_env = False
        told = self.asked("POST", "sandboxes", {"clock": FROZEN, **settings}, 201)
        self.id, self.own = told["id"], told["credentials"]["dingtalk"]
        self.alibaba = told["credentials"]["alibaba"]
        self.token = ""

    def asked(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self.session.request(method, f"{self.url}/__fauxlate/{path}", json=body, timeout=TIMEOUT)
        assert answer.status_code == status, answer.text
        return answer.json()

    def admin(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        return self.asked(method, f"sandboxes/{self.id}/{path}", body, status)

    def calls(self, app: App, form: str = "sync_http") -> None:
        """Set the app's URL as its callback URL, unchecked."""
        self.admin("PUT", "callbacks/dingtalk", {"url": app.url, "form": form, "check": False})

    def follow(self, then: Any, **rule: Any) -> None:
        """Follow a scenario of one rule on the operation that starts jobs."""
        self.admin("PUT", "scenario", {"rules": [{"on": "dingtalk.TranslateFile", "then": then, **rule}]})

    def advance(self, by: str) -> None:
        self.admin("PATCH", "clock", {"advance": by})

    def submitted(self, data: bytes = b"$userName=u$", name: str = "a.csv") -> str:
        """Start a job; return its id."""
        if not self.token:
            keys = {"suiteKey": self.own["suite_key"], "suiteSecret": self.own["suite_secret"]}
            asked = {**keys, "authCorpId": self.own["corp_id"], "suiteTicket": "t"}
            self.token = self.post("/v1.0/oauth2/corpAccessToken", json=asked)["accessToken"]
        media = self.post("/file/upload/single", params={"access_token": self.token}, files={"file": (name, data)})
        asked = {"medias": {media["media_id"]: name}, "unionId": self.own["union_id"]}
        return str(self.post("/v1.0/contact/files/translate", json=asked, headers=self.headers)["jobId"])

    @property
    def headers(self) -> dict[str, str]:
        return {"x-acs-dingtalk-access-token": self.token}

    def status(self, job: str) -> str:
        at = f"{self.url}/v1.0/contact/files/translateResults"
        return str(self.session.get(at, params={"jobId": job}, headers=self.headers, timeout=TIMEOUT).json()["status"])

    def post(self, path: str, **more: Any) -> Any:
        answer = self.session.post(f"{self.url}{path}", timeout=TIMEOUT, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def journal(self, operation: str = EVENT) -> list[Json]:
        entries: list[Json] = self.admin("GET", f"journal?operation={operation}")["entries"]
        return entries

    def faults(self) -> dict[str, int]:
        rows = self.admin("GET", "coverage?kind=fault&only=served")["rows"]
        return {row["name"].partition(" ")[2]: row["served"] for row in rows}


@pytest.fixture
def box(server: Target) -> Iterator[Box]:
    box = Box(server)
    with box.session:
        yield box


@pytest.fixture
def app(box: Box) -> Iterator[App]:
    with listening(App(box.own)) as app:
        yield app


def job_of(said: Json) -> str:
    """Return the job that a callback in whichever form tells of."""
    data = json.loads(said["bizData"][0]["biz_data"]) if "bizData" in said else said
    return str(data["jobId"])


# The three forms' contents.


def test_sync_http_pushes_a_row_of_biz_type_139(box: Box, app: App) -> None:
    box.calls(app)
    job = box.submitted()
    box.advance("2s")
    assert not app.heard()
    box.advance("1s")
    said = app.next()
    assert said["EventType"] == "SYNC_HTTP_PUSH_MEDIUM"
    (row,) = said["bizData"]
    assert (row["biz_type"], row["corp_id"], row["status"], row["open_cursor"]) == (139, box.own["corp_id"], 0, 0)
    assert row["gmt_create"] == row["gmt_modified"] == EPOCH + 3000
    assert row["subscribe_id"].endswith("_0")
    data = json.loads(row["biz_data"])
    assert data == {"syncAction": EVENT, "jobId": job, "status": "1", "eventId": data["eventId"]}
    assert box.status(job) == "1"


@pytest.mark.documented("the archived page of the event: its status is a number")
def test_the_archived_form_pushes_the_event_alone(box: Box, app: App) -> None:
    box.calls(app, "http")
    job = box.submitted()
    box.advance("3s")
    assert app.next() == {
        "EventType": EVENT,
        "EventTime": EPOCH + 3000,
        "CorpId": box.own["corp_id"],
        "BizId": job,
        "jobId": job,
        "status": 1,
    }


def test_the_signature_comes_under_both_names_and_the_timestamp_is_the_sandboxs(box: Box, app: App) -> None:
    box.calls(app)
    box.submitted()
    box.advance("3s")
    asked, body = app.posts[0]
    assert asked["signature"] == asked["msg_signature"]
    assert int(asked["timestamp"]) == EPOCH + 3000
    assert list(json.loads(body)) == ["encrypt"]


@pytest.mark.documented("seeds 000 and 001: if the file is translated successfully")
def test_a_failed_job_is_told_of_where_the_quirk_says_so(box: Box, app: App) -> None:
    box.calls(app, "http")
    box.follow({"timeline": ["0 3s", "2"]})
    job = box.submitted()
    box.advance("1m")
    assert (box.status(job), app.heard(), box.journal()) == ("2", 0, [])
    rule = {"on": "dingtalk.TranslateFile", "then": {"timeline": ["0 3s", "2"]}}
    box.admin("PUT", "scenario", {"quirks": {"dingtalk.callback_when": "ended"}, "rules": [rule]})
    job = box.submitted()
    box.advance("3s")
    said = app.next()
    assert (said["jobId"], said["status"]) == (job, 2)


# What counts as an answer, and what follows where none came.


def signed_wrongly(app: App) -> tuple[int, bytes]:
    return app.sealed("success", msg_signature="0" * 40)


NO_SUCCESS: dict[str, tuple[Callable[[App], tuple[int, bytes]], str]] = {
    "another status": (lambda app: (500, app.sealed("success")[1]), "HTTP 500"),
    "plain text": (lambda _: (200, b"success"), "no JSON"),
    "an empty body": (lambda _: (200, b""), "no JSON"),
    "another word": (lambda app: app.sealed("fail"), "fail"),
    "wrongly signed": (signed_wrongly, "msg_signature"),
    "not encrypted": (lambda app: app.sealed("success", encrypt="c3VjY2Vzcw=="), "msg_signature"),
    "a list": (lambda _: (200, b"[]"), "no JSON"),
}


@pytest.mark.documented('page "obtain-the-event-list-of-failed-push-messages": again after 10 s, and 30 s later')
@pytest.mark.parametrize(("answer", "why"), NO_SUCCESS.values(), ids=NO_SUCCESS)
def test_what_is_not_the_sealed_success_is_pushed_again_twice(
    box: Box, app: App, answer: Callable[[App], tuple[int, bytes]], why: str
) -> None:
    app.answer = lambda _: answer(app)
    box.calls(app)
    job = box.submitted()
    box.advance("3s")
    assert app.heard() == 1
    box.advance("9s")
    assert app.heard() == 1
    box.advance("1s")
    assert app.heard() == 2
    box.advance("29s")
    assert app.heard() == 2
    box.advance("1s")
    assert app.heard() == 3
    box.advance("1h")
    said = [app.next() for _ in range(3)]
    assert [job_of(one) for one in said] == [job] * 3
    assert len({json.dumps(one) for one in said}) == 1  # each try says the same
    tries = [entry["callback"] for entry in box.journal()]
    assert [one["attempt"] for one in tries] == [1, 2, 3]
    assert all(not one["acknowledged"] and why in one["refusal"] for one in tries)


@pytest.mark.documented('page "obtain-the-event-list-of-failed-push-messages": again after 10 s, and 30 s later')
def test_one_jump_of_the_clock_makes_every_try_at_its_time(box: Box, app: App) -> None:
    app.answer = lambda _: (200, b"") if len(app.posts) < 3 else app.sealed("success")
    box.calls(app)
    box.submitted()
    box.advance("1h")
    assert [(int(asked["timestamp"]) - EPOCH) / 1000 for asked, _ in app.posts] == [3, 13, 43]
    assert [entry["callback"]["acknowledged"] for entry in box.journal()] == [False, False, True]


def test_an_app_that_is_not_there_is_tried_again(box: Box) -> None:
    with listening(App(box.own)) as app:
        box.calls(app)
    box.submitted()
    box.advance("1h")
    entries = box.journal()
    assert [entry["reply"]["status"] for entry in entries] == [0, 0, 0]
    assert all("there was no answer" in entry["callback"]["refusal"] for entry in entries)


@pytest.mark.assumed("an answer may come in pieces, without end, or too late")
@pytest.mark.parametrize(("pieces", "counts"), [(1, True), (5, True), (0, False), (-1, False)])
def test_an_answer_is_read_to_its_end_and_no_further(box: Box, pieces: int, *, counts: bool) -> None:
    """`pieces` 0 is an answer that never comes, -1 one that never ends."""
    app, between = App(box.own), requests.Session()
    between.trust_env = False
    with between, socket.create_server(("127.0.0.1", 0)) as server:
        app.url = f"http://127.0.0.1:{server.getsockname()[1]}/"

        def answer() -> None:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.recv(65536)
                if not pieces:
                    connection.recv(1)  # until the other side has had enough
                    return
                body = app.sealed("success")[1] if pieces > 0 else b"x" * 1000
                length = f"Content-Length: {len(body)}\r\n" if pieces > 0 else ""
                connection.sendall(f"HTTP/1.1 200 OK\r\n{length}\r\n".encode())
                size = -(-len(body) // max(pieces, 1))
                for at in range(0, len(body), size):
                    connection.sendall(body[at : at + size])
                    between.get(f"{box.url}/__fauxlate/health", timeout=TIMEOUT)  # the server has read it by then
                while pieces < 0:
                    connection.sendall(body)

        thread = threading.Thread(target=answer)
        thread.start()
        box.calls(app)
        box.submitted()
        box.advance("3s")
        thread.join()
    assert box.journal()[0]["callback"]["acknowledged"] is counts


@pytest.mark.sdk("the official Python class breaks encrypt into lines (open-dingtalk/DingTalk-Callback-Crypto)")
@pytest.mark.parametrize("spelling", ["timeStamp", "timestamp"])
def test_answers_are_taken_as_the_samples_write_them(box: Box, app: App, spelling: str) -> None:
    def answer(_: Json) -> tuple[int, bytes]:
        said = app.crypto.encrypt_message("success")
        said[spelling] = said.pop("timeStamp")
        return 200, json.dumps(said).encode()

    app.answer = answer
    box.calls(app)
    box.submitted()
    box.advance("3s")
    assert box.journal()[0]["callback"]["acknowledged"]


# URL checks and other events of the console.


def test_a_url_is_taken_once_it_answers_its_check(box: Box, app: App) -> None:
    told = box.admin("PUT", "callbacks/dingtalk", {"url": app.url})
    first = app.next()
    assert (first["EventType"], sorted(first)) == ("check_create_suite_url", ["EventType", "Random"])
    assert told["receivers"]["dingtalk"] == {
        "form": "sync_http",
        "url": app.url,
        "token": box.own["callback_token"],
        "aes_key": box.own["callback_aes_key"],
    }
    box.admin("PUT", "callbacks/dingtalk", {"url": app.url, "form": "http"})
    second = app.next()
    assert (second["EventType"], second["TestSuiteKey"]) == ("check_update_suite_url", box.own["suite_key"])


def test_a_url_that_does_not_answer_its_check_is_not_taken(box: Box, app: App) -> None:
    app.answer = lambda _: app.sealed("fail")
    refused = box.admin("PUT", "callbacks/dingtalk", {"url": app.url}, status=409)
    assert "success is wanted" in refused["message"]
    assert box.admin("GET", "callbacks")["receivers"] == {}


@pytest.mark.parametrize("event", ["check_url", "suite_ticket"])
@pytest.mark.parametrize("form", ["sync_http", "http"])
def test_the_console_sends_events_on_demand(box: Box, app: App, event: str, form: str) -> None:
    box.calls(app, form)
    tried = box.admin("POST", "callbacks/dingtalk/events", {"event": event})
    assert (tried["acknowledged"], tried["status"], tried["form"]) == (True, 200, form)
    said = app.next()
    if event == "check_url":
        assert said == {"EventType": "check_url"}
    elif form == "http":
        assert (said["EventType"], said["SuiteKey"]) == ("suite_ticket", box.own["suite_key"])
    else:
        assert (said["EventType"], said["bizData"][0]["biz_type"]) == ("SYNC_HTTP_PUSH_HIGH", 2)
        assert json.loads(said["bizData"][0]["biz_data"])["syncAction"] == "suite_ticket"


def test_a_token_and_a_key_of_ones_own_are_used(box: Box) -> None:
    own = {**box.own, "callback_token": "mine", "callback_aes_key": "A" * 43}
    with listening(App(own)) as app:
        box.admin("PUT", "callbacks/dingtalk", {"url": app.url, "token": "mine", "aes_key": "A" * 43})
        box.submitted()
        box.advance("3s")
    assert app.heard() == 2


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"url": "http://198.51.100.7/callback"}, "--callbacks-anywhere"),
        ({"url": "http://example.com/callback"}, "--callbacks-anywhere"),
        ({"url": "http://localhost.example.com/"}, "--callbacks-anywhere"),
        ({"url": "nowhere"}, "no URL"),
        ({"url": "file:///etc/passwd"}, "no URL"),
        ({"url": "http://[::1"}, "no URL"),
        ({"url": ""}, "no URL"),
        ({"url": "http://127.0.0.1:1/", "form": "synchttp"}, "sync_http"),
        ({"url": "http://127.0.0.1:1/", "token": "no"}, "3 to 32"),
        ({"url": "http://127.0.0.1:1/", "aes_key": "short"}, "43"),
        ({"url": "http://127.0.0.1:1/", "form": "stream"}, "Stream takes no url"),
    ],
)
@pytest.mark.assumed("our own surface: what cannot be set is refused, with what to write instead")
def test_what_cannot_be_set_is_refused_with_the_reason(box: Box, asked: Json, why: str) -> None:
    refused = box.admin("PUT", "callbacks/dingtalk", asked, status=400)
    assert why in refused["message"]
    made = box.asked("POST", "sandboxes", {"callbacks": {"dingtalk": asked}}, status=400)
    assert why in made["message"]


@pytest.mark.assumed("our own surface")
def test_a_provider_without_a_console_is_refused(box: Box) -> None:
    refused = box.admin("PUT", "callbacks/dingtolk", {"url": "http://127.0.0.1:1/"}, status=404)
    assert "Did you mean `dingtalk`" in refused["message"]
    box.admin("PUT", "callbacks/dingtalk", {"form": "stream"})
    refused = box.admin("POST", "callbacks/dingtalk/events", {"event": "check_url"}, status=400)
    assert "ping, disconnect" in refused["message"]


# When nobody, somebody new or nobody any more wants to be told.


@pytest.mark.assumed("nobody says what becomes of events before a URL is set")
def test_a_url_set_while_a_job_runs_is_told_of_its_end(box: Box, app: App) -> None:
    early = box.submitted()
    box.advance("3s")
    late = box.submitted()
    box.calls(app)
    box.advance("1h")
    assert job_of(app.next()) == late != early
    assert not app.heard()


@pytest.mark.assumed("our own surface")
def test_a_url_that_is_taken_back_is_told_nothing(box: Box, app: App) -> None:
    box.calls(app)
    box.submitted()
    assert box.admin("DELETE", "callbacks/dingtalk")["receivers"] == {}
    box.advance("1h")
    assert (app.heard(), box.journal()) == (0, [])


@pytest.mark.assumed("our own surface")
def test_a_sandbox_is_created_with_its_callbacks_and_has_them_after_a_reset(server: Target) -> None:
    with listening(App(Box(server).own)) as app:
        own = {"token": "mine", "aes_key": "A" * 43}
        box = Box(server, callbacks={"dingtalk": {"url": app.url, **own}})
        app.crypto = App({**box.own, "callback_token": "mine", "callback_aes_key": "A" * 43}).crypto
        box.submitted()
        box.admin("POST", "reset", {})
        box.advance("1h")
        assert not app.heard()  # the job is gone with all that was due
        box.token = ""
        box.submitted()
        box.advance("1h")
        assert app.heard() == 1


@pytest.mark.assumed("a job whose end only polls bring is told of when it has come")
def test_a_job_moved_by_polls_or_by_hand_is_told_of_when_it_ends(box: Box, app: App) -> None:
    box.calls(app)
    box.follow({"timeline": ["0 2 polls", "1"]})
    polled = box.submitted()
    assert box.status(polled) == "0"
    box.advance("1h")
    assert not app.heard()
    assert box.status(polled) == "0"
    box.advance("0s")
    assert job_of(app.next()) == polled
    box.follow({"timeline": ["0 manual", "1"]})
    moved = box.submitted()
    box.admin("POST", f"jobs/{moved}/move", {})
    box.advance("0s")
    assert job_of(app.next()) == moved


@pytest.mark.assumed("a course that never ends is never told of")
def test_a_job_that_is_stuck_is_not_told_of(box: Box, app: App) -> None:
    box.calls(app)
    box.follow({"timeline": ["0"]})
    box.submitted()
    box.advance("10h")
    assert not app.heard()


@pytest.mark.assumed("with the real clock, callbacks come in time")
def test_a_clock_that_runs_by_itself_calls_back_too(server: Target) -> None:
    box = Box(server, clock={"mode": "real"})
    box.admin("PUT", "scenario", {"lifecycles": {"dingtalk.file_translation": {"0": "20ms"}}})
    with listening(App(box.own)) as app:
        box.calls(app)
        job = box.submitted()
        assert job_of(app.told.get(timeout=PATIENCE)) == job


# What a scenario does to callbacks.


@pytest.mark.assumed("a scenario's verb")
def test_a_late_callback_comes_after_its_delay(box: Box, app: App) -> None:
    box.calls(app)
    box.follow({"callback": {"how": "late", "for": "5m"}})
    job = box.submitted()
    box.advance("3s")
    assert (box.status(job), app.heard()) == ("1", 0)
    box.advance("299s")
    assert not app.heard()
    box.advance("1s")
    assert job_of(app.next()) == job
    assert box.faults() == {"callback late": 1}


@pytest.mark.assumed("a scenario's verb")
def test_a_lost_callback_never_comes(box: Box, app: App) -> None:
    box.calls(app)
    box.follow({"callback": "lost"})
    job = box.submitted()
    box.advance("1h")
    assert (box.status(job), app.heard(), app.posts) == ("1", 0, [])
    entries = box.journal()
    assert [entry["reply"]["fault"] for entry in entries] == ["callback lost"] * 3
    assert entries[0]["why"][0].endswith("applied to the call that started the job")
    assert entries[0]["rule"] is not None
    assert box.faults() == {"callback lost": 3}


@pytest.mark.assumed("a scenario's verb")
def test_a_first_try_that_is_lost_is_made_good_by_the_second(box: Box, app: App) -> None:
    box.calls(app)
    box.follow({"callback": {"how": "lost", "times": 1}}, times=1)
    job = box.submitted()
    box.advance("12s")
    assert not app.heard()
    box.advance("1s")
    assert job_of(app.next()) == job


@pytest.mark.assumed("a scenario's verb")
def test_a_duplicated_callback_comes_several_times_with_one_event_id(box: Box, app: App) -> None:
    box.calls(app)
    box.follow({"callback": {"how": "duplicated", "times": 3}})
    box.submitted()
    box.advance("1h")
    said = [app.next() for _ in range(3)]
    assert said[0] == said[1] == said[2]
    assert len({asked["nonce"] for asked, _ in app.posts}) == 3  # sealed and signed anew
    assert not app.heard()


@pytest.mark.assumed("a scenario's verb")
def test_reordered_callbacks_come_after_their_successor(box: Box, app: App) -> None:
    box.calls(app)
    box.follow({"callback": "reordered"}, times=1)
    first = box.submitted()
    box.advance("1s")
    second = box.submitted()
    box.advance("1h")
    assert [job_of(app.next()), job_of(app.next())] == [second, first]
    assert box.faults() == {"callback reordered": 1}


@pytest.mark.assumed("a scenario's verb")
def test_an_early_callback_comes_before_the_call_is_answered(box: Box, app: App) -> None:
    answered = threading.Event()
    before: list[bool] = []

    def answer(_: Json) -> tuple[int, bytes]:
        before.append(not answered.is_set())
        return app.sealed("success")

    app.answer = answer
    box.calls(app)
    box.follow({"callback": "early"})
    job = box.submitted()
    answered.set()
    assert (before, job_of(app.next()), box.status(job)) == ([True], job, "1")
    events = [entry["operation"] for entry in box.admin("GET", "journal")["entries"]]
    assert events.index(f"dingtalk.{EVENT}") < events.index("dingtalk.TranslateFile")


@pytest.mark.assumed("a scenario's verb")
def test_a_missigned_callback_is_refused_by_a_careful_app(box: Box, app: App) -> None:
    box.calls(app)
    box.follow({"callback": {"how": "missigned", "times": 1}})
    job = box.submitted()
    box.advance("3s")
    assert (app.heard(), len(app.posts)) == (0, 1)
    assert box.journal()[0]["reply"]["status"] == 403
    box.advance("10s")
    assert job_of(app.next()) == job
    assert box.faults() == {"callback missigned": 1}


@pytest.mark.assumed("a scenario's verb")
def test_several_verbs_are_done_to_one_callback(box: Box, app: App) -> None:
    box.calls(app)
    box.follow([{"timeline": ["0 1m", "1"]}, {"callback": "duplicated"}, {"callback": {"how": "late", "for": "1m"}}])
    box.submitted()
    box.advance("119s")
    assert not app.heard()
    box.advance("1s")
    assert app.heard() == 2


WRONG = {
    "no job": ("dingtalk.GetAccessToken", "lost", "nobody is called back by dingtalk.GetAccessToken"),
    "no callbacks at all": ("huawei.RunFileTranslation", "lost", "huawei has no callbacks"),
    "no signature": ("alibaba.CreateDocTranslateTask", "missigned", "carries no signature"),
    "for with lost": ("dingtalk.TranslateFile", {"how": "lost", "for": "2s"}, "`for` says how late"),
    "times with late": ("dingtalk.TranslateFile", {"how": "late", "times": 2}, "`times` counts"),
    "another word": ("dingtalk.TranslateFile", "gone", "'lost', 'late'"),
    "no length": ("dingtalk.TranslateFile", {"how": "late", "for": "soon"}, "soon"),
}


@pytest.mark.assumed("our own surface")
@pytest.mark.parametrize(("on", "callback", "why"), WRONG.values(), ids=WRONG)
def test_a_verb_that_does_not_fit_is_refused(box: Box, on: str, callback: Any, why: str) -> None:
    rule = {"on": on, "then": {"callback": callback}}
    refused = box.admin("PUT", "scenario", {"rules": [rule]}, status=400)
    assert why in refused["message"]


@pytest.mark.assumed("a scenario's verb")
def test_two_reordered_callbacks_change_places_and_neither_is_held_for_ever(box: Box, app: App) -> None:
    box.calls(app)
    box.follow({"callback": "reordered"})
    jobs = [box.submitted() for _ in range(4)]
    box.advance("1h")
    assert [job_of(app.next()) for _ in jobs] == [jobs[1], jobs[0], jobs[3], jobs[2]]


@pytest.mark.assumed("sandboxes are worlds of their own")
def test_callbacks_of_one_sandbox_do_not_come_to_another(server: Target, box: Box, app: App) -> None:
    box.calls(app)
    other = Box(server)
    forked = box.admin("POST", "fork", {}, status=201)
    other.submitted()
    other.advance("1h")
    assert (app.heard(), other.journal()) == (0, [])
    assert box.asked("GET", f"sandboxes/{forked['id']}/callbacks")["receivers"]["dingtalk"]["url"] == app.url
    job = box.submitted()
    box.asked("PATCH", f"sandboxes/{forked['id']}/clock", {"advance": "1h"})
    assert not app.heard()
    box.advance("3s")
    assert job_of(app.next()) == job


@pytest.mark.assumed("sandboxes are worlds of their own")
def test_the_callbacks_of_a_fork_are_sealed_with_its_own_keys(box: Box, app: App) -> None:
    box.calls(app)
    forked = box.admin("POST", "fork", {}, status=201)
    app.crypto = App(forked["credentials"]["dingtalk"]).crypto
    path = f"sandboxes/{forked['id']}/callbacks"
    tried = box.asked("POST", f"{path}/dingtalk/events", {"event": "check_url"})
    assert tried["acknowledged"], tried
    own = forked["credentials"]["dingtalk"]
    assert box.asked("GET", path)["receivers"]["dingtalk"]["token"] == own["callback_token"]


# Alibaba's callback goes the same way.


def document(box: Box, url: str) -> str:
    asked = {
        "Action": "CreateDocTranslateTask",
        "Version": "2018-10-12",
        "Format": "JSON",
        "AccessKeyId": box.alibaba["access_key_id"],
    }
    form = {"SourceLanguage": "zh", "TargetLanguage": "en", "FileUrl": "https://e.example/a.docx", "CallbackUrl": url}
    answer = box.session.post(f"{box.url}/", params=asked, data=form, timeout=TIMEOUT)
    return str(answer.json()["TaskId"])


@pytest.mark.documented("help.aliyun.com document_detail/163814: CallbackUrl")
@pytest.mark.parametrize(
    ("callback", "heard"), [(None, [3]), ("lost", []), ("duplicated", [3, 3]), ({"how": "late", "for": "1m"}, [63])]
)
def test_what_a_scenario_does_applies_to_alibabas_callback_as_well(
    server: Target, callback: Any, heard: list[float]
) -> None:
    box = Box(server, signatures="ignored")
    rules = [{"on": "alibaba.CreateDocTranslateTask", "then": {"callback": callback}}] if callback else []
    box.admin("PUT", "scenario", {"rules": rules})
    with listening(Plain(box.own)) as app:
        task = document(box, app.url)
        box.advance("1h")
        assert [app.next()["task_id"] for _ in heard] == [task] * len(heard)
        assert not app.heard()
    entries = box.journal("alibaba.CallbackUrl")
    times = [entry["sandbox_time"] for entry in entries if entry["reply"]["fault"] is None]
    assert times == [f"2026-01-01T00:{int(at) // 60:02}:{int(at) % 60:02}Z" for at in heard]


@pytest.mark.assumed("callbacks stay on this machine unless a setting says otherwise")
def test_a_callback_to_another_machine_is_noted_and_not_sent(server: Target) -> None:
    box = Box(server, signatures="ignored")
    document(box, "http://callback.example.com/done")
    box.advance("1h")
    (entry,) = box.journal("alibaba.CallbackUrl")
    assert entry["reply"]["status"] == 0
    assert "it is not sent: it does not lead to this machine" in entry["callback"]["refusal"]


# The journal.


@pytest.mark.assumed("our own surface")
def test_the_journal_tells_what_was_sent_said_and_answered(box: Box, app: App) -> None:
    box.calls(app)
    job = box.submitted()
    box.advance("3s")
    (entry,) = box.journal(f"dingtalk.{EVENT}")
    assert (entry["provider"], entry["job"], entry["reply"]["status"]) == ("dingtalk", job, 200)
    assert entry["sandbox_time"] == "2026-01-01T00:00:03Z"
    assert entry["request"]["method"] == "POST"
    assert entry["request"]["target"].startswith(f"{app.url}?signature=<redacted>")
    assert json.loads(entry["request"]["body"])["encrypt"] == json.loads(app.posts[0][1])["encrypt"]
    assert "encrypt" in json.loads(entry["reply"]["body"])
    callback = entry["callback"]
    assert job_of(json.loads(callback.pop("said"))) == job
    assert callback == {"form": "sync_http", "attempt": 1, "acknowledged": True, "refusal": None}
    assert [one["number"] for one in box.admin("GET", f"journal?job={job}")["entries"]] == sorted(
        one["number"] for one in box.admin("GET", f"journal?job={job}")["entries"]
    )
    har = box.admin("GET", f"journal?operation={EVENT}&format=har")["log"]["entries"][0]
    assert har["request"]["url"].startswith(app.url)
    assert box.journal("TranslateFile")[0]["callback"] is None


@pytest.mark.assumed("the same seed and the same requests give the same bytes")
def test_the_same_seed_gives_the_same_bytes(server: Target) -> None:
    seen = []
    box = Box(server)
    with listening(App(box.own)) as app:
        for _ in range(2):
            box.admin("POST", "reset", {})
            box.token = ""
            box.admin("PATCH", "clock", {"mode": "frozen"})
            box.calls(app)
            box.submitted()
            box.advance("1h")
            asked, _ = app.posts[-1]
            seen.append((app.next()["bizData"][0]["biz_id"], asked["nonce"]))
    assert seen[0] == seen[1]
