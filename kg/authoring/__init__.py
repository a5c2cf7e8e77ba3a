"""Writing an article's file: a skeleton to begin with, and what is still wrong with a draft."""
