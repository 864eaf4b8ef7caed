"""The strategies: whatever they draw is valid by the documents."""

from __future__ import annotations

import pytest
from fauxlate.testing import strategies
from fauxlate.testing.scenarios import compile_layers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@given(st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_scenario_that_is_drawn_is_valid_by_the_documents(data: st.DataObject) -> None:
    patterns = data.draw(st.sampled_from([("*",), ("huawei.*",), ("alibaba.*Image*", "dingtalk.TranslateFile")]))
    document = data.draw(strategies.scenarios(*patterns))
    scenario = compile_layers([document])
    assert len(scenario.rules) == len(document["rules"])
    assert not any("undocumented" in rule for rule in document["rules"])


@given(st.data())
@settings(deadline=None)
def test_every_timeline_that_is_drawn_is_one_of_its_lifecycle(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(strategies.LIFECYCLES)))
    steps = data.draw(strategies.timelines(name))
    assert strategies.LIFECYCLES[name].parse_timeline(steps, ()).steps


def test_a_pattern_that_fits_no_operation_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`huawei.RunFileTranslatio` is not an operation\. Did you mean"):
        strategies.match_operations(["huawei.RunFileTranslatio"])
