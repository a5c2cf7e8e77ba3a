"""Conformance to the W3C's SPARQL recommendations, asked of a real ``kg serve`` over HTTP."""
