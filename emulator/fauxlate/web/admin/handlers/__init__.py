"""The handlers of the admin API, a module for each thing that it is about; each has its rows of the route table."""
