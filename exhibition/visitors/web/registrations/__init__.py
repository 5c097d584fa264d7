"""The desk's pages of registrations: the list with its columns and files, and each of them."""
