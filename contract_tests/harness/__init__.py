"""What contract tests are made with: targets, clients of the providers, evidence, what the documents print, drift."""
