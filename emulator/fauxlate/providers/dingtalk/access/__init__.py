"""Who calls DingTalk: tokens of apps, corps and users, and the login at which a user gets one."""
