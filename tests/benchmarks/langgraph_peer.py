"""The same turns on LangGraph with its SQLite checkpointer, fsync at every checkpoint."""

from __future__ import annotations

from pathlib import Path

import aiosqlite
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, MessagesState, StateGraph

from tests.benchmarks.turns import measure


def _model(state: MessagesState) -> dict[str, list[AnyMessage]]:
    if isinstance(state["messages"][-1], ToolMessage):
        return {"messages": [AIMessage("seen")]}
    look = {"name": "look", "args": {"name": "web"}, "id": f"call_{len(state['messages'])}"}
    return {"messages": [AIMessage("", tool_calls=[look])]}


def _tools(state: MessagesState) -> dict[str, list[AnyMessage]]:
    calls = state["messages"][-1].tool_calls
    return {
        "messages": [
            ToolMessage(f"looked {call['args']['name']}", tool_call_id=call["id"]) for call in calls
        ]
    }


def _after_model(state: MessagesState) -> str:
    return "tools" if state["messages"][-1].tool_calls else END


def _graph() -> StateGraph:
    graph = StateGraph(MessagesState)
    graph.add_node("model", _model)
    graph.add_node("tools", _tools)
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", _after_model)
    graph.add_edge("tools", "model")
    return graph


async def langgraph_turns(folder: Path, rounds: int) -> dict[str, float]:
    """As `our_turns`, on LangGraph."""
    async with aiosqlite.connect(folder / "langgraph.db") as connection:
        await connection.execute("pragma synchronous=FULL")
        app = _graph().compile(checkpointer=AsyncSqliteSaver(connection))

        async def talk(session: int, number: int) -> None:
            config = {"configurable": {"thread_id": str(session)}}
            await app.ainvoke({"messages": [HumanMessage("see")]}, config, durability="sync")

        await measure(talk, 1)
        return await measure(talk, rounds)
