"""What every package builds on: database, web, mail, jobs, files. It knows none of the packages above it."""
