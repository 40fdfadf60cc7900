"""/files/{token}/{name}: follow a link to an image."""

from typing import Final

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import Context
from renderiq.http.dependencies.file_links import Links
from renderiq.http.dependencies.files import Images
from renderiq.http.rate_limiting import RateLimitedByAddress
from renderiq.http.responses import Redirect

REQUESTS_PER_ADDRESS: Final = 600
"""A minute. A page of a history shows up to 100 thumbnails, and the users of an office share one address."""

app = create_app(RateLimitedByAddress(lambda _: REQUESTS_PER_ADDRESS))


@app.get("/files/<token>/<name>", operation_id="getFile")
@error_responses(ErrorCode.NOT_FOUND)
def show(token: str, name: str, context: Context, links: Links, images: Images) -> Redirect:
    """Get an image.

    Follow the links of other responses and of webhooks to come here, rather than building one. A link needs no
    credentials and is valid for 24 hours. It redirects to a URL that is valid for a minute, so store the link or the
    image and not that URL.
    """
    return Redirect(images.link(links.open(token, name, now=context.now)))


lambda_handler = entrypoint(app)
