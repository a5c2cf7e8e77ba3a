"""Things, lists of things and reports as people and programs read them."""
