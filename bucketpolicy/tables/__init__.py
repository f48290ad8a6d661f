"""Generated facts about S3: its actions and its condition keys. Edited by nobody; `make tables` writes them."""
