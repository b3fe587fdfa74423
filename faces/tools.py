"""The same requests as tools for models (Model Context Protocol), those that change nothing.

Not Gradio's own ``mcp_server``: it offers every endpoint, calls them without the log-in of who
called, and gives results as Python writes them instead of JSON.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from starlette.types import ASGIApp

from faces.desk import LocalDesk
from faces.programs import Request, looking_requests
from ingest.errors import BudgetQAError

PATH = "/gradio_api/mcp"

_ABOUT = (
    "Figures of Chinese government budget documents, each with its source. Questions in Chinese or "
    "English. Give figures only as these tools give them, with their citations; calculate with calculate."
)


def tool_server(desk: LocalDesk) -> Any:
    """A server of the tools. Raises BudgetQAError where the package for it is missing."""
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.types import ToolAnnotations
    except ImportError as error:
        raise BudgetQAError("tools for models need a package more: pip install -e '.[mcp]'") from error
    server = MCPServer("budget-qa", instructions=_ABOUT, log_level="WARNING")
    harmless = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    for request in looking_requests(desk):
        server.add_tool(_for_models(request), annotations=harmless)
    return server


def _for_models(request: Request) -> Request:
    """A failure with a text for people reaches the model as that text."""
    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(request)
    def answered(**given: Any) -> Any:
        try:
            return request(**given)
        except BudgetQAError as error:
            raise ToolError(str(error)) from error

    return answered


def tool_settings(desk: LocalDesk) -> dict[str, Any]:
    """What of ``gradio``'s ``app_kwargs`` puts the tools at ``PATH``, behind the gate and the boundary."""
    server = tool_server(desk)
    from mcp.server.transport_security import TransportSecuritySettings

    app = server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        json_response=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )

    def lifespan(_: ASGIApp) -> Any:
        return server.session_manager.run()

    return {"routes": app.routes, "lifespan": lifespan}
