"""The demo: the fair of November 2020 with its dates shifted to today, and the one of the year before."""
