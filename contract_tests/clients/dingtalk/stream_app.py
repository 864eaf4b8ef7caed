"""A Stream app, as the official dingtalk-stream has one written; prints each event as a line of JSON.

Usage: python stream_app.py CLIENT_ID CLIENT_SECRET [ANSWER…]; the n-th event is answered by the n-th ANSWER, a
code or `silence`, and each further one with 200. DINGTALK_OPENAPI_ENDPOINT says where to connect.
"""

import asyncio
import json
import sys

import dingtalk_stream
from dingtalk_stream import AckMessage, EventMessage

answers = sys.argv[3:]


class Handler(dingtalk_stream.EventHandler):  # type: ignore[misc]  # published without types
    async def process(self, event: EventMessage) -> tuple[int, str]:
        headers = event.headers
        event_data = {
            "type": headers.event_type,
            "id": headers.event_id,
            "corp": headers.event_corp_id,
            "timestamp": headers.event_born_time,
            "app": headers.event_unified_app_id,
            "topic": headers.topic,
            "message": headers.message_id,
            "data": event.data,
        }
        print(json.dumps(event_data), flush=True)
        answer = answers.pop(0) if answers else "200"
        if answer == "silence":
            await asyncio.Event().wait()
        return int(answer), "OK" if answer == str(AckMessage.STATUS_OK) else "no"


client = dingtalk_stream.DingTalkStreamClient(dingtalk_stream.Credential(sys.argv[1], sys.argv[2]))
client.register_all_event_handler(Handler())
asyncio.run(client.start())
