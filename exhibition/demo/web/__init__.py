"""The desk's page that removes the demo."""
