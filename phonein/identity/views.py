"""Signing in and out."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask import session as cookie

from phonein import turnstile
from phonein.db import transaction
from phonein.identity import access, sign_in
from phonein.identity.forms import CodeForm, NoForm, SignInForm

bp = access.blueprint("identity", __name__, url_prefix="/app")


@bp.get("/sign-in/")
@access.anyone
def sign_in_page() -> Any:
    access.this_browser()
    return render_template("identity/sign-in.html", form=SignInForm())


@bp.post("/sign-in/")
@access.anyone
def ask_for_link() -> Any:
    form = SignInForm()
    if not form.validate():
        return render_template("identity/sign-in.html", form=form), 422
    with transaction():
        sign_in.ask(form.email.data, browser=access.this_browser(), source=_source())
    cookie["next"] = access.safe_next(request.args.get("next"))
    return redirect(url_for("identity.code_page"), 303)


@bp.get("/sign-in/code/")
@access.anyone
def code_page() -> Any:
    return render_template("identity/look-in-your-mail.html", form=CodeForm())


@bp.post("/sign-in/code/")
@access.anyone
def sign_in_by_code() -> Any:
    form = CodeForm()
    if form.validate():
        with transaction():
            token = sign_in.by_code(form.code.data, browser=access.this_browser())
        if token:
            return _welcome(token)
        form.code.errors = [str(sign_in.WrongCode())]
    return render_template("identity/look-in-your-mail.html", form=form), 422


@bp.get("/sign-in/link/<link>")
@access.anyone
def link_page(link: str) -> Any:
    asked = sign_in.request_for(link)
    here = sign_in.asked_here(asked, access.this_browser())
    return render_template("identity/link.html", form=NoForm(), here=here)


@bp.post("/sign-in/link/<link>")
@access.anyone
def sign_in_by_link(link: str) -> Any:
    with transaction():
        token = sign_in.by_link(link, browser=access.this_browser())
    return _welcome(token)


@bp.post("/sign-out")
@access.signed_in
def sign_out() -> Any:
    with transaction():
        sign_in.sign_out(cookie["token"])
    return _goodbye("You are signed out.")


@bp.post("/sign-out-everywhere")
@access.signed_in
def sign_out_everywhere() -> Any:
    with transaction():
        sign_in.sign_out_everywhere(g.person)
    return _goodbye("You are signed out on every device.")


def _welcome(token: str) -> Any:
    onward = access.safe_next(cookie.get("next"))
    access.remember_me(token)
    return redirect(onward, 303)


def _goodbye(said: str) -> Any:
    access.forget_me()
    flash(said)
    answer = redirect(url_for("identity.sign_in_page"), 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _source() -> str:
    return turnstile.place() or request.remote_addr or ""
