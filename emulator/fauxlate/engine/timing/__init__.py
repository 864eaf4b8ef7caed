"""Time as data: the clock of a sandbox, and the timeline that a job was given when it was created."""
