"""Opens pages in a headless Chromium at two widths, light and dark, and uses what is on them.

python3 browse.py PAGE...    Screenshots are kept beside each page."""

import pathlib
import sys

from chromium import Chromium

SIZES = {"phone": (390, 844, True), "desktop": (1280, 900, False)}

UNDECODED = """Promise.all([...document.images].filter(image => image.getAttribute("src")).map(
  image => image.decode().then(() => "", () => image.alt || "an image")))
  .then(names => names.filter(name => name))"""


def check(condition, message):
    if not condition:
        raise SystemExit(f"FAILED: {message}")


def use_report(browser, name):
    """Moves the slider by key and by address, plays, and points at a chart."""
    shown = "[...document.querySelectorAll('.frame')].filter(frame => !frame.hidden).map(f => f.id)"
    steps = browser.evaluate("[...document.querySelectorAll('.frame')].map(frame => frame.id)")
    check(len(steps) > 1, f"{name}: a slider over {steps}")
    check(browser.evaluate(shown) == [steps[-1]], f"{name}: the last sample is not shown first")
    browser.evaluate("document.getElementById('slider').focus()")
    browser.key("Home")
    check(browser.evaluate(shown) == [steps[0]], f"{name}: Home does not show the first sample")
    browser.key("ArrowRight")
    check(browser.evaluate(shown) == [steps[1]], f"{name}: the arrow does not show the second sample")
    browser.evaluate(f"location.hash = '#{steps[0]}'; new Promise(done => setTimeout(done, 50))")
    check(browser.evaluate(shown) == [steps[0]], f"{name}: the address does not choose a sample")
    played = browser.evaluate(
        "document.getElementById('play').click();"
        "new Promise(done => setTimeout(done, 1600)).then(() => slider.value)"
    )
    check(int(played) > 0, f"{name}: it does not play")
    browser.evaluate("document.getElementById('play').click()")
    browser.evaluate(f"location.hash = '#{steps[-1]}'; new Promise(done => setTimeout(done, 50))")
    for number in range(browser.evaluate("document.querySelectorAll('.chart').length")):
        chart = f"document.querySelectorAll('.chart')[{number}]"
        browser.evaluate(f"{chart}.focus()")
        browser.key("End")
        browser.key("ArrowLeft")
        told = browser.evaluate(f"{chart}.querySelector('.told').textContent")
        check(told.startswith("step "), f"{name}: a chart tells {told!r}")
    browser.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    place = browser.evaluate(
        "(() => { const box = document.querySelector('.area').getBoundingClientRect();"
        "scrollTo(0, box.top); const now = document.querySelector('.area').getBoundingClientRect();"
        "return [now.left + now.width * 0.6, now.top + now.height / 2] })()"
    )
    browser("Input.dispatchMouseEvent", type="mouseMoved", x=place[0], y=place[1])
    told = browser.evaluate("document.querySelector('.told').textContent")
    check(told.startswith("step "), f"{name}: pointing at a chart tells {told!r}")


def use_explanation(browser, name):
    """Opens a head's map."""
    opened = browser.evaluate(
        "(() => { document.querySelector('[data-map]').click();"
        "return document.querySelector('dialog').open })()"
    )
    check(opened, f"{name}: a map does not open")
    check(fits(browser), f"{name}: an open map is wider than the window")
    browser.evaluate("document.querySelector('dialog').close()")


def use_gallery(browser, name, path):
    """Follows the newest night's card, and comes back."""
    cards = browser.evaluate("[...document.querySelectorAll('.night')].map(a => a.getAttribute('href'))")
    check(cards == sorted(cards, reverse=True) and cards, f"{name}: nights in the order {cards}")
    browser.events.clear()
    browser.evaluate("document.querySelector('.night').click()")
    browser.wait("Page.loadEventFired")
    check(browser.evaluate("location.pathname").endswith(cards[0]), f"{name}: a card leads elsewhere")
    browser.events.clear()
    browser.evaluate("document.querySelector('.path a').click()")
    browser.wait("Page.loadEventFired")
    back = browser.evaluate("location.pathname")
    check(back == path.resolve().as_uri().removeprefix("file://"), f"{name}: the way back is {back}")


def use_night(browser, name):
    """Opens single images by click and by key, and goes through them."""
    link = "document.querySelectorAll('.images a')"
    shown = "document.querySelector('#new img').getAttribute('src')"
    is_open = "document.getElementById('viewer').open"
    count = browser.evaluate(f"{link}.length")
    check(count > 2, f"{name}: {count} images")
    first, last = browser.evaluate(
        "(() => { const all = [...document.querySelector('.images').children];"
        "return [all[0], all.at(-1)].map(a => a.getAttribute('href')) })()"
    )
    place = browser.evaluate(
        f"(() => {{ const a = {link}[0]; a.scrollIntoView({{block: 'center'}});"
        "const box = a.getBoundingClientRect();"
        "return [box.left + box.width / 2, box.top + box.height / 2] })()"
    )
    for kind in ["mousePressed", "mouseReleased"]:
        browser(
            "Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1,
        )
    check(browser.evaluate(is_open), f"{name}: a click opens no image")
    check(browser.evaluate(shown) == first, f"{name}: a click opens another image")
    browser.key("ArrowLeft")
    check(browser.evaluate(shown) == last, f"{name}: the arrow does not lead round to the last image")
    browser.key("ArrowRight")
    check(browser.evaluate(shown) == first, f"{name}: the arrow does not lead on")
    check(fits(browser), f"{name}: an open image is wider than the window")
    inside = browser.evaluate(
        "(() => { const box = document.getElementById('viewer').getBoundingClientRect();"
        "return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight })()"
    )
    check(inside, f"{name}: an open image is not all in the window")
    browser.key("Escape")
    check(not browser.evaluate(is_open), f"{name}: Escape does not close the image")
    focused = browser.evaluate("document.activeElement.getAttribute('href')")
    check(focused == first, f"{name}: the focus does not come back to the image's link")
    if browser.evaluate("document.querySelector('.changed') !== null"):
        browser.evaluate("document.querySelector('.changed').focus()")
        browser.key("Enter")
        check(browser.evaluate(is_open), f"{name}: Enter opens no image")
        check(
            browser.evaluate("!document.getElementById('old').hidden"),
            f"{name}: the old image is not beside the new one",
        )
        check(browser.evaluate(f"{UNDECODED}") == [], f"{name}: an old image is not decoded")


def links_lead_somewhere(browser, name, path):
    """Whether all that a page links to is in files beside it."""
    addresses = browser.evaluate(
        "[...document.querySelectorAll('a[href], img[src]')].map("
        "item => item.getAttribute('href') ?? item.getAttribute('src'))"
    )
    for address in addresses:
        file, _, place = address.partition("#")
        if address.startswith("data:"):
            continue
        target = path.parent / file if file else path
        check(target.is_file(), f"{name}: {address} leads nowhere")
        if place:
            check(f'id="{place}"' in target.read_text(), f"{name}: {address} names no place")


def use_nearest(browser, name):
    """Reads the finding, the distances of each row, and looks whether the images can be seen."""
    finding = browser.evaluate("document.querySelector('.finding').textContent")
    check("of the held-out images" in finding, f"{name}: the finding is {finding!r}")
    rows = browser.evaluate(
        "[...document.querySelectorAll('.rows li')].map(row => [...row.querySelectorAll('figcaption')]"
        ".slice(1).map(caption => caption.textContent === 'the same' ? 0 : parseFloat(caption.textContent)))"
    )
    check(len(rows) == 32, f"{name}: {len(rows)} rows")
    check(all(row and row == sorted(row) for row in rows), f"{name}: neighbors out of order: {rows}")
    for part in [rows[:24], rows[24:]]:
        check([row[0] for row in part] == sorted(row[0] for row in part), f"{name}: rows out of order")
    sizes = browser.evaluate("[...document.querySelectorAll('.rows img')].map(image => image.width)")
    check(min(sizes) >= 32, f"{name}: an image {min(sizes)} pixels wide")
    piles = browser.evaluate(
        "[...document.querySelectorAll('.pile')].map(path => path.getBoundingClientRect())"
        ".map(box => [box.width, box.height])"
    )
    # More than a dot each way, wherever the distances lie.
    check(
        len(piles) == 2 and all(min(pile) > 15 for pile in piles), f"{name}: piles of {piles} pixels"
    )


def fits(browser):
    return browser.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


browser = Chromium()
try:
    for path in map(pathlib.Path, sys.argv[1:]):
        for size, (width, height, mobile) in SIZES.items():
            for scheme in ["light", "dark"]:
                name = f"{path}, {size}, {scheme}"
                browser(
                    "Emulation.setDeviceMetricsOverride", width=width, height=height,
                    deviceScaleFactor=2 if mobile else 1, mobile=mobile,
                )
                feature = {"name": "prefers-color-scheme", "value": scheme}
                browser("Emulation.setEmulatedMedia", media="screen", features=[feature])
                browser.open(path.resolve().as_uri())
                check(fits(browser), f"{name}: wider than the window")
                undecoded = browser.evaluate(UNDECODED)
                check(not undecoded, f"{name}: not decoded: {undecoded}")
                if browser.evaluate("document.querySelector('[data-chart]') !== null"):
                    use_report(browser, name)
                if browser.evaluate("document.querySelector('[data-map]') !== null"):
                    use_explanation(browser, name)
                if browser.evaluate("document.querySelector('.nights') !== null"):
                    use_gallery(browser, name, path)
                    links_lead_somewhere(browser, name, path)
                if browser.evaluate("document.getElementById('viewer') !== null"):
                    links_lead_somewhere(browser, name, path)
                    use_night(browser, name)
                    browser.window(path.with_name(f"{path.stem}-image-{size}-{scheme}.png"))
                    browser.key("Escape")
                if browser.evaluate("document.querySelector('.rows') !== null"):
                    use_nearest(browser, name)
                check(fits(browser), f"{name}: wider than the window after use")
                browser.screenshot(path.with_name(f"{path.stem}-{size}-{scheme}.png"))
                complaints = browser.complaints()
                check(not complaints, f"{name}: {complaints}")
                print(f"{name}: sound")
finally:
    browser.close()
