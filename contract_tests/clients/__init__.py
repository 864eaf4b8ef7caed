"""Clients of the providers: official SDKs run as scripts, plain calls, and apps that receive callbacks."""
