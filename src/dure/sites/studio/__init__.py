"""Where shows are planned, run and looked back on: hosts, MDs, operators."""
