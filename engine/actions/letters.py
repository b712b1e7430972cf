"""One-off letters: one letter to a `For:` audience, counted, tested, sent once, cancelled.

A letter is a sequence of one step that everyone in its audience begins at once, so that permission,
quiet hours, replies and the ledger are the same as for any other letter."""
