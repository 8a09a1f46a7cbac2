"""Opening an application, without scripts."""

from typing import Any

import httpx

from tests.e2e.conftest import Demonstration
from tests.e2e.console.test_application import hidden, text_of

OPENING = {
    "application.procedure": "h200-import",
    "application.buyer": "deepseek",
    "application.goods.item": "NVIDIA H200",
}


def test_an_application_is_opened_once(pages: httpx.Client, demonstration: Demonstration) -> None:
    buyer = demonstration.key("buyer")
    place = "/applications/new"
    form = hidden(pages.get(place, headers=buyer)) | {
        "application.procedure": "h200-import",
        "application.buyer": "deepseek",
        "application.goods.item": "NVIDIA H200",
        "application.goods.units": "1,000",
        "application.reference": "DS-2",
    }
    without = pages.post(place, data=form | {"application.goods.item": ""}, headers=buyer)
    assert without.status_code == 422
    assert 'name="application.goods.item" required aria-invalid="true"' in without.text
    nothing = pages.post(place, data={"key": form["key"]}, headers=buyer)
    assert 'name="application.goods.item" required aria-invalid="true"' in nothing.text
    assert "<ul>" not in nothing.text.partition('role="alert"')[2].partition("<form")[0]
    done = pages.post(place, data=form, headers=buyer)
    assert done.status_code == 303
    assert (
        pages.post(place, data=form, headers=buyer).headers["Location"]
        == (done.headers["Location"])
    )
    told = text_of(pages.get(done.headers["Location"], headers=buyer))
    assert "It is recorded as no. 1." in told
    assert "Reference DS-2" in told
    other = form | {"application.buyer": "tencent"}
    refused = pages.post(place, data=hidden(without) | other, headers=buyer)
    assert refused.status_code in (403, 409, 422)
    assert "The rules do not allow this." in refused.text


def test_an_opening_is_tried_out_first(pages: httpx.Client, demonstration: Demonstration) -> None:
    buyer, place = demonstration.key("buyer"), "/applications/new"
    form = hidden(pages.get(place, headers=buyer)) | OPENING | {"application.reference": "TRY-1"}
    tried = pages.post(place, data=form | {"dry_run": "1"}, headers=buyer)
    assert tried.status_code == 200
    assert "This would be accepted, and recorded as no. 1. Nothing has been written." in text_of(
        tried
    )
    assert 'value="TRY-1"' in tried.text
    assert hidden(tried)["key"] == form["key"]
    found: list[Any] = demonstration.ask("/v1/applications", q="TRY-1").json()["items"]
    assert not found
    wrong = form | {"dry_run": "1", "application.buyer": "tencent"}
    assert "The rules do not allow this." in text_of(pages.post(place, data=wrong, headers=buyer))
