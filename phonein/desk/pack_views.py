"""What those who lead take with them: the pack on paper, as a PDF and for Word, and the view for the shared screen."""

import io
from typing import Any

from flask import abort, g, render_template, request, send_file

from phonein import clock
from phonein.desk import pack_docx, pack_pdf, packing
from phonein.desk.briefing import in_short, time_in_words
from phonein.identity import access
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

bp = access.blueprint("pack", __name__, url_prefix="/app/desk/<slug>")
PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@bp.get("/print")
@access.facilitators
def printed(slug: str) -> Any:
    phone_in = _led(slug)
    briefing = packing.briefing_of(phone_in)
    time = time_in_words(briefing.planned, briefing.there_is)
    return render_template("desk/print.html", phone_in=phone_in, briefing=briefing, time=time, in_short=in_short)


@bp.get("/pack.pdf")
@access.facilitators
def as_pdf(slug: str) -> Any:
    return _download(pack_pdf.pdf(packing.briefing_of(_led(slug)), is_large=_is_large()), PDF, "pdf")


@bp.get("/pack.docx")
@access.facilitators
def as_docx(slug: str) -> Any:
    briefing = packing.briefing_of(_led(slug))
    return _download(pack_docx.docx(briefing, made_on=clock.today(), is_large=_is_large()), WORD, "docx")


@bp.get("/present/")
@access.facilitators
def present(slug: str) -> Any:
    phone_in = _led(slug)
    slides = packing.slides_of(phone_in)
    step = min(max(request.args.get("step", 1, int), 1), max(len(slides), 1))
    return render_template(
        "desk/present.html",
        phone_in=phone_in,
        step=step,
        steps=len(slides),
        slide=slides[step - 1] if slides else None,
        questions=max((slide.number for slide in slides), default=0),
    )


def _led(slug: str) -> PhoneIn:
    """The phone-in, if this facilitator leads it; for others it does not exist."""
    return programme.led_by_or_none(g.person, slug) or abort(404)


def _is_large() -> bool:
    return request.args.get("type") == "large"


def _download(made: bytes, kind: str, ending: str) -> Any:
    """Under a name that says nothing: it lies in a folder of downloads for long."""
    name = f"phone-in-pack{'-large' if _is_large() else ''}.{ending}"
    return send_file(io.BytesIO(made), kind, as_attachment=True, download_name=name, etag=False)
