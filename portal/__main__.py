"""`python -m portal` is the command `juanzong`."""

from portal.commands import main

main()
