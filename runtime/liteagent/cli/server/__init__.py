"""The whole runtime on this machine: `up`, `down` and `status`.

Exports nothing, so that the processes that serve HTTP import `http` here and no command line.
"""
