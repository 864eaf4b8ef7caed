"""Time as data: the clock of a sandbox, and the timeline that a job gets when it is created."""
