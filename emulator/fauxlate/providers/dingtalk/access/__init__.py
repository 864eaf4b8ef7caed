"""Who calls DingTalk: apps, suites and users, the tokens that they get, and the login of a user."""
