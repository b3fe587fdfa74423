"""What people see: requests, words and markup, shared by the page and the command."""
