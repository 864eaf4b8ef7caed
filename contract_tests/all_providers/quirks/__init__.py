"""What each choice of each quirk does: a check a quirk, by provider."""

import pytest

pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in ("sandbox", "alibaba", "dingtalk", "huawei")))
