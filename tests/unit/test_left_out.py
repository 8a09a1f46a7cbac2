"""What is left out of a path before it is written down."""

import base64

import pytest

from api.security_log import without_secrets
from api.settings import Metrics
from workflow.webhooks.subscriptions import SECRET_BYTES, SECRET_PREFIX

SIGNING = [bytes([sign] * SECRET_BYTES) for sign in (0x00, 0xFB, 0xFF)]  # A, then + and /
ID = "0123456789abcdef" * 2


def test_the_token_of_the_metrics_is_however_short_it_may_be() -> None:
    for token in ("a" * 40, "A-z_0" * 8, "-" * 256):
        assert Metrics(token=token).token == token
        assert without_secrets(f"/metrics/{token}") == "/metrics/..."


@pytest.mark.parametrize("made", SIGNING)
def test_the_secret_of_a_webhook_is_to_its_end(made: bytes) -> None:
    secret = SECRET_PREFIX + base64.b64encode(made).decode()
    assert without_secrets(f"/v1/webhooks/{secret}") == "/v1/webhooks/..."


@pytest.mark.parametrize(
    "path", [f"/v1/applications/{ID}/events", f"/v1/webhooks/w{ID}/deliveries/{ID}.12"]
)
def test_what_a_path_is_made_of_stays(path: str) -> None:
    assert without_secrets(path) == path
