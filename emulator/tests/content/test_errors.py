import pickle

from fauxlate.content.errors import ContentError


def test_the_reason_crosses_processes() -> None:
    refused = pickle.loads(pickle.dumps(ContentError("empty", "no bytes")))  # noqa: S301
    assert (refused.kind, refused.reason, str(refused)) == ("empty", "no bytes", "no bytes")
