"""One list and one call through the Python client; prints {tools, result} as JSON."""
import asyncio
import json
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main(order: dict) -> None:
    server = StdioServerParameters(command=order["command"], args=order["args"], env=order["env"])
    async with stdio_client(server) as (reader, writer):
        async with ClientSession(reader, writer) as session:
            await session.initialize()
            tools = await session.list_tools()
            result = await session.call_tool(order["call"]["name"], order["call"]["arguments"])
            print(json.dumps({"tools": [tool.name for tool in tools.tools], "result": result.model_dump(mode="json", by_alias=True)}))


asyncio.run(main(json.loads(sys.argv[1])))
