"""Coverage of documented behaviour: what the documents have, what tests were served, and what they assert of it."""
