"""The page of an application and the forms of its events, without scripts."""

import re
import time
from datetime import datetime, timedelta
from html import unescape

import httpx
import pytest

from api.answers import seq_cursor
from api.console.formats import ZONE
from tests.e2e.conftest import Demonstration

NOTE = {"data.text": "Seen at the counter", "data.topic": "desk"}


def text_of(answer: httpx.Response) -> str:
    """What stands on a page, without its marks."""
    (body,) = re.findall(r"<main.*</main>", answer.text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def hidden(answer: httpx.Response) -> dict[str, str]:
    """The hidden fields of a form."""
    found = re.findall(r'<input type="hidden" name="([\w.]+)" value="([^"]*)">', answer.text)
    return {name: unescape(value) for name, value in found}


@pytest.fixture(scope="session")
def address(demonstration: Demonstration) -> str:
    return f"/applications/{demonstration.overview()['deepseek']['application']}"


def test_it_says_how_far_it_has_come(pages: httpx.Client, address: str) -> None:
    told = text_of(pages.get(address))
    assert "DeepSeek 深度求索" in told
    assert "Of the notes, no more than the latest 5 stand here. All of them" in told
    assert "Conditionally approved; conditions still being finalised" in told
    assert "2 Cleared in principle" not in told, "the number is the style's"
    assert (
        "Cleared in principle done, as reported MIIT ✓ 30 Jan 2026 reported MOFCOM ✓ 30 Jan 2026"
        in told
    )
    assert "Approved by the ministries now, as reported" in told
    assert "Shipped still to come" in told
    assert "US export clearance shut" in told
    assert "Waiting on National Development and Reform Commission" in told


def test_whoever_may_nothing_is_told_why(pages: httpx.Client, address: str) -> None:
    told = text_of(pages.get(address))
    assert "You may " not in told.split("What may happen next")[1].split("From here")[0]
    assert "Declare the conditions final ( NDRC ) → Conditions set by the NDRC" in told


def test_the_rules_are_told_to_whoever_may_nothing(pages: httpx.Client, address: str) -> None:
    told = text_of(pages.get(address)).split("What stands in the way")[1]
    obstacles = told.split("What you may not do")[0]
    assert "Declare the conditions final ( NDRC ):" in obstacles
    assert "Whoever acts as auditor may not do this." not in obstacles
    assert told.count("Whoever acts as auditor may not do this.") == 1
    assert "All of them: Whoever acts as auditor may not do this." in told
    opening = pages.get("/applications/new")
    assert "Whoever acts as auditor may not do this." in text_of(opening)
    assert 'class="fields"' not in opening.text


def test_a_recorder_only_enters_what_is_reported(
    pages: httpx.Client, address: str, demonstration: Demonstration
) -> None:
    recorder = demonstration.key("recorder") | {"Accept-Language": "zh"}
    told = text_of(pages.get(address, headers=recorder)).split("下一步可能的事项")[1]
    assert "您可以录入报道" in told
    own, reported = told.split("您可以录入报道")
    assert "不予许可" not in own
    of_planner = reported.split("由此可至")[0].split("国家发改委 (")[1].split("工信部 (")[0]
    assert "不予许可" in of_planner
    form = pages.get(f"{address}/events/refuse?authority=ndrc", headers=recorder)
    assert "您录入的是有关报道，而非作出该行为" in form.text
    note = pages.get(f"{address}/events/note", headers=recorder)
    assert "您录入的是有关报道" not in note.text


def test_an_officer_is_offered_what_its_authority_may(
    pages: httpx.Client, address: str, demonstration: Demonstration
) -> None:
    answer = pages.get(address, headers=demonstration.key("ndrc"))
    offered = set(re.findall(rf'href="{address}/events/(\w+)\?authority=ndrc"', answer.text))
    assert {"set_conditions", "fix_condition", "note", "hold"} >= offered - {
        "propose_condition",
        "waive_condition",
        "request_information",
        "confirm",
        "correct",
        "refuse",
        "return",
        "extend_deadline",
        "meet_condition",
        "consent",
        "grant_in_principle",
    }
    assert {"fix_condition", "note", "hold"} <= offered


def test_a_form_is_tried_out_posted_and_sent_twice(
    pages: httpx.Client, address: str, demonstration: Demonstration
) -> None:
    officer = demonstration.key("ndrc")
    place = f"{address}/events/note"
    form = hidden(pages.get(place, headers=officer)) | NOTE
    tried = pages.post(place, data=form | {"dry_run": "1"}, headers=officer)
    assert tried.status_code == 200
    assert "This would be accepted, and recorded as no." in text_of(tried)
    told = text_of(tried)
    assert "National Development and Reform Commission, In effect" in told
    assert "text Seen at the counter" in told
    assert "no evidence" in told
    assert re.search(r"/notes/\d+/text nothing Seen at the counter", told)
    assert hidden(tried)["key"] == form["key"]
    done = pages.post(place, data=form, headers=officer)
    assert done.status_code == 303
    again = pages.post(place, data=form, headers=officer)
    assert again.headers["Location"] == done.headers["Location"]
    shown = pages.get(done.headers["Location"])
    assert "It is recorded as no." in text_of(shown)
    assert text_of(shown).count("Seen at the counter") == 2, "among the notes and in the trail"


def test_a_refusal_comes_back_with_what_was_typed(
    pages: httpx.Client, address: str, demonstration: Demonstration
) -> None:
    officer = demonstration.key("miit") | {"Accept-Language": "zh"}
    place = f"{address}/events/approve"
    seen = pages.get(place, headers=officer)
    assert "按目前情况，该事项将被拒绝" in seen.text
    form = hidden(seen) | {"event.reason": "不论如何 <b>"}
    answer = pages.post(place, data=form, headers=officer)
    assert answer.status_code == 409
    assert "在“两部门已批准”状态下不能进行“批准”。" in answer.text
    assert "不论如何 &lt;b&gt;</textarea>" in answer.text


def test_what_does_not_fit_is_told_at_its_field(
    pages: httpx.Client, address: str, demonstration: Demonstration
) -> None:
    officer, place = demonstration.key("miit"), f"{address}/events/request_information"
    form = hidden(pages.get(place, headers=officer))
    form |= {
        "data.query": "no spaces please",
        "data.question": "Who?",
        "evidence.0.grade": "rumour",
    }
    answer = pages.post(place, data=form, headers=officer)
    assert answer.status_code == 422
    wrong = re.findall(r'name="([\w.]+)"[^>]* aria-invalid="true"', answer.text)
    assert "evidence.0.grade" in wrong
    assert "evidence.0.title" in wrong
    fitting = form | {"evidence.0.grade": ""}
    answer = pages.post(place, data=fitting, headers=officer)
    assert re.findall(r'name="([\w.]+)"[^>]* aria-invalid="true"', answer.text) == ["data.query"]


def test_a_stale_form_posts_nothing(
    pages: httpx.Client, address: str, demonstration: Demonstration
) -> None:
    officer, place = demonstration.key("ndrc"), f"{address}/events/note"
    stale = hidden(pages.get(place, headers=officer)) | NOTE
    fresh = hidden(pages.get(place, headers=officer)) | NOTE
    assert pages.post(place, data=fresh, headers=officer).status_code == 303
    answer = pages.post(place, data=stale, headers=officer)
    assert answer.status_code == 412
    assert pages.post(place, data=hidden(answer) | NOTE, headers=officer).status_code == 303


def test_the_value_of_a_condition_follows_its_kind(
    pages: httpx.Client, address: str, demonstration: Demonstration
) -> None:
    officer, place = demonstration.key("ndrc"), f"{address}/events/propose_condition"
    first = pages.get(place, headers=officer)
    assert '<form method="get"' in first.text
    second = pages.get(place, params={"data.kind": "domestic_share"}, headers=officer)
    assert 'name="data.value.basis_points"' in second.text
    form = hidden(second) | {
        "data.condition": "share-1",
        "data.kind": "domestic_share",
        "data.value.basis_points": "2500",
        "data.value.counted_by": "units",
        "data.text.en": "A quarter of domestic chips",
        "evidence.0.grade": "official_notice",
        "evidence.0.title": "On the conditions",
        "evidence.0.publisher": "NDRC",
        "evidence.0.published_at": "2026-02-02T09:00",
    }
    assert pages.post(place, data=form, headers=officer).status_code == 303
    told = text_of(pages.get(address))
    assert "share of domestic chips share-1" in told
    assert "25% by units" in told
    assert "official notice NDRC , 2 Feb 2026 On the conditions" in told


def test_it_is_told_as_it_was(pages: httpx.Client, address: str) -> None:
    day = "2026-01-30"
    shown = pages.get(address, params={"as_of": day})
    told = text_of(shown)
    (number,) = re.findall(r"(\d+) records?; the hash", told)
    times = re.findall(r'In effect <time datetime="([^"]+)"', shown.text)
    assert len(times) == int(number) < len(text_of(pages.get(address)).split("In effect ")) - 1
    assert max(times) < f"{day}T16"
    assert f'Last change</dt><dd><time datetime="{max(times)}"' in shown.text
    assert f'<img src="{address}/diagram?as_of={day}"' in shown.text


def test_its_picture_is_of_that_moment_too(
    pages: httpx.Client, address: str, demonstration: Demonstration
) -> None:
    first = demonstration.get(f"/v1{address}/trail/1").json()["recorded_at"]
    told = text_of(pages.get(address, params={"known_at": first}))
    assert "1 record; the hash" in told
    assert "Submitted now, as reported" in told
    then = pages.get(f"{address}/diagram", params={"known_at": first})
    today = pages.get(f"{address}/diagram")
    assert then.headers["Content-Type"].startswith("image/svg")
    assert "The current state is Submitted." in then.text
    assert "The current state is Approved by the ministries." in today.text


def test_before_the_first_day_nothing_was_known(pages: httpx.Client, address: str) -> None:
    answer = pages.get(address, params={"known_at": "2026-01-01"})
    assert answer.status_code == 200
    assert "Nothing was known then" in answer.text
    assert 'name="as_of"' in answer.text
    assert "Back to the present" in answer.text
    assert pages.get(f"{address}/diagram?known_at=2026-01-01").status_code == 404
    assert pages.get("/applications/nobody").status_code == 404


def test_nobody_is_told_what_is_to_come(pages: httpx.Client, address: str) -> None:
    tomorrow = datetime.now(ZONE) + timedelta(days=1)
    answer = pages.get(
        address,
        params={"as_of": f"{tomorrow:%Y-%m-%d}"},
        headers={"Accept-Language": "zh"},
    )
    assert answer.status_code == 422
    assert "所选时间尚未到来。" in answer.text


def test_nobody_sees_the_application_of_another(
    pages: httpx.Client, demonstration: Demonstration
) -> None:
    other = demonstration.overview()["tencent"]["application"]
    for path in (f"/applications/{other}", f"/applications/{other}/events/note"):
        assert pages.get(path, headers=demonstration.key("buyer")).status_code == 404


def test_a_page_of_another_site_posts_nothing(demonstration: Demonstration, address: str) -> None:
    key = demonstration.key("buyer")["Authorization"].removeprefix("Bearer ")
    own = {"Sec-Fetch-Site": "same-origin"}
    with httpx.Client(
        base_url=demonstration.service.url, headers={"Accept": "text/html"}
    ) as browser:
        assert browser.post("/sign-in", data={"key": key}, headers=own).status_code == 303
        form = hidden(browser.get(f"{address}/events/note")) | NOTE
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        assert (
            browser.post(f"{address}/events/note", data=form, headers=elsewhere).status_code == 403
        )
        assert browser.post(f"{address}/events/note", data=form, headers=own).status_code == 303


def logged(demonstration: Demonstration, place: str) -> str:
    """The proof of a record, as soon as the log has it."""
    for _ in range(100):
        answer = demonstration.ask(place, "text/plain")
        if answer.status_code == 200:
            return answer.text
        time.sleep(0.1)
    pytest.fail(answer.text)


def test_a_record_says_what_it_changed_and_what_proves_it(
    pages: httpx.Client, address: str, demonstration: Demonstration
) -> None:
    place = f"{address}/trail/5"
    stored = demonstration.get(f"/v1{place}").text
    proof = logged(demonstration, f"/v1{place}/proof")
    answer = pages.get(place)
    told = text_of(answer)
    assert "Approve, no. 5" in told
    assert "/state Before" not in told
    assert "/state in_principle ministry_approved" in told
    assert "Cleared in principle → Approved by the ministries" in told
    assert unescape(re.findall(r'id="raw"[^>]*>(.*?)</pre>', answer.text, re.DOTALL)[0]) == stored
    (shown,) = re.findall(r'id="proof-text"[^>]*>(.*?)</pre>', answer.text, re.DOTALL)
    assert unescape(shown).splitlines()[0] == proof.splitlines()[0]
    assert f'href="{address}/trail/4" rel="prev"' in answer.text
    assert pages.get(f"{address}/trail/1").status_code == 200
    assert pages.get(f"{address}/trail/99999").status_code == 404
    assert pages.get(f"{address}/trail/x").status_code == 422


def test_a_page_that_reads_a_trail_is_in_the_journal(
    pages: httpx.Client, address: str, demonstration: Demonstration
) -> None:
    pages.get(f"{address}/trail/3")
    entries = demonstration.get("/v1/journal?limit=20").json()["items"]
    assert any(
        entry["what"] == "read" and entry["route"] == "/v1/applications/{id}/trail/{seq}"
        for entry in entries
    )


def test_a_record_is_corrected_and_voided(
    pages: httpx.Client, address: str, demonstration: Demonstration
) -> None:
    officer = demonstration.key("customs")
    note = f"{address}/events/note"
    form = hidden(pages.get(note, headers=officer)) | {"data.text": "Wrnog"}
    posted = pages.post(note, data=form, headers=officer).headers["Location"]
    (seq,) = re.findall(r"posted=(\d+)", posted)
    place = f"{address}/events/correct"
    offered = re.findall(r'<option value="(\d+)">', pages.get(place, headers=officer).text)
    assert seq in offered
    assert "1" not in offered
    assert "no record here that you may correct" in text_of(pages.get(place))
    first = text_of(pages.get(place, params={"seq": "1"}, headers=officer))
    assert "As things stand, this would be refused:" in first
    sheet = pages.get(place, params={"seq": seq}, headers=officer)
    assert ">Wrnog</textarea>" in sheet.text
    assert "As things stand" not in text_of(sheet)
    assert [text_of(sheet).count(f" {one}") for one in ("Source 1", "Source 1 for")] == [2, 1]
    typed = re.findall(r'name="(data.with.effective_at)"[^>]* value="([^"]+)"', sheet.text)
    wanted = hidden(sheet) | dict(typed) | {"data.with.data.text": "Wrong, put right"}
    tried = pages.post(f"{place}?seq={seq}", data=wanted | {"dry_run": "1"}, headers=officer)
    assert "This would be accepted" in tried.text
    done = pages.post(f"{place}?seq={seq}", data=wanted, headers=officer)
    assert done.status_code == 303, text_of(done)
    told = text_of(pages.get(address))
    assert f"Corrects no. {seq} to: Note" in told
    assert "Wrong, put right" in told
    form = hidden(pages.get(note, headers=officer)) | {"data.text": "Never"}
    (never,) = re.findall(
        r"posted=(\d+)", pages.post(note, data=form, headers=officer).headers["Location"]
    )
    sheet = pages.get(place, params={"seq": never}, headers=officer)
    void = hidden(sheet) | {"void": "1"}
    unsaid = pages.post(f"{place}?seq={never}", data=void, headers=officer)
    assert unsaid.status_code == 422
    assert 'name="event.reason" aria-invalid="true"' in unsaid.text
    void["event.reason"] = "It never happened"
    tried = pages.post(f"{place}?seq={never}", data=void, headers=officer)
    assert "Nothing has been written." in text_of(tried), "the first press only says what would be"
    (sure,) = re.findall(r'<button name="void" value="(\w+)">', tried.text)
    assert pages.post(
        f"{place}?seq={never}", data=void | {"void": sure}, headers=officer
    ).has_redirect_location
    assert f"Voids no. {never}" in text_of(pages.get(address))
    assert pages.get(place, params={"seq": "9999"}, headers=officer).status_code == 404


def test_a_correction_names_bodies_and_what_is_there(
    pages: httpx.Client, address: str, demonstration: Demonstration
) -> None:
    officer = demonstration.key("ndrc") | {"Accept-Language": "zh"}
    sheet = pages.get(f"{address}/events/correct?seq=5", headers=officer)
    (whose,) = re.findall(r'<select[^>]*name="data.with.authority".*?</select>', sheet.text, re.S)
    assert re.findall(r'value="(\w+)"', whose) == ["miit", "mofcom"]
    assert re.findall(r"selected>([^<]+)<", whose) == ["商务部"]
    sheet = pages.get(f"{address}/events/correct?seq=3", headers=officer)
    (kind,) = re.findall(r'<select[^>]*name="data.with.data.kind".*?</select>', sheet.text, re.S)
    assert re.findall(r"selected>([^<]+)<", kind) == ["其他"]


def test_the_choice_of_a_record_goes_on_behind_the_latest(
    pages: httpx.Client, address: str, demonstration: Demonstration
) -> None:
    recorder, place = demonstration.key("recorder"), f"{address}/events/correct"
    behind = pages.get(place, params={"cursor": seq_cursor(3)}, headers=recorder)
    assert re.findall(r'<option value="(\d+)">', behind.text) == ["2"]
    assert 'rel="first">Newest' in behind.text
