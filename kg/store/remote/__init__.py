"""Any SPARQL 1.1 service as the store, and all that talks HTTP to other servers."""
