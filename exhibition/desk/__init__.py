"""The desk's frame: where each page belongs, what needs somebody now, and finding things. Reads all, writes nothing."""
