"""The admin API, under `/__fauxlate/`: sandboxes, their clocks, scenarios, jobs, journals and coverage."""
