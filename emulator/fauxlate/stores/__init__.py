"""Where the state of sandboxes rests."""
