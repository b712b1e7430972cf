"""Real servers for the tests: each is started at the first test that asks, and stopped with the run."""
