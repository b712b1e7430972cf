"""Replies become threaded conversations."""
