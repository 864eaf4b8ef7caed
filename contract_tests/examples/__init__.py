"""Two clients of the same providers, one careful and one careless, and what the sweep and the tester say of each."""
