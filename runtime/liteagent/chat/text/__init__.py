"""The text of messages: cut to size and put together again."""
