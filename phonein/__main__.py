"""`python -m phonein COMMAND`, the same as `phonein COMMAND`."""

from phonein.commands import main

main()
