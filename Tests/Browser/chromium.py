"""A headless Chromium, spoken to by the DevTools protocol over a pipe, with nothing but Python."""

import base64
import json
import os
import shutil
import subprocess
import tempfile


class Chromium:
    """A browser with one page open."""

    def __init__(self):
        program = next(
            (name for name in ["chromium", "chromium-browser", "google-chrome"] if shutil.which(name)),
            None,
        )
        if program is None:
            raise SystemExit("no chromium is installed: apt-get install -y chromium")
        self.profile = tempfile.TemporaryDirectory()
        to_read, self.to = os.pipe()
        self.source, to_write = os.pipe()
        os.set_inheritable(to_read, True)
        os.set_inheritable(to_write, True)
        flags = [
            "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--disable-dev-shm-usage", f"--user-data-dir={self.profile.name}",
            "--remote-debugging-pipe", "about:blank",
        ]
        # The browser reads from descriptor 3 and writes to 4.
        shell = f'exec "$0" "$@" 3<&{to_read} 4>&{to_write}'
        self.process = subprocess.Popen(
            ["bash", "-c", shell, program, *flags], pass_fds=[to_read, to_write],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self.number = 0
        self.rest = b""
        self.events = []
        self.session = None
        pages = self("Target.getTargets")["targetInfos"]
        page = next(page["targetId"] for page in pages if page["type"] == "page")
        self.session = self("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self(f"{domain}.enable")

    def __call__(self, method, **parameters):
        """Calls a method, and returns what it answers."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.next_message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def next_message(self):
        while b"\0" not in self.rest:
            piece = os.read(self.source, 1 << 20)
            if not piece:
                raise RuntimeError("the browser has ended")
            self.rest += piece
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def wait(self, name):
        """Waits for an event."""
        while not any(event.get("method") == name for event in self.events):
            self.events.append(self.next_message())

    def open(self, address):
        """Opens a page, and waits until it is there with all that it shows."""
        for place in ["about:blank", address]:
            self.events.clear()
            self("Page.navigate", url=place)
            self.wait("Page.loadEventFired")

    def evaluate(self, script):
        """What a script comes to; a promise is waited for."""
        result = self("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def key(self, name):
        """Presses a key, and waits until the page has drawn what came of it."""
        codes = {
            "ArrowLeft": 37, "ArrowRight": 39, "Home": 36, "End": 35, "Enter": 13, "Escape": 27,
        }
        # Only a key that has a text follows a link.
        texts = {"text": "\r"} if name == "Enter" else {}
        for kind, text in [("keyDown" if texts else "rawKeyDown", texts), ("keyUp", {})]:
            self(
                "Input.dispatchKeyEvent", type=kind, key=name, code=name,
                windowsVirtualKeyCode=codes[name], **text,
            )
        # On a busy machine a dialog may give the focus back later than the key is answered.
        self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def window(self, path):
        """Keeps an image of what is in the window."""
        self.screenshot(path, whole=False)

    def screenshot(self, path, whole=True):
        """Keeps an image of the whole page."""
        data = self("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def complaints(self):
        """Messages on the console, exceptions, and requests other than for local files and data."""
        found = []
        for event in self.events:
            method, parameters = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                found.append(parameters["exceptionDetails"]["text"])
            elif method == "Runtime.consoleAPICalled":
                found.append(f"console: {parameters['args']}")
            elif method == "Log.entryAdded":
                found.append(parameters["entry"]["text"])
            elif method == "Network.requestWillBeSent":
                address = parameters["request"]["url"]
                if not address.startswith(("file:", "data:", "about:")):
                    found.append(f"request for {address}")
        return found

    def close(self):
        self("Browser.close")
        self.process.wait(20)
        self.profile.cleanup()
