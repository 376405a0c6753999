"""Where viewers watch: the list of shows, a show while it runs, and its replay."""
