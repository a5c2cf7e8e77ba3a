"""The HTTP face: parse the request, call one use case, respond. The only place that knows Flask."""
