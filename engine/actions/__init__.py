"""Verbs: the only place where writes happen. Each takes `rt` first and is one transaction."""
