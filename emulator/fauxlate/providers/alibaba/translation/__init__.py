"""The operations that translate: texts, documents, images and titles, with what they share."""
