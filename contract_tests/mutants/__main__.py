"""`python -m contract_tests.mutants` runs the mutation check."""

from contract_tests.mutants.command import main

raise SystemExit(main())
