"""The embedded store: immutable versions in folders that share files."""
