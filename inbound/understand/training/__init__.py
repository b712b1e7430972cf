"""How the model was made: invented replies with their labels, and the trainer. Neither is needed to read."""
