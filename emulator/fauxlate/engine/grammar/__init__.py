"""From a scenario file to a scenario: text, grammar, verbs, and the compiler that refuses what no document has."""
