"""The sequence engine, and everything all three packages share."""
