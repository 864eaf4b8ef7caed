"""`python -m contract_tests.fuzz` fuzzes an emulator of its own."""

from contract_tests.fuzz.command import main

raise SystemExit(main())
