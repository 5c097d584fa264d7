"""Applications for a booth, from the first part of the form to the decision."""
