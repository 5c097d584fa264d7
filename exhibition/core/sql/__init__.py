"""SQL that the session does not offer: hot-path statements, lists as parameters, upserts, paging, constraint names."""
