"""The exhibitor's pages that look at booth, shop and badges together."""
