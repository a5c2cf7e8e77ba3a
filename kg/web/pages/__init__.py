"""Pages for people: the HTML representation of the same routes."""
