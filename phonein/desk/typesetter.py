"""Words on paper: a PDF from a template of ours and values, tagged for screen readers (PDF/UA-1).

What people wrote is never read as markup. The typesetter may read the one folder with our templates, and nothing else
of this machine or of any other.
"""

import json
from pathlib import Path
from typing import Any

TYPESET = Path(__file__).parent / "typeset"


def pdf(template: str, values: dict[str, Any], *, kind: str = "plain") -> bytes:
    """The template takes the values from the input "told", and the kind of type from "type"."""
    import typst  # 84 MB that no other page needs

    return typst.compile(
        TYPESET / template,
        root=TYPESET,
        ignore_system_fonts=True,
        package_path=TYPESET,
        package_cache_path=TYPESET,
        sys_inputs={"told": json.dumps(values), "type": kind},
        pdf_standards="ua-1",
        format="pdf",
    )
