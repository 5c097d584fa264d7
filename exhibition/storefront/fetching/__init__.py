"""The only way this application sends requests to servers that somebody else has named."""
