"""The whole runtime on this machine: `up`, `down` and `status`."""

from liteagent.cli.server.down import down
from liteagent.cli.server.status import status
from liteagent.cli.server.up import up

__all__ = ["down", "status", "up"]
