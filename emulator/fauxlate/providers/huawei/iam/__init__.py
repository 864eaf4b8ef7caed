"""IAM, as much as clients of NLP use: tokens, and the projects, regions and accounts around them."""
