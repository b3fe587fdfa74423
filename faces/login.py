"""The page that asks who one is: plain HTML, so that nothing of the other page is sent before."""

from __future__ import annotations

from html import escape

from faces.access import Account
from faces.wording import Words

_STYLE = """
:root { color-scheme: light dark; font-family: system-ui, "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: Canvas; color: CanvasText; }
main { width: min(20rem, calc(100vw - 2rem)); }
h1 { font-size: 1.25rem; margin: 0 0 1.25rem; }
label { display: block; margin: 0 0 1rem; }
input, button { box-sizing: border-box; width: 100%; margin-top: .25rem; padding: .6rem .7rem; font: inherit;
  border: 1px solid GrayText; border-radius: 6px; background: Field; color: FieldText; }
button { background: #0369a1; border-color: #0369a1; color: white; cursor: pointer; }
:focus-visible { outline: 3px solid #38bdf8; outline-offset: 2px; }
[role=alert] { margin: 0 0 1rem; padding: .6rem .7rem; border-left: 3px solid #b3261e; }
"""


def login_html(said: Words, told: str = "") -> str:
    """The form; ``told`` is why the last try did not do."""
    alert = f'<p role="alert">{escape(told)}</p>' if told else ""
    return f"""<!doctype html>
<html lang="{said["language"]}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<title>{escape(said["login_title"])} · {escape(said["title"])}</title><style>{_STYLE}</style></head>
<body><main><h1>{escape(said["title"])}</h1>{alert}<form method="post">
<label>{escape(said["login_name"])}
<input name="username" autocomplete="username" autocapitalize="none" required autofocus></label>
<label>{escape(said["login_password"])}
<input name="password" type="password" autocomplete="current-password" required></label>
<button>{escape(said["login_button"])}</button></form></main></body></html>
"""


def account_html(account: Account, said: Words) -> str:
    """Who is logged in, and the way out; nothing where nobody has to log in."""
    if not account.name:
        return ""
    who = f"{account.name} · {said['role_' + account.role]}"
    return (
        f'<form method="post" action="/logout" class="account"><span>{escape(who)}</span>'
        f'<button type="submit">{escape(said["logout"])}</button></form>'
    )
