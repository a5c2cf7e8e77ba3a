"""SPARQL as text: its tokens, the form of a query, what a query may call, the answers kept."""
