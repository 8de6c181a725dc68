"""The MCP server, as the client of the protocol's own library for Python talks to it. It checks every result against the
schema of its tool.

`scripts/editors mcp` runs this. $SKANNER is the program, $TREE a repository with a staged key, and $KEY that key.
"""

import asyncio
import os

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

KEY, TREE = os.environ["KEY"], os.environ["TREE"]
SERVER = StdioServerParameters(command=os.environ["SKANNER"], args=["mcp", "--root", TREE])


async def talk(mode):
    async with Client(stdio_client(SERVER), mode=mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"scan_text", "scan_paths", "scan_staged", "explain_rule"}, tools
        assert all(tool.annotations.read_only_hint for tool in tools.values())

        async def call(name, **arguments):
            result = await client.call_tool(name, arguments)
            assert KEY[12:40] not in result.model_dump_json(), "the key is in a result"
            return result

        for name, arguments in [("scan_text", {"text": f"key = '{KEY}'"}), ("scan_paths", {}), ("scan_staged", {})]:
            result = await call(name, **arguments)
            data = result.structured_content
            assert not result.is_error and data["verdict"] == "findings", result
            assert data["findings"][0]["secret"].endswith(KEY[-4:]), data
            assert "openai-project-key" in result.content[0].text
        clean = await call("scan_text", text="nothing")
        assert clean.structured_content["verdict"] == "clean"
        outside = await call("scan_paths", paths=["../x"])
        assert outside.is_error and "outside" in outside.content[0].text
        rule = await call("explain_rule", rule="openai-project-key")
        assert rule.structured_content["steps"]
        return client.protocol_version


for mode in ["legacy", "auto"]:
    print(mode, asyncio.run(talk(mode)))
