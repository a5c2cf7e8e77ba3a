"""What documents and lists ask of a version, and its answers by SPARQL."""
