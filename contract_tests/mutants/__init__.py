"""The mutation check: what single alterations of tables and engine the contract tests notice."""
