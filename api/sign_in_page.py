"""The page on which one signs in: no script, and nothing from elsewhere."""

import base64
import hashlib
from html import escape
from urllib.parse import quote

from workflow.domain.procedure import Label

STYLE = """
body{max-width:26rem;margin:12vh auto;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif}
label,input,button{display:block;width:100%;box-sizing:border-box;font:inherit}
input,button{margin:.25rem 0 1rem;padding:.5rem}
[role=alert]{border-left:.25rem solid;padding-left:.75rem}
"""

PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{notice}<form method="post" action="/sign-in" autocomplete="off">
<input type="hidden" name="next" value="{wanted}">
<label for="key">{key}</label>
<input id="key" name="key" type="password" required maxlength="255" autofocus>
<button>{title}</button>
</form>
{elsewhere}</main>
</body>
</html>
"""

TITLE = Label("Sign in", "登录")
KEY = Label("API key", "API 密钥")
ELSEWHERE = Label("Sign in with the identity provider", "使用身份提供方登录")

_digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_digest}'; img-src data:; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    # With `no-referrer` a browser would send its form from nowhere (Fetch section 3.2).
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Language",
}


def language_of(accepted: str) -> str:
    """`zh` or `en`, whichever Accept-Language likes better (RFC 9110 section 12.5.4)."""
    liking = {"zh": 0.0, "en": 0.0}
    for entry in accepted.split(","):
        wanted, _, weight = entry.strip().lower().partition(";q=")
        primary = wanted.partition("-")[0]
        if primary in liking:
            liking[primary] = max(liking[primary], _weight(weight))
    return "zh" if liking["zh"] > liking["en"] else "en"


def page(language: str, wanted: str, elsewhere: bool, notice: Label | None = None) -> str:
    """The page, with what went wrong before. `elsewhere`: an identity provider can be asked."""
    told, offer = "", ""
    if notice is not None:
        told = f'<p role="alert">{escape(_in(language, notice))}</p>\n'
    if elsewhere:
        address = f"/sign-in/oidc?next={quote(wanted, safe='')}"
        offer = f'<p><a href="{address}">{escape(_in(language, ELSEWHERE))}</a></p>\n'
    return PAGE.format(
        language=language,
        title=escape(_in(language, TITLE)),
        style=STYLE,
        notice=told,
        wanted=escape(wanted),
        key=escape(_in(language, KEY)),
        elsewhere=offer,
    )


def _in(language: str, label: Label) -> str:
    return label.zh if language == "zh" else label.en


def _weight(text: str) -> float:
    """A quality value; 0 for what is none."""
    try:
        return min(max(float(text or "1"), 0.0), 1.0)
    except ValueError:
        return 0.0
