"""The facts of a request that counting needs."""

from flask import Request

from exhibition.storefront.visits.counting import PageVisit, source_of


def visit_of(request: Request) -> PageVisit:
    headers = request.headers
    return PageVisit(
        source=source_of(request.args.get("from", "")),
        address=request.remote_addr or "",
        user_agent=headers.get("User-Agent", ""),
        prefetch="prefetch" in headers.get("Sec-Purpose", "") + headers.get("Purpose", ""),
    )
