"""Real SPARQL servers on loopback for tests: each stops with the block that wants it."""
