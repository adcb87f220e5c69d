"""--color and --pretty: what a terminal shows, and that a pipe gets the bytes."""
import os
import pty
import re
import subprocess

from harness import PROGRAM, TIMEOUT, TestCase, environment, main, response

BODY = b'{"a":[1,true],"b":"x\\"y"}'
JSON = response(BODY, Content_Type="application/json")
COLOURED = (b'{\x1b[34;1m"a"\x1b[0m:[\x1b[36m1\x1b[0m,\x1b[33mtrue\x1b[0m],'
            b'\x1b[34;1m"b"\x1b[0m:\x1b[32m"x\\"y"\x1b[0m}')
INDENTED = b'{\n  "a": [\n    1,\n    true\n  ],\n  "b": "x\\"y"\n}\n'


class Colour(TestCase):
    def on_terminal(self, *args, **env):
        """What a terminal gets, its line ends made LF again."""
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [PROGRAM, "-s", *args], stdin=subprocess.DEVNULL, stdout=slave,
            stderr=subprocess.DEVNULL, cwd=self.dir, env=environment(self.dir, **env))
        os.close(slave)
        out = b""
        while True:
            try:
                data = os.read(master, 65536)
            except OSError:
                break
            if not data:
                break
            out += data
        os.close(master)
        self.assertEqual(process.wait(TIMEOUT), 0)
        return out.replace(b"\r\n", b"\n")

    def test_json_on_a_terminal(self):
        url = self.serve(JSON).url
        self.assertEqual(self.on_terminal(url), COLOURED)
        self.assertEqual(self.on_terminal(url, NO_COLOR="1"), BODY)
        self.assertEqual(self.on_terminal("--color", "never", url), BODY)
        self.assertEqual(self.on_terminal("--color", "always", url, NO_COLOR="1"), COLOURED)
        self.assertEqual(self.on_terminal("--pretty", "--color", "never", url), INDENTED)

    def test_bars_on_a_terminal(self):
        args = ("--stderr", "-", "--timing", "-o", "f", self.serve(JSON).url)
        self.assertIn(b"\x1b[34m#", self.on_terminal(*args))
        for plain in (("--color", "never"), ("--no-styled-output",)):
            self.assertRegex(self.on_terminal(*plain, *args), b"  #+\n")
        self.assertRegex(self.on_terminal(*args, NO_COLOR="1"), b"  #+\n")

    def test_terminals_that_do_not_understand(self):
        url = self.serve(response(BODY, Content_Type="application/json", X_Y="z")).url
        for term in "dumb", "":
            self.assertEqual(self.on_terminal(url, TERM=term), BODY)
            out = self.on_terminal("-i", url, TERM=term)
            self.assertNotIn(b"\x1b", out)
            self.assertEqual(self.on_terminal("--color", "always", url, TERM=term), COLOURED)
            master, slave = pty.openpty()
            with subprocess.Popen(
                    [PROGRAM, "--timing", "-#", "-o", "f", url, url], stdin=subprocess.DEVNULL,
                    stdout=slave, stderr=slave, cwd=self.dir,
                    env=environment(self.dir, TERM=term)) as process:
                self.assertEqual(process.wait(TIMEOUT), 0)
            os.close(slave)
            out = os.read(master, 65536).replace(b"\r\n", b"\n")
            os.close(master)
            self.assertIn(b"Timing", out)
            self.assertNotIn(b"\x1b", out)
            self.assertNotIn(b"\r", out)

    def test_a_pipe_gets_the_bytes(self):
        url = self.serve(JSON).url
        self.assertEqual(self.fetch(url).out, BODY)
        self.assertEqual(self.fetch("--pretty", url).out, BODY)
        self.assertEqual(self.fetch("--pretty", "--color", "auto", url).out, BODY)
        self.fetch("--pretty", "-o", "f", url)
        self.assertEqual(self.read("f"), BODY)

    def test_always(self):
        url = self.serve(JSON).url
        self.assertEqual(self.fetch("--color", "always", url).out, COLOURED)
        out = self.fetch("--color", "always", "--pretty", url).out
        self.assertTrue(out.startswith(b'{\n  \x1b[34;1m"a"\x1b[0m: [\n'), out)

    def test_split_anywhere(self):
        def stuttering(peer):
            peer.request()
            peer.stutter(JSON, 0.0005)

        self.assertEqual(self.fetch("--color", "always", self.serve(stuttering).url).out,
                         COLOURED)

    def test_heads(self):
        for status, colour in ("200 OK", b"32"), ("302 Found", b"36"), ("404 No", b"33"), \
                ("500 Oh", b"31"):
            url = self.serve(response(b"", status)).url
            line = b"HTTP/1.1 " + status.encode()
            out = self.fetch("-i", "--color", "always", url).out
            self.assertEqual(out, b"\x1b[" + colour + b"m" + line + b"\x1b[0m\r\n"
                             b"\x1b[1;36mContent-Length\x1b[0m: 0\r\n\r\n")
            self.assertEqual(self.fetch("-i", url).out, line + b"\r\nContent-Length: 0\r\n\r\n")

    def test_what_is_no_json(self):
        for kind, body in ("text/html", b"{}"), ("application/json", b"<p>1</p>"):
            url = self.serve(response(body, Content_Type=kind)).url
            self.assertEqual(self.fetch("--color", "always", "--pretty", url).out, body)

    def test_pretty_changes_no_value(self):
        """What is no JSON is as it came, from where it stops being that."""
        for body, shown in ((b'{"a": 1}  {"b": 2}\n', b'{\n  "a": 1\n}  {"b": 2}\n'),
                            (b"[1 2]", b"[\n  1 2]"),
                            (b"[1] // one", b"[\n  1\n] // one"),
                            (b"[" * 9000, None)):
            url = self.serve(response(body, Content_Type="application/json")).url
            out = self.on_terminal("--pretty", "--color", "never", url)
            if shown is None:
                self.assertEqual(out.count(b"["), len(body))
            else:
                self.assertEqual(out, shown)

    def test_deep(self):
        """No depth is an error, and none takes memory."""
        body = b'{"a":[' * 2500 + b"]}" * 2500
        url = self.serve(response(body, Content_Type="application/json")).url
        result = self.fetch("--pretty", "--color", "always", "-v", url)
        self.assertExit(result, 0)
        self.assertNotIn("finding", result.text)
        self.assertLess(len(result.out), 300 * len(body))
        self.assertEqual(re.sub(rb"\x1b\[[0-9;]*m|\s", b"", result.out), body)

    def test_kinds_of_json(self):
        for kind, body, shown in (
                ("text/json", b"\xef\xbb\xbf[1]", b"[\n  1\n]\n"),
                ("application/vnd.x.json", b"[1]", b"[\n  1\n]\n"),
                ("application/x-ndjson", b'{"a":1}\n[2]\n', b'{\n  "a": 1\n}\n[\n  2\n]\n'),
                ("text/event-stream", b"id: 1\ndata: [1]\n\ndata: x\n\n",
                 b"id: 1\ndata: [\ndata:   1\ndata: ]\n\ndata: x\n\n")):
            url = self.serve(response(body, Content_Type=kind)).url
            self.assertEqual(self.on_terminal("--pretty", "--color", "never", url), shown)
            self.assertEqual(self.on_terminal("--color", "never", url), body)

    def test_whatever_the_type(self):
        for kind, body, shown in (("text/plain", b"[1]", b"[\n  1\n]\n"),
                                  ("text/html", b"\n<p>[1]", b"\n<p>[1]")):
            url = self.serve(response(body, Content_Type=kind)).url
            args = ("--pretty", "--color", "never")
            self.assertEqual(self.on_terminal(*args, url), body)
            self.assertEqual(self.on_terminal("--pretty", *args, url), shown)
            self.assertEqual(self.on_terminal("--pretty", "--no-pretty", *args, url), body)

    def test_characters(self):
        """Escapes are shown as what they stand for, where somebody looks."""
        body = b'["\\u00e9\\ud83d\\ude00\\u202e\\u001b"]'
        url = self.serve(response(body, Content_Type="application/json")).url
        self.assertEqual(self.on_terminal("--pretty", "--color", "never", url),
                         '[\n  "é😀\\u202e\\u001b"\n]\n'.encode())
        self.assertEqual(self.on_terminal("--color", "never", url), body)
        self.assertIn(body[2:-2], self.fetch("--pretty", "--color", "always", url).out)

    def test_the_terminal_stays_safe(self):
        url = self.serve(response(b'["\x1b]0;x\x07"]', Content_Type="application/json")).url
        self.assertEqual(self.on_terminal(url), b'[\x1b[32m"\x1b[0m\\x1b]0;x\\x07"]')

    def test_several_bodies(self):
        url = self.serve(response(b"[1", Content_Type="application/json")).url
        out = self.fetch("--color", "always", url, url).out
        self.assertEqual(out, b"[\x1b[36m1\x1b[0m" * 2)

    def test_another_word(self):
        done = self.fetch("--color", "red", "http://127.0.0.1:1/")
        self.assertExit(done, 2)
        self.assertIn("--color", done.text)


class Again(TestCase):
    """A body that breaks off, inside a string, and is gone on with."""
    ARGS = ("-s", "--retry", "2", "--retry-delay", "0.01", "--retry-all-errors")
    FIELDS = dict(Content_Type="application/json", ETag='"a"', Accept_Ranges="bytes")

    def broken(self):
        whole = response(BODY, **self.FIELDS)
        return whole[:-4]

    def test_rest_in_a_pipe(self):
        busy = response(b'{"busy":1}', status="503 Busy", Connection="close",
                        Content_Type="application/json")
        end = len(BODY)
        rest = response(BODY[-4:], status="206 Partial Content", **self.FIELDS,
                        Content_Range=f"bytes {end - 4}-{end - 1}/{end}")
        for last in (rest, response(BODY, **self.FIELDS)):
            server = self.serve(self.broken(), busy, last)
            done = self.fetch(*self.ARGS, "--color", "always", server.url)
            self.assertExit(done, 0)
            self.assertEqual(done.out, COLOURED)

    def test_whole_in_a_file(self):
        for args in ([], ["-i"], ["--spool"]):
            server = self.serve(self.broken(), response(BODY, **self.FIELDS))
            with open(self.path("f"), "wb") as f:
                process = subprocess.run(
                    [PROGRAM, *self.ARGS, *args, "--color", "always", server.url], stdout=f,
                    stderr=subprocess.DEVNULL, env=environment(self.dir), timeout=TIMEOUT)
            self.assertEqual(process.returncode, 0)
            out = self.read("f")
            self.assertEqual(out[out.rindex(b"\r\n\r\n") + 4:] if args == ["-i"] else out,
                             COLOURED)


if __name__ == "__main__":
    main()
