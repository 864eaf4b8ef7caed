"""Clients of Huawei: raw requests, and the official Node SDK."""
