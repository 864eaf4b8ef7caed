"""The content of results: translated text, spreadsheets, documents and images, from bytes to bytes.

Everything here is a pure function: no file, network, clock, environment or shared chance. The same input
gives the same bytes (deflated parts: with the same zlib). What cannot be processed raises
`errors.ContentError`, nothing else.
"""
