"""What a letter says and how it is built: scripts, composing, MIME, text messages."""
