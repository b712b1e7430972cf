"""`python -m webapp.cli`: the children of the process tree are started so."""

from webapp.cli import main

main()
