"""Form definitions of a policy turned into pages: reading, showing, explaining."""
