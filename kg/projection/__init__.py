"""A version's things as SQL tables: what documents and lists need, without asking the engine."""
