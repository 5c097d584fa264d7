"""The dashboard, statistics, exports and the health protocol's report as pages."""
