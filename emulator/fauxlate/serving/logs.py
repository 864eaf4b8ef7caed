"""The log of a server, on stderr: lines for people, or a JSON object a line for machines."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        record_data = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            record_data["traceback"] = self.formatException(record.exc_info)
        return json.dumps(record_data, ensure_ascii=False)


def configure(form: str) -> None:
    """Write the log of this process in `form`, `text` or `json`, from warnings up."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonFormatter() if form == "json" else logging.Formatter("%(levelname)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
