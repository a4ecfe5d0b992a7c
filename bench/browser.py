"""Chromium without a window, driven over a pipe by the DevTools protocol: what the measurements in a browser measure with."""
import base64, fcntl, glob, json, os, re, select, shutil, subprocess, tempfile, time

from servers import kill, start, stop, tree

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
         "--no-default-browser-check", "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
         "--disable-sync", "--disable-breakpad", "--no-proxy-server", "--window-position=0,0", "--window-size=1280,720",
         "--remote-debugging-pipe"]
PATIENCE = 30  # seconds for an answer


def program():
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        stop("Chromium is not installed (apt-get install chromium).")
    return found


def percentile(numbers, part):
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(part / 100 * len(ordered)))] if ordered else float("nan")


class Chromium:
    """One browser with one tab, which is another one with each page that is opened; with a window on this display, or without."""

    def __init__(self, folder, display=None):
        # Above those that the browser wants: descriptors 3, which it reads, and 4, which it writes.
        (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
        passed = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (theirs_in, theirs_out)]

        def descriptors():
            os.dup2(passed[0], 3)
            os.dup2(passed[1], 4)
        self.process = start([program(), f"--user-data-dir={tempfile.mkdtemp(dir=folder)}", *FLAGS,
                              *(["--kiosk", "--ozone-platform=x11"] if display else ["--headless"]), "about:blank"], preexec_fn=descriptors,
                             pass_fds=(3, 4), env=os.environ | {"DISPLAY": display or ""}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for fd in (theirs_in, theirs_out, *passed):
            os.close(fd)
        self.out, self.incoming, self.held = ours_out, ours_in, b""
        self.calls, self.answers, self.loaded, self.html = 0, {}, False, ""
        self.target = self.tab = None
        self.workers, self.errors = {}, []
        self.version = self.call("Browser.getVersion", session=None)["product"]

    def call(self, method, session="tab", **parameters):
        self.calls += 1
        number = self.calls
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = self.tab if session == "tab" else session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        self.await_that(lambda: number in self.answers, f"the browser has not answered {method}")
        answer = self.answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error'].get('message')}")
        return answer["result"]

    def await_that(self, done, failure):
        end = time.monotonic() + PATIENCE
        while not done():
            if not select.select([self.incoming], [], [], max(0, end - time.monotonic()))[0]:
                stop(f"{failure} within {PATIENCE} s.")
            read = os.read(self.incoming, 1 << 20)
            if not read:
                stop("the browser has ended.")
            *whole, self.held = (self.held + read).split(b"\0")
            for text in whole:
                self.hear(json.loads(text))

    def hear(self, message):
        method, told = message.get("method"), message.get("params", {})
        if "id" in message:
            if message["id"] in self.answers or message["id"] <= self.calls:
                self.answers[message["id"]] = message
        elif method == "Page.loadEventFired":
            self.loaded = True
        elif method == "Fetch.requestPaused":
            self.say("Fetch.fulfillRequest", requestId=told["requestId"], responseCode=200,
                     responseHeaders=[{"name": "Content-Type", "value": "text/html; charset=utf-8"}],
                     body=base64.b64encode(self.html.encode()).decode())
        elif method == "Target.attachedToTarget" and told["targetInfo"]["type"] == "worker":
            self.workers[told["sessionId"]] = told["targetInfo"]["url"]
        elif method == "Target.detachedFromTarget":
            self.workers.pop(told["sessionId"], None)
        elif method == "Runtime.exceptionThrown":
            self.errors.append(told["exceptionDetails"].get("exception", {}).get("description", str(told)))
        elif method == "Inspector.targetCrashed":
            stop("the tab has crashed.")

    def say(self, method, **parameters):
        """A call whose answer nobody awaits."""
        self.calls += 1
        os.write(self.out, json.dumps({"id": self.calls, "method": method, "params": parameters, "sessionId": self.tab}).encode() + b"\0")

    def open(self, url, html=None):
        """Opens the address in a new tab; with html, that is the page instead of what the server has there."""
        before, self.workers, self.answers = self.target, {}, {}
        self.target = self.call("Target.createTarget", session=None, url="about:blank")["targetId"]
        self.tab = self.call("Target.attachToTarget", session=None, targetId=self.target, flatten=True)["sessionId"]
        if before:
            self.call("Target.closeTarget", session=None, targetId=before)
        for domain in ("Page", "Runtime", "Inspector"):
            self.call(f"{domain}.enable")
        self.call("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=False, flatten=True)
        self.call("Emulation.setDeviceMetricsOverride", width=1280, height=720, deviceScaleFactor=1, mobile=False)
        if html is not None:
            self.html = html
            self.call("Fetch.enable", patterns=[{"urlPattern": url}])
        self.loaded = False
        failure = self.call("Page.navigate", url=url).get("errorText")
        if failure:
            stop(f"{url} was not opened: {failure}")
        self.await_that(lambda: self.loaded, f"{url} has not loaded")
        if html is not None:
            self.call("Fetch.disable")

    def evaluate(self, expression, session="tab"):
        answer = self.call("Runtime.evaluate", session=session, expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression[:80]}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def heap(self):
        """Bytes of JavaScript that live behind a collection: of the page, and of its workers."""
        found = []
        for session in ("tab", *self.workers):
            self.call("HeapProfiler.collectGarbage", session=session)
            found.append(self.call("Runtime.getHeapUsage", session=session)["usedSize"])
        return found[0], sum(found[1:])

    def processes(self):
        """Its processes by what they are for."""
        found = {}
        for pid in tree(self.process.pid):
            try:
                words = open(f"/proc/{pid}/cmdline").read().replace("\0", " ")
            except OSError:
                continue
            kind = re.search(r"--type=(\S+)", words)
            found.setdefault(kind.group(1) if kind else "browser", []).append(pid)
        return found

    def pids(self):
        return [pid for pids in self.processes().values() for pid in pids]

    def close(self):
        kill(self.process)
        os.close(self.out)
        os.close(self.incoming)


def proportional(pids):
    """Bytes of memory of these processes together, what they share counted once (PSS)."""
    total = 0
    for pid in pids:
        try:
            total += int(re.search(r"^Pss:\s*(\d+) kB", open(f"/proc/{pid}/smaps_rollup").read(), re.M).group(1)) * 1024
        except (OSError, AttributeError):  # one that has just ended
            pass
    return total


def running(pids):
    """Seconds that the living threads of these processes have run, as the scheduler counts."""
    total = 0
    for pid in pids:
        for file in glob.glob(f"/proc/{pid}/task/*/schedstat"):
            try:
                total += int(open(file).read().split()[0])
            except (OSError, IndexError):
                pass
    return total / 1e9
