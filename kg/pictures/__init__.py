"""Things as they stand to each other: in a network, and in time."""
