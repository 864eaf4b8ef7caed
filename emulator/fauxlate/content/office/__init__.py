"""Office files (docx, pptx, xlsx): a package of XML parts, opened without trust and written alike always."""
