"""The only way this application asks servers that somebody else has named."""
