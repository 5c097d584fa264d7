"""The allocation as pages: floor plan, waiting list, proposals, and the exhibitor's own desk."""
