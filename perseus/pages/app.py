"""The pages of one demonstration: read only, made on this machine, answered to this machine alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib import resources

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from perseus.pages import chain_page, check_page, fault_page, verdict_page
from perseus.pages.exhibit import Broken, Exhibit, Verdict
from perseus.pages.headers import Headers
from perseus.tracing import traced
from perseus.verification import Question, judge
from registry.anchor import Anchor
from trust.errors import PerseusError, UnavailableError

EVIDENCE, TRUST = "/evidence/bank.perseus.json", "/trust.json"
PROVENANCE = {
    "wide.svg": ("svg", "image/svg+xml"),
    "narrow.svg": ("narrow-svg", "image/svg+xml"),
    "graph.ttl": ("turtle", "text/turtle; charset=utf-8"),
    "graph.jsonld": ("json-ld", "application/ld+json"),
}
HOSTS = ["127.0.0.1", "localhost"]
_ASSETS = {"style.css": "text/css", "icon.svg": "image/svg+xml"}
_READ = ["GET", "HEAD"]


Judging = Callable[[], Verdict]


def open_pages(exhibit: Exhibit, *, at: datetime, judging: Judging | None = None) -> FastAPI:
    """Put the pages together; `at` is the moment at which the broken chains are judged.

    `judging` gives the front page its verdict each time; without it the page shows the exhibit's and says of when.
    """
    app = FastAPI(title="Perseus", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)
    app.add_middleware(Headers)
    for status, answered in ((HTTPException, _refused), (PerseusError, _known), (Exception, _unexpected)):
        app.add_exception_handler(status, answered(exhibit))
    _add_pages(app, exhibit, at=at, judging=judging)
    _add_files(app, exhibit)
    return app


def _add_pages(app: FastAPI, exhibit: Exhibit, *, at: datetime, judging: Judging | None) -> None:
    broken = {f"{one.number:02}": one for one in exhibit.broken}

    @cache
    def verdict_on(number: str) -> Verdict:
        return _judge(broken[number], exhibit, at=at)

    def front() -> HTMLResponse:
        shown = exhibit if judging is None else replace(exhibit, verdict=judging())
        return HTMLResponse(chain_page.page(shown, followed=judging is not None))

    def tampered(number: str) -> HTMLResponse:
        if number not in broken:
            raise HTTPException(404, f"There is no broken chain with the number {number}.")
        return HTMLResponse(verdict_page.page(exhibit, broken[number], verdict_on(number)))

    def check(code: str) -> HTMLResponse:
        page = check_page.page(exhibit, code)
        if page is None:
            raise HTTPException(404, f"The catalogue has no check and no code {code}.")
        return HTMLResponse(page)

    for path, answered in (("/", front), ("/tampered/{number}", tampered), ("/checks/{code}", check)):
        app.add_api_route(path, answered, methods=_READ, response_class=HTMLResponse)


def _add_files(app: FastAPI, exhibit: Exhibit) -> None:
    def evidence() -> Response:
        return _download(exhibit.evidence, "bank.perseus.json")

    def trust() -> Response:
        return _download(exhibit.trust, "trust.json")

    def asset(name: str) -> Response:
        if name not in _ASSETS:
            raise HTTPException(404, f"There is no file {name}.")
        content = resources.files("perseus.pages").joinpath("static", name).read_bytes()
        return Response(content, media_type=_ASSETS[name])

    @cache
    def drawn(form: str) -> bytes:
        return traced(exhibit.evidence, form=form, anchor=Anchor.from_json(exhibit.trust))

    def provenance(name: str) -> Response:
        if name not in PROVENANCE:
            raise HTTPException(404, f"There is no drawing {name}.")
        form, media_type = PROVENANCE[name]
        return Response(drawn(form), media_type=media_type)

    app.add_api_route("/provenance/{name}", provenance, methods=_READ)
    for path, answered in ((EVIDENCE, evidence), (TRUST, trust), ("/static/{name}", asset)):
        app.add_api_route(path, answered, methods=_READ)


def _judge(broken: Broken, exhibit: Exhibit, *, at: datetime) -> Verdict:
    """Judge a broken chain as the bank would, with nothing but what stands in the file.

    Raises:
        UnavailableError: the file is not there any more.
    """
    try:
        raw = broken.file.read_bytes()
    except OSError as error:
        because = error.strerror or type(error).__name__
        raise UnavailableError(str(broken.file), because=because, code="fetch.blocked") from error
    return judge(raw, Question(exhibit.trust_file, "bank", at, None, offline=True))


def _download(content: bytes, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(content, media_type="application/json", headers={"Content-Disposition": disposition})


Answered = Callable[[Request, Exception], HTMLResponse]


def _refused(exhibit: Exhibit) -> Answered:
    def answered(request: Request, error: Exception) -> HTMLResponse:
        if not isinstance(error, HTTPException):
            raise error
        allowed = error.headers or {}
        if error.status_code == 404:  # noqa: PLR2004 - the status itself
            told = "" if error.detail == "Not Found" else error.detail
            found = fault_page.missing(exhibit, request.url.path, told)
        else:
            found = fault_page.refused(exhibit, f"{request.method} {request.url.path}: {error.detail}.")
        return HTMLResponse(found, error.status_code, headers=dict(allowed))

    return answered


def _known(exhibit: Exhibit) -> Answered:
    def answered(_request: Request, error: Exception) -> HTMLResponse:
        return HTMLResponse(fault_page.unavailable(exhibit, str(error)), 503)

    return answered


def _unexpected(exhibit: Exhibit) -> Answered:
    def answered(_request: Request, _error: Exception) -> HTMLResponse:
        return HTMLResponse(fault_page.broken(exhibit), 500)

    return answered
