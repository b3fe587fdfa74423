"""A local server that speaks the chat-completions protocol and replies by a script."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Step = str | dict[str, Any] | int | float | bytes
"""A reply's text, a call of a tool ({"tool": …, other keys its arguments}), an HTTP status, seconds of
silence, or raw bytes instead of a reply."""


@dataclass
class Script:
    """What the server says, step by step (the last step is said again), and what it was asked."""

    steps: Sequence[Step]
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def next(self) -> Step:
        return self.steps[min(len(self.asked), len(self.steps)) - 1]


@contextmanager
def scripted(*steps: Step) -> Iterator[Script]:
    script = Script(steps)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            script.asked.append(json.loads(body))
            step = script.next()
            if isinstance(step, float):
                time.sleep(step)
                step = "late"
            status = step if isinstance(step, int) else 200
            reply = step if isinstance(step, bytes) else json.dumps(_reply(step)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()


def _reply(step: Step) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": step if isinstance(step, str) else ""}
    if isinstance(step, dict):
        arguments = {name: value for name, value in step.items() if name != "tool"}
        call = {"name": step["tool"], "arguments": json.dumps(arguments, ensure_ascii=False)}
        message["tool_calls"] = [{"id": "call-1", "type": "function", "function": call}]
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {
        "id": "reply",
        "object": "chat.completion",
        "created": 0,
        "model": "scripted",
        "choices": [choice],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
