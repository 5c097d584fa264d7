"""The pages of the dashboard, results, exports and the health protocol's report."""
