"""Claims: what `covers` accepts, and how it refuses what nothing has served."""

from __future__ import annotations

import pytest
from fauxlate.testing.coverage.claims import find_claims


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("NLP.0101", r"`NLP.0101` of huawei, which nothing has served it; there were .*WAITING"),
        ("NLP.01O1", "Did you mean `NLP.0101`"),
    ],
)
def test_a_claim_is_refused_where_nothing_of_it_was_served(name: str, message: str) -> None:
    served = {("operation", "huawei.RunFileTranslation"): 1, ("state", "huawei.file_translation WAITING"): 1}
    with pytest.raises(AssertionError, match=message):
        find_claims("huawei", [name], served)


def test_claims_name_errors_states_quirks_and_faults() -> None:
    served = {
        ("error", "huawei.RunFileTranslation NLP.0101"): 1,
        ("error", "huawei.RunTextTranslation NLP.0101"): 1,
        ("state", "huawei.file_translation WAITING"): 1,
        ("quirk", "huawei.started_status BEGIN"): 1,
        ("fault", "huawei.RunFileTranslation drop reset"): 1,
        ("error", "alibaba.GetAsyncTranslate NLP.0101"): 1,
    }
    names = ["NLP.0101", "WAITING", "started_status", "drop reset"]
    assert find_claims("huawei", names, served) == {key for key in served if "alibaba" not in key[1]}
    only = find_claims("huawei", ["RunTextTranslation NLP.0101"], served)
    assert only == {("error", "huawei.RunTextTranslation NLP.0101")}
