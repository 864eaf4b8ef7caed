"""Clients of DingTalk: plain calls, apps of the official SDKs, and a writer of workbooks."""
