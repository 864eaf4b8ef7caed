"""Office files (docx, pptx, xlsx): a package of XML parts, read without trust and written the same way always."""
