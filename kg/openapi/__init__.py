"""The OpenAPI 3.1 description of the whole API, generated from the schema and the routes."""
