"""RDF itself: terms, names, formats, documents in and out."""
