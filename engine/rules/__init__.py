"""Pure decisions: frozen values in, a closed union of frozen dataclasses out."""
