"""What goes over the wire, as plain data: a request as it came, a reply as it goes out."""
