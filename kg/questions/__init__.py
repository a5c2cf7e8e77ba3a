"""The questions of this field that no list answers: coverage, evidence, positions, explanations.

They are about claims and what these rest on, so this package, and no other module, names classes
and properties of the ontology. Members of an answer that are not the graph's own have names that
the JSON-LD context does not know, so that the answer, read as JSON-LD, says no more than the graph.
"""
