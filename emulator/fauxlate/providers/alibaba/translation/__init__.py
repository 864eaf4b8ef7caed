"""What alimt translates: texts, documents, images and titles."""
