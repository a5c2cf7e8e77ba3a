"""Full-text search over the things of a version: folding, index, ranking, files."""
