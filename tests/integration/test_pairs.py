"""Every pair of options, together, against peers that do what peers do.

A fault where two features meet needs both of them, seldom more. So each option of
the table below meets each other one, each kind of answer, each way out and each
number of URLs, in as few command lines as a greedy search finds. Whatever the
options, what is said in `Judge` must hold; and where curl has all of them, it is
asked the same, and has to send the same requests and give the same output and exit
status, but for DIFFERENCES.
"""
import functools
import itertools
import json
import os
import re
import shutil
import subprocess
import threading
import time
import unittest

from harness import PROGRAM, TIMEOUT, ScriptedServer, TestCase, built_in, environment, response

TEXT = b"".join(b"line %d of what is wanted\n" % i for i in range(60))
OLD = b"what was there before\n"
SECRET = "S3cr3tW0rd"
HAS_CODINGS = "gzip" in built_in("Content codings")
REPORT = re.compile(rb"Sanitizer|runtime error:|Assertion")
ON_PER_LINE = 6


# --------------------------------------------------------------------------
# The servers


class Site:
    """Answers by path. `other` is the port of another origin."""

    def __init__(self, other=None):
        self.other = other
        self._busy = set()
        self._lock = threading.Lock()
        self.server = ScriptedServer([self._serve])
        self.server.start()
        self.port = self.server.port

    def seen(self, run):
        """The requests of a run. Those of an earlier one whose client went early may
        come in as late as now."""
        mine = b"/" + run.encode() + b"/"
        return [r.replace(mine, b"/") for r in self.server.requests
                if mine in r.split(b"\r\n", 1)[0]]

    def _serve(self, peer):
        request = peer.request()
        while request:
            method = request.split(b" ", 1)[0]
            if method == b"CONNECT":
                peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
                request = peer.request()
                continue
            if b"\r\nExpect: 100-continue" in request.partition(b"\r\n\r\n")[0] + b"\r\n":
                peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            if re.search(rb"(?im)^transfer-encoding: *chunked", request):
                self._read_chunks(peer)
            answer = self._answer(request)
            if method == b"HEAD":
                answer = answer[:answer.index(b"\r\n\r\n") + 4]
            path = request.split(b" ", 2)[1]
            if b"/slow" in path:
                peer.send(answer[:20])
                time.sleep(0.05)
                answer = answer[20:]
            peer.send(answer)
            if (b"/cut" in path and method != b"HEAD" or b"\r\nConnection: close" in request
                    or request.split(b"\r\n", 1)[0].endswith(b"1.0")):
                return
            request = peer.request()

    @staticmethod
    def _read_chunks(peer):
        """Up to the last chunk; no chunk of these tests holds its bytes."""
        while not peer._pending.endswith(b"0\r\n\r\n"):
            if not peer._more():
                return
        peer._log[-1] += peer._pending
        peer._pending = b""

    def _answer(self, request):
        here = request.split(b" ", 2)[1].partition(b"?")[0].decode()
        here = re.sub(r"^http://[^/]*", "", here)
        run = here.split("/")[2]
        if here.startswith("/redirect"):
            return response(b"moved\n", status="302 Found", Location=f"/plain/{run}/f",
                            Set_Cookie="set=here")
        if here.startswith("/away"):
            return response(b"moved\n", status="307 Temporary Redirect",
                            Location=f"http://127.0.0.1:{self.other}/plain/{run}/f")
        if here.startswith("/challenge") and b"\r\nAuthorization: " not in request:
            return response(b"no\n", status="401 Unauthorized",
                            WWW_Authenticate='Basic realm="r"')
        if here.startswith("/busy"):
            with self._lock:
                if here not in self._busy:
                    self._busy.add(here)
                    return response(b"busy\n", status="503 Service Unavailable")
        if here.startswith("/gone"):
            return response(b"gone\n", status="404 Not Found")
        return self._body(request, cut=here.startswith("/cut"))

    @staticmethod
    def _body(request, cut):
        fields = {"ETag": '"v1"', "Last_Modified": "Mon, 05 Jan 2026 10:00:00 GMT",
                  "Content_Type": "text/plain", "Accept_Ranges": "bytes"}
        start, end, status = 0, len(TEXT), "200 OK"
        found = re.search(rb"(?im)^range: bytes=(\d+)-(\d*)\r", request)
        if found:
            start = int(found.group(1))
            end = int(found.group(2) or len(TEXT) - 1) + 1
            status = "206 Partial Content"
            fields["Content_Range"] = f"bytes {start}-{end - 1}/{len(TEXT)}"
        answer = response(TEXT[start:end], status=status, **fields)
        return answer[:-30] if cut else answer


# --------------------------------------------------------------------------
# The table. A value of a factor, or an option, is a name and what it puts on the
# command line; {origin} is the URL of the site, {other} that of the other origin.


class Item:
    def __init__(self, name, *args, curl=True, files=(), group=None, needs=True):
        self.name, self.args, self.curl, self.files = name, args, curl, dict(files)
        self.group = group  # of one group a line has one at the most
        self.needs = needs

    def __repr__(self):
        return self.name


PATHS = [Item(p) for p in ("plain", "redirect", "away", "challenge", "cut", "slow", "busy",
                           "gone")]
WAYS = [Item("stdout"), Item("file", "-o", "out"),
        Item("unsafe", "-o", "out", "--no-atomic", curl=False),
        Item("named", "-O"), Item("directory", "--output-dir", "d", "--create-dirs", "-O")]
SHAPES = [Item("one"), Item("two"), Item("parallel", "-Z"), Item("next")]

OPTIONS = [
    Item("-L", "-L"),
    Item("-i", "-i"),
    Item("-I", "-I", group="method"),
    Item("-f", "-f", group="fail"),
    Item("--fail-with-body", "--fail-with-body", group="fail"),
    Item("-u", "-u", f"user:{SECRET}"),
    Item("--anyauth", "--anyauth"),
    Item("--netrc-file", "--netrc-file", "netrc",
         files={"netrc": f"machine 127.0.0.1 login user password N3trcW0rd\n".encode()}),
    Item("-b text", "-b", f"by=hand{SECRET}", group="cookie"),
    Item("-b -c jar", "-b", "jar", "-c", "jar", group="cookie"),
    Item("-d", "-d", "a=b", group="method"),
    Item("-T", "-T", "in", group="method", files={"in": b"uploaded\n" * 9}),
    Item("-F", "-F", "a=b;type=text/x", group="method"),
    Item("-G", "-G", "-d", "c=d", group="method"),
    Item("--json", "--json", '{"a": 1}', group="method"),
    Item("-X", "-X", "PATCH"),
    Item("-H", "-H", "X-Field: x", "-H", "Accept:"),
    Item("-H secret", "-H", f"Authorization: Bearer {SECRET}"),
    Item("-e auto", "-e", ";auto"),
    Item("-r", "-r", "0-99", group="part"),
    Item("-C -", "-C", "-", group="part"),
    Item("--compressed", "--compressed", needs=HAS_CODINGS),
    Item("-D", "-D", "heads"),
    Item("--retry", "--retry", "1", "--retry-delay", "1"),
    Item("-m", "-m", "20"),
    Item("--max-filesize", "--max-filesize", "1000000"),
    Item("-z", "-z", "Sun, 04 Jan 2026 10:00:00 GMT"),
    Item("--etag-save", "--etag-save", "tag", group="tag"),
    Item("--etag-compare", "--etag-compare", "old-tag", group="tag",
         files={"old-tag": b'"v0"\n'}),
    Item("-0", "-0"),
    Item("--raw", "--raw"),
    Item("--ignore-content-length", "--ignore-content-length", "-H", "Connection: close"),
    Item("--post302", "--post302"),
    Item("--max-redirs 0", "--max-redirs", "0"),
    Item("--proto-redir", "--proto-redir", "=https"),
    Item("-R", "-R"),
    Item("--remove-on-error", "--remove-on-error"),
    Item("-J", "-J"),
    Item("--no-keepalive", "--no-keepalive"),
    Item("-N", "-N"),
    Item("--limit-rate", "--limit-rate", "10M"),
    Item("--url-query", "--url-query", "q=r"),
    Item("-K", "-K", "conf", files={"conf": b'user-agent = "agent"\nheader = "X-K: 1"\n'}),
    Item("-x", "-x", "http://{site}", group="proxy"),
    Item("-x -U", "-x", "http://{site}", "-U", "user:proxy", group="proxy"),
    Item("-p", "-p", "-x", "http://{site}", group="proxy"),
    Item("-v", "-v", group="see"),
    Item("--trace-ascii", "--trace-ascii", "trace", group="see"),
    Item("--fail-early", "--fail-early"),
    Item("--explain", "--explain", curl=False, group="see"),
    Item("--har", "--har", "har", curl=False),
    Item("--report", "--report", "report", curl=False),
    Item("--timing", "--timing", curl=False),
    Item("--record", "--record", "record", curl=False),
    Item("--checksum", "--checksum", "sha256:" + "0" * 64, curl=False),
    Item("--spool", "--spool", curl=False),
    Item("--pretty", "--pretty", "--color=always", curl=False),
    Item("--strict", "--strict", curl=False),
    Item("--fail-status", "--fail-status", "404", curl=False),
    Item("--skip-existing", "--skip-existing", curl=False),
]

# What minifetch or curl refuses together, or what makes no sense: tested elsewhere.
REFUSED = [
    ("-C -", "-J"), ("-C -", "stdout"), ("-C -", "--etag-save"), ("-C -", "--etag-compare"),
    ("-C -", "--checksum"), ("--etag-save", "two"), ("--etag-save", "parallel"),
    ("--etag-compare", "two"), ("--etag-compare", "parallel"), ("-J", "stdout"),
    ("-C -", "-T"), ("--spool", "file"), ("-I", "-T"), ("-C -", "-F"), ("-C -", "-d"),
    ("-C -", "--json"), ("-C -", "unsafe"), ("-C -", "--remove-on-error"),
    ("-C -", "-i"), ("-J", "file"), ("-J", "unsafe"), ("-I", "-J"), ("-C -", "-z"), ("-C -", "-I"),
    ("-C -", "-0"), ("-T", "-G"), ("-J", "-i"),
]

FACTORS = [PATHS, WAYS, SHAPES]


def compatible(a, b):
    return not (a.group and a.group == b.group or (a.name, b.name) in REFUSED
                or (b.name, a.name) in REFUSED)


def wanted_pairs(options):
    """Every pair that is to be in some line."""
    pairs = {frozenset(p) for p in itertools.combinations(options, 2) if compatible(*p)}
    for option, factor in itertools.product(options, FACTORS):
        pairs |= {frozenset((option, v)) for v in factor if compatible(option, v)}
    for one, two in itertools.combinations(FACTORS, 2):
        pairs |= {frozenset(p) for p in itertools.product(one, two)}
    return pairs


def gain(item, line, left):
    return sum(frozenset((item, other)) in left for other in line)


def build_line(options, left, number):
    """One more line: the option with most pairs left, the values that bring most, and
    further options as long as they bring something."""
    count = {o: 0 for o in options}
    for pair in left:
        for item in pair:
            if item in count:
                count[item] += 1
    first = max(options, key=lambda o: count[o])
    line = [first]
    for at in range(len(FACTORS)):
        factor = FACTORS[(at + number) % len(FACTORS)]
        fitting = [v for v in factor if all(compatible(v, i) for i in line)]
        turn = number % len(fitting)
        line.append(max(fitting[turn:] + fitting[:turn],
                        key=lambda v: gain(v, line, left)))
    chosen = 1
    while chosen < ON_PER_LINE:
        fitting = [o for o in options
                   if o not in line and all(compatible(o, i) for i in line)]
        best = max(fitting, key=lambda o: gain(o, line, left), default=None)
        if not best or not gain(best, line, left):
            break
        line.append(best)
        chosen += 1
    return line


@functools.cache
def table():
    """Lines in which each pair occurs: those of curl's options, then all others."""
    lines = []
    usable = [o for o in OPTIONS if o.needs]
    left = wanted_pairs(usable)
    for options in ([o for o in usable if o.curl], usable):
        own = {p for p in left if all(i.curl for i in p)} if options is not usable else left
        while own:
            line = build_line(options, own, len(lines))
            covered = {frozenset(p) for p in itertools.combinations(line, 2)}
            if not own & covered:
                break
            own -= covered
            left -= covered
            lines.append(line)
    return lines, left


# --------------------------------------------------------------------------
# A command line


class Line:
    def __init__(self, items):
        self.items = items
        self.names = {i.name for i in items}
        pick = [next(i for i in items if i in f) for f in FACTORS]
        self.path, self.way, self.shape = (i.name for i in pick)
        self.options = [i for i in items if i not in pick]
        self.curl = all(i.curl for i in items)

    def has(self, *names):
        return bool(self.names & set(names))

    @property
    def urls(self):
        return 1 if self.shape == "one" else 2

    def out(self, n):
        """Where the body of URL `n` goes; None: standard output."""
        if self.way == "stdout":
            return None
        if self.way == "named":
            return f"f{n}"
        return f"d/f{n}" if self.way == "directory" else f"out{n}"

    def arguments(self, origin, run):
        """The options, and a URL with its own output behind; with --next the second
        operation has nothing but its URL."""
        way = next(i for i in self.items if i.name == self.way).args
        args = ["-sS", "-w", "%{stderr}\n<exit %{exitcode}>\n"]
        args += [a.replace("{site}", origin.removeprefix("http://"))
                 for o in self.options for a in o.args]
        if self.shape == "parallel":
            args.append("-Z")
        for n in range(1, self.urls + 1):
            if n == 2 and self.shape == "next":
                args += ["--next", "-sS", "-w", "%{stderr}\n<exit %{exitcode}>\n"]
            own = [f"out{n}" if a == "out" else a for a in way]
            if n == 2 and self.shape != "next":
                own = [a for a in own if a not in ("--output-dir", "d", "--create-dirs",
                                                   "--no-atomic")]
            args += [*own, f"{origin}/{self.path}/{run}/f{n}"]
        return args

    def files(self):
        found = {k: v for o in self.options for k, v in o.files.items()}
        for n in range(1, self.urls + 1):
            if self.out(n) and not self.has("-J"):
                found[self.out(n)] = TEXT[:300] if self.has("-C -") else OLD
        return found

    def second_is_plain(self, n):
        return n == 2 and self.shape == "next"

    def bodies(self, n):
        """What URL `n` may bring with exit status 0: whole bodies."""
        plain = self.second_is_plain(n)
        bodies = {TEXT}
        if plain or not self.has("-L") or self.has("--proto-redir", "--max-redirs 0"):
            bodies |= {b"moved\n"} if self.path in ("redirect", "away") else set()
        if self.path == "challenge":
            bodies.add(b"no\n")
        if self.path == "busy":
            bodies.add(b"busy\n")
        if self.path == "gone":
            bodies.add(b"gone\n")
        if self.has("-r") and not plain:
            bodies.add(TEXT[:100])
        if self.has("-I") and not plain or self.has("--etag-compare", "-z"):
            bodies.add(b"")
        return bodies


class Ran:
    """What one run of a program has left."""

    def __init__(self, program, line, directory, sites):
        os.makedirs(directory)
        for name, data in line.files().items():
            path = os.path.join(directory, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(data)
        run = os.path.basename(directory)
        self.other = sites[1].port
        self.args = line.arguments(f"http://127.0.0.1:{sites[0].port}", run)
        try:
            done = subprocess.run([*program, *self.args], stdin=subprocess.DEVNULL,
                                  capture_output=True, cwd=directory, timeout=TIMEOUT,
                                  env=environment(directory))
            self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired as e:
            self.code, self.out, self.err = None, e.stdout or b"", e.stderr or b""
        self.requests, self.elsewhere = [s.seen(run) for s in sites]
        self.files = {}
        for folder, _, names in os.walk(directory):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as f:
                    self.files[os.path.relpath(path, directory)] = f.read()

    def __str__(self):
        return (" ".join(["minifetch", *(f"'{a}'" if re.search(r"[^\w./:=,@-]", a) else a
                                         for a in self.args)]).replace("\n", "\\n")
                + f"\nexit {self.code}\n{self.out[:600]!r}\n"
                f"{self.err.decode(errors='replace')[:3000]}\n{sorted(self.files)}")


# --------------------------------------------------------------------------
# What must hold for each line


class Judge:
    def __init__(self, line, ran):
        self.line, self.ran = line, ran

    def complaints(self):
        for check in (self.sane, self.told, self.whole, self.litter, self.secrets,
                      self.documents):
            wrong = check()
            if wrong:
                yield wrong

    def sane(self):
        if self.ran.code is None:
            return "it did not end"
        if self.ran.code < 0 or self.ran.code >= 128:
            return "it crashed"
        return "a report of a sanitizer" if REPORT.search(self.ran.err) else None

    def told(self):
        """%{exitcode} of some transfer is the exit status."""
        told = [int(n) for n in re.findall(rb"<exit (\d+)>", self.ran.err)]
        if not told:
            return None if self.line.has("--skip-existing") or self.ran.code else "-w wrote nothing"
        if self.ran.code not in told and not self.ran.code == 0:
            return f"-w has {told}, the exit status is {self.ran.code}"
        return None

    def body_of(self, data):
        """Behind the heads of -i and -I, whose lines --color may have made up."""
        data = re.sub(rb"\x1b\[[0-9;]*m", b"", data)
        while data.startswith(b"HTTP/1."):
            data = data.partition(b"\r\n\r\n")[2]
        return data

    def whole(self):
        """Exit status 0 only with all of it; the old file otherwise."""
        line, ran = self.line, self.ran
        if line.path == "cut" and ran.code == 0 and not line.has(
                "-I", "--ignore-content-length", "-r", "-0", "--skip-existing", "-C -"):
            return "exit status 0 though the body was cut"
        for n in range(1, line.urls + 1):
            name = line.out(n)
            if not name:
                continue
            now, before = ran.files.get(name), line.files().get(name)
            good = self.body_of(now) in line.bodies(n) if now is not None else True
            if line.path == "cut" and not line.has("-I"):
                good = good or line.has("--ignore-content-length", "-0")
            if ran.code == 0 and not good and now != before:
                return f"exit status 0 and {name} is not whole: {now!r}"
            if ran.code and now != before and not good and not line.has(
                    "unsafe") and not (before and line.has("-C -")
                                       and now and now.startswith(before)):
                return f"{name} is neither old nor whole: {now!r}"
            if before is not None and now is None and not line.has("--remove-on-error"):
                return f"{name} is gone"
        return None

    def litter(self):
        line = self.line
        mine = {"jar", "heads", "tag", "trace", "har", "report", "record", "f1", "f2",
                "d/f1", "d/f2"}
        odd = [f for f in self.ran.files if f not in line.files() and f not in mine]
        return f"left behind: {odd}" if odd else None

    def secrets(self):
        for request in self.ran.elsewhere + [
                r for r in self.ran.requests if b":%d/" % self.ran.other in
                r.split(b"\r\n", 1)[0]]:
            if SECRET.encode() in request or b"dXNlcjpT" in request:
                return f"a secret went to another origin: {request!r}"
        for name in ("har", "report"):
            if SECRET.encode() in self.ran.files.get(name, b""):
                return f"a secret is in {name}"
        return None

    def documents(self):
        line, ran = self.line, self.ran
        if line.has("--har") and not line.has("--skip-existing"):
            try:
                json.loads(ran.files.get("har", b""))
            except ValueError as e:
                return f"no JSON in har: {e}"
        for text in ran.files.get("report", b"").splitlines():
            try:
                json.loads(text)
            except ValueError as e:
                return f"no JSON in report: {e}"
        return None


# --------------------------------------------------------------------------
# Beside curl


def shown(request):
    """A request as both programs have to write it."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *fields = head.split(b"\r\n")
    fields = [re.sub(rb"^(User-Agent|Host): .*", rb"\1: x", f) for f in fields
              if not f.startswith(b"Expect: ")]  # this curl: with each -T
    boundary = re.search(rb"boundary=(-*\w+)", head)
    if boundary:
        body = body.replace(boundary.group(1), b"BOUNDARY")
        fields = [re.sub(rb"boundary=.*|^(Content-Length): .*", rb"\1 x", f) for f in fields]
    return first, sorted(fields), body


# Where minifetch does something else on purpose: a condition, and why.
DIFFERENCES = [
    (lambda line: line.has("-r") and line.has("-d", "-F", "--json", "-T"),
     "with -r and a body curl calls the body a part of one (Content-Range)"),
    (lambda line: line.has("--fail-early") and line.shape == "parallel",
     "how far the others are when one of them fails is a matter of time"),
    (lambda line: line.has("--url-query") and line.has("-G"),
     "this curl forgets --url-query beside -G"),
    (lambda line: line.has("-F") and line.shape == "parallel",
     "this curl sends a form empty now and then"),
    (lambda line: line.has("--retry") and line.path == "busy" and line.way == "stdout",
     "curl hands on the body that it then tries to better"),
    (lambda line: line.has("--max-redirs 0") and line.path == "challenge",
     "this curl counts the request with credentials as one that was redirected"),
    (lambda line: line.has("--etag-save") and line.path not in ("plain", "slow", "cut"),
     "the tag of what is no success replaces none"),
]


def final(data):
    """Without the heads of interim responses, and what tells runs apart."""
    return re.sub(rb"/[rc]\d+/f", b"/f", data.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b""))


def differences(line, ours, theirs):
    if ours.code != theirs.code:
        return f"exit status {ours.code}, curl's is {theirs.code}"
    order = sorted if line.shape == "parallel" else list
    for what, a, b in (("requests", ours.requests, theirs.requests),
                       ("requests elsewhere", ours.elsewhere, theirs.elsewhere)):
        a, b = order(map(shown, a)), order(map(shown, b))
        if a != b:
            return f"{what}:\n{a}\ncurl's:\n{b}"
    if line.shape != "parallel" and final(ours.out) != final(theirs.out):
        return f"standard output {ours.out!r}, curl's is {theirs.out!r}"
    if ours.code:
        return None
    for name in sorted(set(ours.files) | set(theirs.files)):
        a, b = final(ours.files.get(name, b"")), final(theirs.files.get(name, b""))
        mixed = name in ("trace", "jar") or name == "heads" and line.shape == "parallel"
        if a != b and not mixed:
            return f"{name} has {a!r}, curl's {b!r}"
    return None


@functools.cache
def reference():
    """The curl that the list of differences was made with; None: another one."""
    path = shutil.which("curl")
    if not path:
        return None
    said = subprocess.run([path, "-V"], capture_output=True, text=True).stdout
    return path if said.startswith("curl 7.88.") else None


class Pairs(TestCase):
    @classmethod
    def setUpClass(cls):
        other = Site()
        cls.sites = (Site(other.port), other)
        for site in cls.sites:
            cls.addClassCleanup(site.server.stop)

    def check(self, number, line, compared):
        ours = Ran([PROGRAM], line, self.path(f"r{number}"), self.sites)
        wrong = list(Judge(line, ours).complaints())
        if compared and not wrong and not any(d(line) for d, _ in DIFFERENCES):
            theirs = Ran([reference(), "-q"], line, self.path(f"c{number}"), self.sites)
            wrong.append(differences(line, ours, theirs))
        return [f"{line.items}\n{w}\n{ours}" for w in wrong if w]

    def test_every_pair_is_in_a_line(self):
        lines, left = table()
        self.assertEqual({tuple(sorted(map(str, p))) for p in left}, set())
        self.assertGreaterEqual(sum(o.needs for o in OPTIONS), 40)
        self.assertLess(len(lines), 400)

    def test_all(self):
        failures = []
        for number, items in enumerate(table()[0]):
            line = Line(items)
            failures += self.check(number, line, line.curl and reference())
        if failures:
            self.fail(f"{len(failures)} of {len(table()[0])} lines:\n\n"
                      + "\n\n".join(failures[:20]))


if __name__ == "__main__":
    unittest.main()
