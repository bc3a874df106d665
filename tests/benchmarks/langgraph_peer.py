"""The same turns on LangGraph: a chat model, its tool node and its SQLite checkpointer, with an
fsync at every checkpoint, put together as its own guide to agents does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

from tests.benchmarks.turns import Talk, measure


@tool
async def look(name: str) -> str:
    """Look something up."""
    return f"looked {name}"


class ScriptedChat(BaseChatModel):
    """Says what the benchmark's script says."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=_answer(messages))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages)


def _answer(messages: Sequence[BaseMessage]) -> AIMessage:
    if isinstance(messages[-1], ToolMessage):
        return AIMessage("seen")
    call = {"name": "look", "args": {"name": "web"}, "id": f"call_{len(messages)}"}
    return AIMessage("", tool_calls=[call])


def _graph() -> StateGraph:
    model = ScriptedChat()

    async def agent(state: MessagesState) -> dict[str, list[BaseMessage]]:
        return {"messages": [await model.ainvoke(state["messages"])]}

    graph = StateGraph(MessagesState)
    graph.add_node("agent", agent)
    graph.add_node("tools", ToolNode([look]))
    graph.add_edge(START, "agent")
    graph.add_conditional_edges("agent", tools_condition)
    graph.add_edge("tools", "agent")
    return graph


@asynccontextmanager
async def langgraph_talk(folder: Path) -> AsyncIterator[Talk]:
    """Threads over a checkpointer's file in `folder`."""
    async with aiosqlite.connect(folder / "langgraph.db") as connection:
        await connection.execute("pragma synchronous=FULL")
        app = _graph().compile(checkpointer=AsyncSqliteSaver(connection))

        async def talk(session: int, number: int) -> None:
            config = {"configurable": {"thread_id": str(session)}}
            await app.ainvoke({"messages": [HumanMessage("see")]}, config, durability="sync")

        yield talk


async def langgraph_turns(folder: Path, rounds: int, *, settled: bool) -> dict[str, float]:
    """As `our_turns`, on LangGraph."""
    async with langgraph_talk(folder) as talk:
        await measure(talk, 1, settled=False)
        return await measure(talk, rounds, settled=settled)
