"""/consents/{consentName}: agree to something, or withdraw that."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.actors import ForOrganization
from renderiq.http.dependencies.base import CanAnswerConsents, Context
from renderiq.http.dependencies.consent_answers import Answers, ConsentBody, Named
from renderiq.http.responses import Ok
from renderiq.models.consents import ConsentOut

app = create_app()


@app.post("/consents/<consent_name>", operation_id="answerConsent")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT)
def create(
    caller: CanAnswerConsents,
    name: Named,
    body: ConsentBody,
    context: Context,
    answers: Answers,
    actor: ForOrganization,
) -> Ok[ConsentOut]:
    """Answer a consent.

    ``version`` is that of the text which the user has read. ``granted: false`` withdraws: that counts from the next
    request, and renders that wait for an AI service of a third party are not sent any more. They fail with
    ``CONSENT_REQUIRED``, and their credits are returned. Every answer is recorded with its time. An API key cannot
    agree for its user. ``RESOURCE_CONFLICT`` means that the text has changed; ``details.consent`` has the new one.

    Owners and administrators of an organization answer for all its members, with the header. Each member's own answer
    counts until they do.
    """
    state = answers.answer(
        caller.owner_id,
        name,
        version=body.version,
        granted=body.granted,
        now=context.now,
        organization_actor=actor,
    )
    return Ok(ConsentOut.of(state))


lambda_handler = entrypoint(app)
