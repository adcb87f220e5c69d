"""What a peer sends reaches a terminal through one filter, whoever writes it."""
import os
import pty
import re
import subprocess
import threading
import tty

from harness import PROGRAM, TIMEOUT, TestCase, environment, main, response

# ESC, DEL, CSI as a character, an override of direction, a tag; and CSI in one byte
TEXT = b"\x1b]0\x07\x7f\xc2\x9b31m\xe2\x80\xae\xf3\xa0\x81\x81"
BYTES = TEXT + b"\x9b31m"
FORBIDDEN = (b"\x1b", b"\x07", b"\x7f", b"\x9b", b"\xe2\x80\xae", b"\xf3\xa0\x81\x81")
COLOURS = re.compile(rb"\x1b\[[0-9;]*m")  # the program's own


def in_field(evil):
    """What of it may be in a field."""
    return re.sub(rb"[\x00-\x1f\x7f]", b"", evil)


def answer(evil):
    """An answer whose every part is of that kind, as far as HTTP lets it be."""
    word = in_field(evil)
    return (b"HTTP/1.1 200 " + word + b"\r\nX-Y: " + word + b"\r\nContent-Type: text/" + word
            + b'\r\nETag: "' + word + b'"\r\nSet-Cookie: n=' + word
            + b'\r\nContent-Disposition: attachment; filename="a' + word
            + b'"\r\nContent-Length: %d\r\n\r\n' % len(evil) + evil)


class Terminal(TestCase):
    def show(self, *args, code=0):
        """All that a terminal gets that is standard output and error at once."""
        master, slave = pty.openpty()
        tty.setraw(slave)
        shown = []

        def read():
            try:
                while data := os.read(master, 65536):
                    shown.append(data)
            except OSError:  # it is how the end of a terminal looks
                pass

        process = subprocess.Popen([PROGRAM, *args], stdin=subprocess.DEVNULL, stdout=slave,
                                   stderr=slave, cwd=self.dir, env=environment(self.dir))
        reader = threading.Thread(target=read)
        reader.start()
        try:
            self.assertEqual(process.wait(TIMEOUT), code, args)
        finally:
            os.close(slave)
            reader.join(TIMEOUT)
            os.close(master)
        return b"".join(shown)

    def assertHarmless(self, shown, args):
        others = COLOURS.sub(b"", shown)
        for sequence in FORBIDDEN:
            self.assertNotIn(sequence, others, (args, shown))

    def test_whoever_writes(self):
        for evil in TEXT, BYTES:
            self.whoever_writes(self.serve(answer(evil)).url)

    def whoever_writes(self, url):
        for args in (
                (), ("-i",), ("-D", "-", "-o", "f"), ("--etag-save", "-", "-o", "f"),
                ("-c", "-", "-o", "f"), ("--har", "-", "-o", "f"),
                ("--report", "-", "-o", "f"), ("--report", "%"), ("--record", "-", "-o", "f"),
                ("--trace", "-", "-o", "f"), ("--trace-ascii", "-", "-o", "f"), ("-vvv",),
                ("-v", "-o", "f"), ("--explain", "-o", "f"), ("--timing", "-o", "f"),
                ("-w", "%{header_json}%{json}%header{x-y}%{content_type}", "-o", "f"),
                ("-w", "%{stderr}%header{x-y}", "-o", "f"),
                ("-w", "%output{/dev/fd/1}%header{x-y}", "-o", "f"),
                ("-JOv", "-w", "%{filename_effective}"), ("-o", "/dev/stdout"),
                ("-D", "/dev/stderr", "-o", "f"), ("--etag-save", "/dev/stderr", "-o", "f"),
                ("-c", "/dev/stderr", "-o", "f"), ("--spool",), ("-Z",), ("--no-buffer",),
                ("--stderr", "-", "-v", "-o", "f"), ("--raw",), ("--pretty",)):
            with self.subTest(args=args):
                shown = self.show("-sS", *args, url)
                self.assertHarmless(shown, args)

    def test_json(self):
        """Strings of JSON too, coloured or not."""
        body = b'{"a' + TEXT[4:] + b'": "' + BYTES[4:] + b'"}'
        url = self.serve(response(body, Content_Type="application/json")).url
        for args in (), ("--color", "never"), ("--pretty",):
            self.assertHarmless(self.show("-s", *args, url), args)

    def test_conversations(self):
        url = self.serve(BYTES).url.replace("http", "tcp")
        for args in (), ("--hex",), ("--format", "json"), ("-v",):
            shown = self.show("-sd", "\r\n\r\n", *args, url)
            self.assertIn(b"31m" if "json" not in args else b"base64", shown, args)
            self.assertHarmless(shown, args)

    def test_it_can_be_turned_off(self):
        url = self.serve(answer(BYTES)).url
        for args in ((), ("--etag-save", "-", "-o", "f"), ("-c", "-", "-o", "f"),
                     ("-w", "%output{/dev/stderr}%header{x-y}", "-o", "f")):
            shown = self.show("-s", "--no-safe-output", *args, url)
            self.assertIn(BYTES[-6:], shown, args)

    def test_messages(self):
        """Errors that quote a peer."""
        word = in_field(BYTES)
        for sent in (b"HTTP/1.1 2" + BYTES + b"\r\n\r\n", BYTES + b"\r\n\r\n",
                     b"HTTP/1.1 302 Found\r\nLocation: http://" + word + b"/\r\n"
                     b"Content-Length: 0\r\n\r\n",
                     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + word + b"\r\n\r\n",
                     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + BYTES):
            for option in "-sSL", "-vsL":
                url = self.serve(sent).url
                code = self.fetch("-sSL", url).code
                self.assertNotEqual(code, 0, sent)
                self.assertHarmless(self.show(option, url, code=code), (option, sent))


if __name__ == "__main__":
    main()
