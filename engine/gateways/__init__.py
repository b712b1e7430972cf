"""Ways out of the house: one file per kind of gateway."""
