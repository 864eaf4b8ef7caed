"""The pure centre: time, timelines, jobs, errors, scenarios. It knows no provider, no socket and no wall clock."""
