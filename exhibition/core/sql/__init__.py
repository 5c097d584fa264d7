"""SQL beyond the session: statements of the hot paths, lists as parameters, paging, the state of the schema."""
