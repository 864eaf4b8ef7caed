"""Side-by-side measurements: the emulator against a bare aiohttp handler, in one run; only ratios mean anything."""
