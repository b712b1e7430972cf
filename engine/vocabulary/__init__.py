"""The words every room uses. Frozen values only: nothing here reads a clock, a file or a database."""
