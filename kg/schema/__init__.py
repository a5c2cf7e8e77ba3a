"""What ontology and shapes say: classes, members, collections, filters, and their SPARQL."""
