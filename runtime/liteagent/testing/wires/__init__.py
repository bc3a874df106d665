"""How the model stand-ins read and write each provider's protocol."""
