"""Who may do what: users, roles, sign-in, the access table, the audit trail."""
