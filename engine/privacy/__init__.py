"""What keeps members safe if a copy of the database walks away."""
