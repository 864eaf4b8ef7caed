"""What DingTalk tells its clients: events, as encrypted posts or as frames of a Stream connection."""
