"""Groups (a school, a helper with neighbours who have no phone): their lists, their passes, the sheet of strips."""
