"""The dashboard and exports; reads all, writes nothing."""
