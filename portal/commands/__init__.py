"""The command line: `juanzong`."""


def main() -> None:
    """Start the command line."""
    raise SystemExit("not written yet")
