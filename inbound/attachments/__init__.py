"""Files that come with messages: told by their bytes, kept within caps, pictures made anew."""
