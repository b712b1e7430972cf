"""What a reply may ask of the machine: one file per noun, found through `table`."""
