"""Where the graphs are kept: the port that the rest of the package knows, and its engines."""
