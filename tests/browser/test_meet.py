"""Two phones that meet: a contact appears where it was agreed for, at once, and goes again."""

from browser.kinds.meet import SHEET, STEP
from browser.room import press, sees
from playwright.sync_api import expect

CONTACT = "bo@example.org"


def test_a_contact_is_read_by_the_one_it_was_agreed_for_until_it_is_taken_back(room):
    day = room(SHEET)
    day.open(STEP)
    asks, asked = day.phone("Ada", "Drôme", language="en"), day.phone("Bo", "Ardèche", language="en")
    for phone, brings, seeks in ((asked, "A refrigerated lorry", ""), (asks, "", "Refrigerated lorries")):
        phone.locator("#lines\\.brings").fill(brings)
        phone.locator("#lines\\.seeks").fill(seeks)
        press(phone, "Send")
        sees(phone, "What you wrote")
    asked.get_by_text("How to find you, and your contact").click()
    asked.locator("#reach\\.contact").fill(CONTACT)
    press(asked, "Save")
    sees(asks, "You look for “Refrigerated lorries”; Bo brings “A refrigerated lorry”.")
    asks.locator("summary", has_text="Ask to meet").click()
    asks.get_by_label("A word for this person").fill("For the market?")
    press(asks, "Send the request")
    sees(asked, "Ada (Drôme) would like to meet you", "For the market?")
    expect(asks.locator("body")).not_to_contain_text(CONTACT)
    asked.get_by_label("They see my contact").check()
    press(asked, "Yes, gladly")
    sees(asks, "You are in touch", CONTACT)
    press(asked, "Show it no longer")
    sees(asks, "No contact was shown")
    expect(asks.locator("body")).not_to_contain_text(CONTACT)
