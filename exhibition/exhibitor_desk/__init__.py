"""The exhibitor's own desk, made for a phone: what to do next, and the sign of the booth."""
