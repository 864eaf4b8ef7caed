"""The generator: whatever the documents have from the code is made here, and checked."""
