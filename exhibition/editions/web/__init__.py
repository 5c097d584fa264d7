"""The desk's pages about whole editions."""
