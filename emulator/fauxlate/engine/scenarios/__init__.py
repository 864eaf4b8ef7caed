"""What a scenario does: conditions under which a rule matches, and the effects that it has."""
