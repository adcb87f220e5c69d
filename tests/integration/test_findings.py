"""Servers that break the rules of HTTP, one each: what -v and --explain say of
them, and what --strict makes of it. They are listeners of the program's own that answer every
request with the same bytes."""
import functools
import gzip
import os
import re
import subprocess
import unittest

from harness import (PROGRAM, Certificates, TestCase, environment, main, need_coding,
                     need_https)

OK = "HTTP/1.1 200 OK\r\n"
EMPTY = "Content-Length: 0\r\n\r\n"
JSON = "Content-Type: application/json\r\n"
TWO = "Content-Length: 2\r\n\r\nok"
CHUNKED = "Transfer-Encoding: chunked\r\n\r\n"
INTERIM = "HTTP/1.1 103 Early Hints\r\n\r\n"
TO_10 = ("--http1.0",)
DECODE = ("--compressed",)
GZIP = gzip.compress(b"hello" * 20)[:-4].decode("latin-1")
# 256 MiB of zeros, as blocks that repeat a byte (RFC 8878 section 3.1.1.2.2)
BOMB = "\x28\xb5\x2f\xfd\0\x68" + "\2\0\x10\0" * 2048 + "\1\0\0"
S8, S9, S10 = "RFC 9110 section 8", "RFC 9112 section 9", "RFC 9110 section 10"
S14, S15 = "RFC 9110 section 14", "RFC 9110 section 15"
URI = "RFC 9110 section 4.2"
LINES, FRAMING = "RFC 9112 section 2.2", "RFC 9112 section 6"
CHUNKS, CUT = "RFC 9112 section 7.1", "RFC 9112 section 8"
DATE = "RFC 9110 section 5.6.7"

# What the server sends, with a § at the byte that the finding names; the rule,
# its section, its severity; the exit code without --strict; arguments.
ERROR, WARNING = "error", "warning"
BROKEN = [
    # Lines
    ("HTTP/1.1 200 OK§\n" + EMPTY, "BARE_LF", LINES, WARNING, 0),
    (OK + "A: b§\rc\r\n" + EMPTY, "BARE_CR", LINES, ERROR, 8),
    (OK + "A: b§\0c\r\n" + EMPTY, "NUL_BYTE", "RFC 9110 section 5.5", ERROR, 8),
    (OK + "A: b§\33c\r\n" + EMPTY, "CONTROL_BYTE", "RFC 9110 section 5.5", WARNING, 0),
    (OK + "§ A: b\r\n" + EMPTY, "LEADING_SPACE", LINES, ERROR, 8),
    (OK + "A§ : b\r\n" + TWO, "SPACE_BEFORE_COLON", "RFC 9112 section 5.1", ERROR, 0),
    (OK + "§A b: c\r\n" + TWO, "FIELD_NAME", "RFC 9110 section 5.1", ERROR, 0),
    (OK + "§Hello\r\n" + EMPTY, "NO_COLON", "RFC 9112 section 5", ERROR, 8),
    (OK + "A: b\r\n§ c\r\n" + TWO, "OBS_FOLD", "RFC 9112 section 5.2", WARNING, 0),
    (OK + "Server: a\r\n§Server: b\r\n" + TWO, "SINGLETON_REPEATED",
     "RFC 9110 section 5.3", WARNING, 0),
    (OK + "Content-Type: a/b\r\n§content-type: a/c\r\n" + TWO, "SINGLETON_REPEATED",
     "RFC 9110 section 5.3", WARNING, 0),
    (OK + "Content-Length: 2\r\n§", "HEAD_CUT", CUT, ERROR, 18),
    # Status lines
    ("§ICY 200 OK\r\n" + EMPTY, "NOT_HTTP", "RFC 9112 section 4", ERROR, 1),
    ("§\x15\x03\x03\0\x02\x02\x46", "TLS_ON_PLAIN_PORT", URI + ".1", ERROR, 1),
    ("HTTP/1.1 200§\r\n" + EMPTY, "STATUS_LINE", "RFC 9112 section 4", WARNING, 0),
    ("HTTP/1.1 §600 OK\r\n" + TWO, "STATUS_CODE", S15, ERROR, 0),
    ("HTTP/1.1 §99 OK\r\n" + TWO, "STATUS_CODE", S15, ERROR, 1),
    ("HTTP/§2 200 OK\r\n" + TWO, "HTTP_VERSION", "RFC 9112 section 2.3", ERROR, 1),
    # Interim responses
    (INTERIM * 100 + "§" + INTERIM + OK + TWO, "TOO_MANY_INTERIM", S15 + ".2", ERROR, 8),
    ("§" + INTERIM + OK + TWO, "INTERIM_TO_HTTP10", S15 + ".2", WARNING, 0, *TO_10),
    (OK + TWO + "§HTTP/1.1 100 Continue\r\n\r\n", "INTERIM_LATE", S15, ERROR, 0),
    ("§HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\nxyz", "SWITCH_UNREQUESTED",
     "RFC 9110 section 7.8", ERROR, 8),
    ("HTTP/1.1 426 No\r\nContent-Length: 0\r\n§\r\n", "UPGRADE_MISSING",
     "RFC 9110 section 7.8", WARNING, 0),
    (INTERIM + OK + "A§ : b\r\n" + TWO, "SPACE_BEFORE_COLON", "RFC 9112 section 5.1",
     ERROR, 0),
    ("HTTP/1.1 103 Early Hints\r\nA§ : b\r\n\r\n" + OK + TWO, "SPACE_BEFORE_COLON",
     "RFC 9112 section 5.1", ERROR, 0),
    # Framing
    (OK + "§Content-Length: 7\r\n" + CHUNKED + "2\r\nok\r\n0\r\n\r\n",
     "LENGTH_WITH_CODING", FRAMING + ".3", ERROR, 0),
    (INTERIM + OK + "§Content-Length: 7\r\n" + CHUNKED + "2\r\nok\r\n0\r\n\r\n",
     "LENGTH_WITH_CODING", FRAMING + ".3", ERROR, 0),
    (OK + "Content-Length: 2, §2\r\n\r\nok", "LENGTH_REPEATED", S8 + ".6", WARNING, 0),
    (OK + "Content-Length: 2\r\nContent-Length: §3\r\n\r\nabc", "LENGTH_CONFLICT",
     FRAMING + ".3", ERROR, 8),
    (OK + "Content-Length: §+2\r\n\r\nok", "LENGTH_INVALID", S8 + ".6", ERROR, 8),
    ("HTTP/1.1 204 No\r\n§Content-Length: 0\r\n\r\n", "LENGTH_UNEXPECTED", S8 + ".6",
     WARNING, 0),
    (OK + "Transfer-Encoding: chunked, §gzip\r\n\r\n", "CODING_NOT_FINAL", FRAMING + ".3",
     ERROR, 61),
    (OK + "Transfer-Encoding: chunked, §chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
     "CHUNKED_REPEATED", FRAMING + ".1", ERROR, 0),
    ("HTTP/1.0 200 OK\r\n§" + CHUNKED + "2\r\nok\r\n0\r\n\r\n", "CODING_IN_HTTP10",
     FRAMING + ".1", ERROR, 0),
    (OK + "§" + CHUNKED + "2\r\nok\r\n0\r\n\r\n", "CODING_TO_HTTP10", FRAMING + ".1",
     ERROR, 0, *TO_10),
    ("HTTP/1.1 204 No\r\n§" + CHUNKED, "CODING_UNEXPECTED", FRAMING + ".1", ERROR, 0),
    (OK + "Transfer-Encoding: §gzip, chunked\r\n\r\n", "CODING_UNREQUESTED",
     "RFC 9112 section 7.4", ERROR, 61),
    (OK + "Transfer-Encoding: §x, chunked\r\n\r\n", "CODING_UNKNOWN",
     "RFC 9112 section 7", ERROR, 61, "--tr-encoding"),
    (OK + "§Transfer-Encoding: identity\r\n" + TWO, "CODING_IDENTITY", "RFC 9112 section 7",
     WARNING, 0),
    (OK + CHUNKED + "2\r\nok\r\n§x\r\n", "CHUNK_SIZE", CHUNKS, ERROR, 56),
    (OK + CHUNKED + "2§ \r\nok\r\n0\r\n\r\n", "CHUNK_SIZE_SPACE", CHUNKS, WARNING, 0),
    (OK + CHUNKED + "2;§=\r\nok\r\n0\r\n\r\n", "CHUNK_EXTENSION", CHUNKS + ".1", WARNING,
     0),
    (OK + CHUNKED + "2\r\nok§ay\r\n0\r\n\r\n", "CHUNK_END", CHUNKS, ERROR, 56),
    (OK + CHUNKED + "2\r\nok§\n0\r\n\r\n", "BARE_LF", LINES, WARNING, 0),
    (OK + CHUNKED + "2\r\nok\r\n0\r\n§Content-Length: 3\r\n\r\n", "TRAILER_FORBIDDEN",
     "RFC 9110 section 6.5.1", ERROR, 0),
    (OK + CHUNKED + "2\r\nok\r\n0\r\nA§ : b\r\n\r\n", "SPACE_BEFORE_COLON",
     "RFC 9112 section 5.1", ERROR, 0),
    # Bodies
    (OK + "Content-Length: 3\r\n\r\nok§", "BODY_CUT", CUT, ERROR, 18),
    (OK + CHUNKED + "2\r\nok§", "BODY_CUT", CUT, ERROR, 18),
    (OK + TWO + "§more", "EXTRA_DATA", FRAMING + ".3", WARNING, 0),
    (OK + CHUNKED + "2\r\nok\r\n0\r\n\r\n§more", "EXTRA_DATA", FRAMING + ".3", WARNING, 0),
    (OK + TWO + "§" + OK + TWO, "EXTRA_DATA", FRAMING + ".3", WARNING, 0),
    ("HTTP/1.1 204 No\r\n\r\n§body", "BODY_UNEXPECTED", FRAMING + ".3", ERROR, 0),
    ("HTTP/1.1 304 No\r\n\r\n§body", "BODY_UNEXPECTED", FRAMING + ".3", ERROR, 0),
    (OK + "Content-Length: 2\r\n\r\n§ok", "BODY_UNEXPECTED", FRAMING + ".3", ERROR, 0,
     "-I"),
    ("HTTP/1.1 205 Go\r\nContent-Length: 2\r\n\r\n§ok", "BODY_IN_205", S15 + ".3.6",
     WARNING, 0),
    (OK + "Content-Encoding: identity, §x\r\n" + TWO, "CONTENT_CODING_UNKNOWN",
     S8 + ".4.1", ERROR, 61, *DECODE),
    (OK + f"Content-Encoding: gzip\r\nContent-Length: {len(GZIP)}\r\n\r\n{GZIP}§",
     "CONTENT_CODING_CUT", S8 + ".4.1", ERROR, 18, *DECODE),
    (OK + f"Content-Encoding: gzip\r\n{CHUNKED}{len(GZIP):x}\r\n{GZIP}\r\n0\r\n\r\n§",
     "CONTENT_CODING_CUT", S8 + ".4.1", ERROR, 18, *DECODE),
    (OK + f"Content-Encoding: zstd\r\nContent-Length: {len(BOMB)}\r\n\r\n{BOMB}§",
     "CONTENT_CODING_BOMB", "RFC 9110 section 17.5", ERROR, 122, *DECODE, "--out-null"),
    # Fields
    ("HTTP/1.1 302 Go\r\nLocation: /a\r\n§Location: /b\r\n" + EMPTY, "LOCATION_CONFLICT",
     S10 + ".2.2", ERROR, 8),
    ("HTTP/1.1 302 Go\r\nLocation: §http:///x\r\n" + TWO, "LOCATION_NO_HOST", URI + ".1",
     ERROR, 0),
    ("HTTP/1.1 302 Go\r\nLocation: §http:foo\r\n" + TWO, "LOCATION_NO_HOST", URI + ".1",
     ERROR, 0),
    ("HTTP/1.1 302 Go\r\nLocation: http://§a@b/\r\n" + TWO, "LOCATION_USER", URI + ".4",
     WARNING, 0),
    ("HTTP/1.1 302 Go\r\nLocation: /a§ b\r\n" + TWO, "LOCATION_INVALID", S10 + ".2.2",
     WARNING, 0),
    (OK + "Date: §today\r\n" + TWO, "DATE_INVALID", DATE, WARNING, 0),
    (OK + "Expires: §0\r\n" + TWO, "DATE_INVALID", DATE, WARNING, 0),
    (OK + "Last-Modified: §6 Nov 1994\r\n" + TWO, "DATE_INVALID", DATE, WARNING, 0),
    (OK + "Date: §Sun Nov  6 08:49:37 1994\r\n" + TWO, "DATE_OBSOLETE", DATE, WARNING, 0),
    (OK + "Content-Type: §html\r\n" + TWO, "CONTENT_TYPE_INVALID", S8 + ".3", WARNING, 0),
    (OK + JSON + "Content-Length: 7\r\n\r\n[1,2] §x", "JSON_INVALID", "RFC 8259 section 2",
     WARNING, 0, "--color=always"),
    (OK + JSON + "Content-Length: 6\r\n\r\n[1,2, §", "JSON_INVALID", "RFC 8259 section 2",
     WARNING, 0, "--color=always", "--pretty"),
    (OK + "ETag: §abc\r\n" + TWO, "ETAG_INVALID", S8 + ".8.3", WARNING, 0),
    (OK + "§Content-Range: bytes 0-1/2\r\n" + TWO, "RANGE_UNEXPECTED", S14 + ".4",
     WARNING, 0),
    ("HTTP/1.1 206 Part\r\nContent-Length: 2\r\n§\r\nok", "RANGE_MISSING",
     S15 + ".3.7.1", ERROR, 0),
    ("HTTP/1.1 206 Part\r\nContent-Range: §bytes 2-1/2\r\n" + TWO, "RANGE_INVALID",
     S14 + ".4", ERROR, 0),
    ("HTTP/1.1 401 No\r\nContent-Length: 0\r\n§\r\n", "CHALLENGE_MISSING", S15 + ".5.2",
     WARNING, 0),
    ("HTTP/1.1 407 No\r\nContent-Length: 0\r\n§\r\n", "PROXY_CHALLENGE_MISSING",
     S15 + ".5.8", WARNING, 0),
    ("HTTP/1.1 405 No\r\nContent-Length: 0\r\n§\r\n", "ALLOW_MISSING", S15 + ".5.6",
     WARNING, 0),
]

# These need TLS, and have tests of their own.
TLS_ONLY = {"PLAIN_ON_TLS_PORT", "CLOSE_NOTIFY"}
# Listeners find these in requests.
OF_REQUESTS = {"REQUEST_LINE", "EMPTY_LINE", "TARGET_FORM", "TARGET_CHARACTER",
               "HOST_MISSING", "HOST_REPEATED", "HOST_INVALID"}


@functools.cache
def rules():
    """What --help findings tells: name to (severity, section, description)."""
    text = subprocess.run([PROGRAM, "-q", "--help", "findings"], capture_output=True,
                          text=True, check=True).stdout
    found = re.findall(r"^([A-Z0-9_]+) \((\w+), ([^)]+)\)\n((?: .*\n)+)", text, re.M)
    return {name: (severity, section, " ".join(described.split()))
            for name, severity, section, described in found}


def what(name):
    """The words of a finding, from its description."""
    first = re.split(r"\. (?=[A-Z0-9])", rules()[name][2])[0]
    return first[0].lower(), first[1:]


class Listeners(TestCase):
    def answer(self, raw, name="raw"):
        """A listener that answers every request with `raw`, which is kept in the
        file `name`; its address."""
        self.write(name, raw)
        process = subprocess.Popen(
            [PROGRAM, "-q", "--listen", "http://127.0.0.1:0", "--reply-raw", name,
             "--keep-open", "--print-address"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=self.dir,
            env=environment(self.dir))
        self.addCleanup(self.end, process)
        address = process.stdout.readline().decode().strip()
        self.assertTrue(address, "the listener did not start")
        return address

    @staticmethod
    def end(process):
        process.kill()
        process.communicate()

    def assertFound(self, result, name, offset, section):
        lines = [line for line in result.text.splitlines() if "* finding: " in line]
        first, rest = what(name)
        wanted = re.compile(re.escape(f"* finding: byte {offset}: ") + f"(?i:{first})" +
                            re.escape(f"{rest} ({section})") + "$")
        self.assertEqual(len([line for line in lines if wanted.match(line)]), 1,
                         f"{wanted.pattern} in {result!r}")

    def assertExplained(self, result, name, offset, section, severity):
        first, rest = what(name)
        mark = "ERROR" if severity == ERROR else "warning"
        self.assertRegex(result.text, re.compile(
            re.escape(f"  {mark}: byte {offset}: ") + f"(?i:{first})" +
            re.escape(f"{rest} ({section})") + "\n    [A-Z].*\\.$", re.M))

    def assertRefused(self, result, name, offset, section):
        self.assertExit(result, 8)
        message = [line for line in result.text.splitlines() if line.startswith("minifetch: ")]
        self.assertEqual(len(message), 1, repr(result))
        for part in ("(8)", name, f"byte {offset}: ", f"({section})"):
            self.assertIn(part, message[0])


class Broken(Listeners):
    def check(self, text, name, section, severity, code, *args):
        offset = text.index("§")
        raw = text.replace("§", "").encode("latin-1")
        self.assertEqual(rules()[name][:2], (severity, section))
        url = self.answer(raw)
        shown = self.fetch("-qsSv", "--explain", *args, url)
        self.assertExit(shown, code)
        self.assertFound(shown, name, offset, section)
        self.assertExplained(shown, name, offset, section, severity)
        strict = self.fetch("-qsS", "--strict", "-o", "out", *args, url)
        if severity == WARNING:
            self.assertExit(strict, 0)
            self.assertEqual(strict.text, "")
            return
        self.assertRefused(strict, name, offset, section)
        self.assertNotIn("out", os.listdir(self.dir))
        if offset < raw.index(b"\r\n\r\n") if b"\r\n\r\n" in raw else True:
            strict = self.fetch("-qsS", "--strict", *args, url)
            self.assertEqual(strict.out, b"")


def add_tests():
    """A test a row; rows with the same rule are numbered."""
    for row in BROKEN:
        def test(self, row=row):
            if row[1] == "CONTENT_CODING_CUT":
                need_coding("gzip")
            if row[1] == "CONTENT_CODING_BOMB":
                need_coding("zstd")
            self.check(*row)
        name = "test_" + row[1].lower()
        n = 1
        while hasattr(Broken, f"{name}_{n}"):
            n += 1
        setattr(Broken, f"{name}_{n}", test)


add_tests()


class List(TestCase):
    def test_every_rule_has_a_server(self):
        self.assertEqual(set(rules()), {row[1] for row in BROKEN} | TLS_ONLY | OF_REQUESTS)


class Strict(Listeners):
    def test_nothing_wrong(self):
        url = self.answer((OK + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" + TWO).encode())
        done = self.fetch("-qsSv", "--strict", url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"ok")
        self.assertNotIn("finding", done.text)

    def test_body_up_to_the_byte(self):
        url = self.answer((OK + CHUNKED + "2\r\nok\r\nx\r\n").encode())
        done = self.fetch("-qsS", "--strict", url)
        self.assertExit(done, 8)
        self.assertEqual(done.out, b"ok")

    def test_a_file_that_is_there_stays(self):
        self.write("out", b"before")
        url = self.answer((OK + CHUNKED + "2\r\nok\r\nx\r\n").encode())
        self.assertExit(self.fetch("-qsS", "--strict", "-o", "out", url), 8)
        self.assertEqual(self.read("out"), b"before")
        self.assertEqual(sorted(os.listdir(self.dir)), ["out", "raw"])

    def test_on_the_way(self):
        """A redirect, too, is a response."""
        url = self.answer((OK + TWO).encode())
        self.assertExit(self.fetch("-qsS", "--strict", url), 0)
        broken = self.answer(
            f"HTTP/1.1 302 Go\r\nA : b\r\nLocation: {url}\r\n{EMPTY}".encode(), "redirect")
        self.assertExit(self.fetch("-qsSL", broken), 0)
        done = self.fetch("-qsSL", "--strict", broken)
        self.assertRefused(done, "SPACE_BEFORE_COLON", 18, "RFC 9112 section 5.1")
        self.assertEqual(done.out, b"")

    def test_many_warnings_hide_no_error(self):
        fields = "".join(f"A{i}: b\n" for i in range(100))
        url = self.answer((OK + fields + "B : c\r\n" + TWO).encode())
        self.assertExit(self.fetch("-qsS", url), 0)
        done = self.fetch("-qsS", "--strict", url)
        self.assertRefused(done, "SPACE_BEFORE_COLON", len(OK + fields) + 1,
                           "RFC 9112 section 5.1")

    def test_no_strict(self):
        url = self.answer((OK + "A : b\r\n" + TWO).encode())
        done = self.fetch("-qsS", "--strict", "--no-strict", url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"ok")


class TLS(Listeners):
    def setUp(self):
        need_https()
        super().setUp()

    def test_plain_on_tls_port(self):
        url = "https" + self.answer((OK + TWO).encode())[len("http"):]
        shown = self.fetch("-qsSvk", url)
        self.assertExit(shown, 35)
        self.assertIn("answered in plain HTTP", shown.text)
        self.assertIn("try http://", shown.text)
        self.assertFound(shown, "PLAIN_ON_TLS_PORT", 0, URI + ".2")
        strict = self.fetch("-qsSk", "--strict", url)
        self.assertRefused(strict, "PLAIN_ON_TLS_PORT", 0, URI + ".2")

    def test_cut_off(self):
        """The server ends TLS by closing the connection under it."""
        import ssl
        cert, key = Certificates(self.dir).make("localhost")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        server = self.serve((OK + "\r\nok").encode(),
                            wrap=lambda s: context.wrap_socket(
                                s, server_side=True, suppress_ragged_eofs=True))
        url = f"https://localhost:{server.port}"
        shown = self.fetch("-qsSv", "--cacert", "ca.pem", url)
        self.assertExit(shown, 56)
        self.assertEqual(shown.out, b"ok")
        self.assertFound(shown, "CLOSE_NOTIFY", len(OK) + 4, S9 + ".8")
        strict = self.fetch("-qsS", "--strict", "--cacert", "ca.pem", url)
        self.assertRefused(strict, "CLOSE_NOTIFY", len(OK) + 4, S9 + ".8")


if __name__ == "__main__":
    main()
