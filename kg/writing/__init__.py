"""Whatever changes a store, proven before it counts; and what has been changed."""
