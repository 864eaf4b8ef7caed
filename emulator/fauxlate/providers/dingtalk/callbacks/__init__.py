"""The events that DingTalk sends to its clients, as encrypted posts or as frames of a Stream connection."""
