"""What the SPARQL endpoint does, whoever speaks HTTP for it."""
