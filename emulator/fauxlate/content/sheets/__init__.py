"""Spreadsheets and lists in which placeholders are replaced by names: xlsx, xls, csv and txt."""
