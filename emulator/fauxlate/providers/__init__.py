"""The providers: one folder each, exporting one value, `PROVIDER`. None knows another."""
