"""SPARQL as text, never run: tokens, forms, what a query may call; `endpoint` runs queries."""
