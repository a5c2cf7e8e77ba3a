"""SHACL: graphs in, reports out; in this process, in one of its own, or in many."""
