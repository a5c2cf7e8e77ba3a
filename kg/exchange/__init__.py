"""Files for other stores, other stores themselves, and the whole store as one file."""
