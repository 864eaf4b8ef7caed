"""What providers' tables are made of: errors, quirks, parameters and response shapes, each row with its evidence."""
