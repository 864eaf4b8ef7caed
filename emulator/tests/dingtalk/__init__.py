"""Tests of the provider DingTalk: its envelopes as pure functions."""
