"""Files on their way to DingTalk: uploads, the drive, and the media that a translation names."""
