"""DingTalk's global error codes: two tables that say what errors there are, and not which operation gives them.

`global_errors.tsv` holds them as they are printed (server-api-error-codes-1, Chinese, 2026-05-06): one line a row, in
their order, with the HTTP statuses as printed (the legacy table, `oapi`, has none).
"""

from __future__ import annotations

from importlib.resources import files

from fauxlate.engine.tables.errors import ANY, ErrorRow

_SOURCE = "DingTalk global error codes (Chinese, 2026-05-06)"
_HTTP_STATUSES = range(200, 600)
_FIRST_ERROR_STATUS = 400


def load_rows() -> tuple[ErrorRow, ...]:
    """Return every row. The second row of a code has the key `code#2`; a row without a code has `-#` and its status."""
    rows: list[ErrorRow] = []
    counts: dict[str, int] = {}
    text = files(__package__).joinpath("global_errors.tsv").read_text("utf-8")
    for line in text.splitlines()[1:]:
        host, printed, code, message = line.split("\t")
        nth = counts[code] = counts.get(code, 0) + 1
        statuses = [int(status) for status in printed.split("/")] if printed else []
        listed = next(
            (status for status in statuses if status >= _FIRST_ERROR_STATUS), statuses[0] if statuses else None
        )
        key = f"{code}#{printed}" if code == "-" else code if nth == 1 else f"{code}#{nth}"
        rows.append(
            ErrorRow(
                key=key,
                code=code,
                group="global" if host == "v1" else "oapi",
                status=200 if listed is None else listed if listed in _HTTP_STATUSES else 500,
                listed_status=listed,
                message=message,
                operations=frozenset({ANY}),
                source=_SOURCE,
                note=f"The page prints {printed.replace('/', ', ')}." if len(statuses) > 1 else "",
                placeholders={"%s": code},
            )
        )
    return tuple(rows)
