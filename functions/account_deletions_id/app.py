"""/account/deletions/{receiptId}: the receipt of a deletion."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.receipts import ReceiptId, Receipts
from renderiq.http.rate_limiting import RateLimitedByAddress
from renderiq.http.responses import Ok
from renderiq.models.account import DeletionReceiptOut

app = create_app(RateLimitedByAddress())


@app.get("/account/deletions/<receipt_id>", operation_id="getDeletionReceipt")
@error_responses(ErrorCode.NOT_FOUND)
def show(receipt_id: ReceiptId, receipts: Receipts) -> Ok[DeletionReceiptOut]:
    """Get the receipt of a deletion.

    It needs no credentials, because the account is gone. It is kept for a year after the deletion.
    """
    return Ok(DeletionReceiptOut.of(receipts.receipt(receipt_id)))


lambda_handler = entrypoint(app)
