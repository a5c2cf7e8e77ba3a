"""SPARQL that is run: queries from outside, whoever speaks HTTP for them; the text is `sparql`."""
