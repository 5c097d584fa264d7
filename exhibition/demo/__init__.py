"""The demo edition: the fair of November 2020 with its dates shifted to today."""
