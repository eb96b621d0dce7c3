"""Every answer to what was sent to the door is of one size: who sees only how much goes over the wire cannot tell
asking from looking, a receipt that is known from one that is not, or a long question from a short one."""

import base64
import html
import json
import re
import secrets
from collections.abc import Callable

from flask import Response, request

ADDRESS = "/q/"
STEP = 32 * 1024  # bytes: every page of the door with a question of any length fits into one step
_TITLE = re.compile("<title>(.*?)</title>", re.DOTALL)
_CONTENT = re.compile('<main id="main" tabindex="-1">(.*)</main>', re.DOTALL)


def even_out(response: Response) -> Response:
    """Fill an answer up to the next step; for a script, wrap it up as JSON first. Other answers stay as they are."""
    if request.path != ADDRESS or request.method != "POST" or response.mimetype != "text/html":
        return response
    page = response.get_data(as_text=True)
    if request.is_json:
        response.content_type = "application/json"
        response.set_data(_filled(lambda pad: _as_json(page, pad)))
    else:
        response.set_data(_filled(lambda pad: f"{page}\n<!-- {pad} -->\n"))
    return response


def _as_json(page: str, pad: str) -> str:
    """What a script puts in place of what it shows: the title, and what is inside the page's main part."""
    title, content = _TITLE.search(page), _CONTENT.search(page)
    answer = {"title": html.unescape(title[1]) if title else "", "page": content[1] if content else page, "pad": pad}
    return json.dumps(answer, ensure_ascii=False)


def _filled(written: Callable[[str], str]) -> bytes:
    """With letters drawn by lot, so that a proxy that compresses answers does not squeeze the filling out again."""
    missing = -len(written("").encode()) % STEP
    pad = base64.b64encode(secrets.token_bytes(missing)).decode()[:missing]
    return written(pad).encode()
