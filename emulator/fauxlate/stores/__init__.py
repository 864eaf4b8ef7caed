"""The stores that keep the state of sandboxes."""
