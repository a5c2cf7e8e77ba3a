"""Ontology, concept schemes and shapes as documents for people, read off their graphs."""
