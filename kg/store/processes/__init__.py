"""Queries from outside in child processes, which can be killed and can do no harm."""
