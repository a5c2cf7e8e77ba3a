"""``make fuzz``: a server of its own, asked all that its OpenAPI document lets one make up."""
