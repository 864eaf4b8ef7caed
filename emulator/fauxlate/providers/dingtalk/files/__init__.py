"""The files that a translation names: uploads over the legacy host, the drive, and the object store behind it."""
