"""Tests of the provider Alibaba: its signatures as pure functions."""
