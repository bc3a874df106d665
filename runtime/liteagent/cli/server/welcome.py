"""What `up` says when everything runs: where it is, the key, and what to do next."""

from __future__ import annotations

from liteagent.agents.defaults import DEMO_MODEL
from liteagent.agents.env import AgentDirectory
from liteagent.cli.output import Printer


def welcome(printer: Printer, url: str, agents: AgentDirectory, admin_key: str | None) -> None:
    """Print it; `admin_key` is None when it was made at an earlier start."""
    specs = agents.all()
    demos = [spec.name for spec in specs if spec.model[0] == DEMO_MODEL]
    printer.line(f"\nLiteAgent is up at {url}", "bold green")
    if admin_key is not None:
        printer.line(f"admin key: {admin_key}")
        printer.line("  (shown this once; `liteagent keys create` makes more)", "dim")
    printer.line(f"agents: {', '.join(spec.name for spec in specs)}")
    if demos:
        printer.line(
            f"  {', '.join(demos)}: on the demo model, a script; OPENAI_API_KEY or"
            " ANTHROPIC_API_KEY brings a real one",
            "yellow",
        )
    first = demos[0] if demos else specs[0].name
    printer.line("\nNext, in another terminal:")
    printer.line(f"  export LITEAGENT_API_KEY={admin_key or '...'}")
    printer.line(f"  liteagent chat --server {url} --agent {first}")
    printer.line(
        f'  curl {url}/v1/chat/completions -H "Authorization: Bearer $LITEAGENT_API_KEY" \\'
    )
    body = f'{{"model": "{first}", "messages": [{{"role": "user", "content": "hello"}}]}}'
    printer.line(f"    -H 'Content-Type: application/json' -d '{body}'")
    printer.line("\nCtrl-C stops it, and `liteagent down` from elsewhere.", "dim")
