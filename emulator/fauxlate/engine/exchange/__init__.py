"""What goes over the wire, as plain data: requests, replies, and faults on the way of a reply."""
