"""What a person writes wrongly: each message says in which option, line and byte,
and nothing is connected for what cannot be meant."""
from harness import TestCase, main, response

TRY = "minifetch: try 'minifetch --help' for more information\n"

# A line of a config file, the exit status, and the message behind "minifetch: "
CONFIG = (
    ("bogus = 1", 2, "conf:2:1: option bogus: is unknown"),
    ("  slent", 2, "conf:2:3: option slent: is unknown; did you mean --silent?"),
    ("max-time = soon", 2, "conf:2:1: option max-time: expected a proper numerical parameter"),
    ("  silent = yes", 2, "conf:2:3: option silent: takes no argument, but 'yes' follows"),
    ("output", 2, "conf:2:1: option output: requires parameter"),
    ("header = \"a\0b\"", 2, "conf:2:12: a NUL byte is in the line"),
    ("-%", 2, "conf:2:1: option -%: is unknown"),
    ("form = a", 2, "conf:2:1: option form: byte 2: expected NAME=CONTENT"),
    ("range = 1-2;3", 2, "conf:2:1: option range: byte 4: expected offsets joined by - and ,"),
    ("config = none", 26, "conf:2:1: option config: cannot read 'none': No such file or "
     "directory"),
)

# One whose argument is taken all the same: the warning
CONFIG_FLAWS = (
    ("user-agent = \"a", "conf:2 Option 'user-agent' uses argument without its closing "
     "quote: it opens at byte 14."),
    ("user-agent = \"a\" b", "conf:2 Option 'user-agent' has text behind its quoted argument, "
     "at byte 18, which is ignored."),
    ("user-agent = a b", "conf:2 Option 'user-agent' uses argument with unquoted whitespace. "
     "This may cause side-effects. Consider double quotes."),
)

# What stands behind http://h/, and position and words of the message
GLOBS = (
    ("[1-", 13, "bad range"),
    ("[1-x]", 13, "bad range"),
    ("[5-1]", 15, "bad range"),
    ("[a-Z]", 15, "bad range"),
    ("[1-9:0]", 17, "bad range"),
    ("[1-5:x]", 15, "bad range"),
    ("[1-99999999999999999999]", 13, "bad range"),
    ("{a,b", 10, "unmatched brace"),
    ("a}b", 11, "unmatched close brace/bracket"),
    ("x]", 11, "unmatched close brace/bracket"),
    ("{a,{b,c}}", 13, "nested brace"),
    ("{}", 11, "empty string within braces"),
)

# The argument of -F
FORMS = (
    ("word", 2, "byte 5: expected NAME=CONTENT"),
    ("a=@none", 26, "byte 4: cannot read 'none': No such file or directory"),
    ("a=<none", 26, "byte 4: cannot read 'none': No such file or directory"),
    ("a=@f,none", 26, "byte 6: cannot read 'none': No such file or directory"),
    ("a=@f;type=odd", 2, "byte 11: expected TYPE/SUBTYPE"),
    ("a=@f;type=", 2, "byte 11: expected TYPE/SUBTYPE"),
    ("a=x;encoder=rot13", 2,
     "byte 13: expected binary, 8bit, 7bit, base64 or quoted-printable"),
    ("a=x;headers=odd", 2, "byte 13: a header has no NAME: in front"),
    ("a=x;headers=@none", 26, "byte 13: cannot read 'none': No such file or directory"),
    ("=)", 2, "byte 2: there is no '=(' for it to end"),
)
FORM_FLAWS = (
    ("a=@f;odd=1", "byte 6: skip unknown form field: odd=1"),
    ("a=@f;filename=\"x", "byte 15: this quote has no second"),
)

# The argument of -r
RANGES = (("x", 1), ("1-2,x", 5), ("1-2;3", 4), (" 1-2", 1), ("1-2 ", 4), ("1-\t", 3))

# A netrc file
NETRC = (
    (b"machine 127.0.0.1 login\n", "'login' without a value in line 1 at byte offset 18"),
    (b"\nmachine\n", "'machine' without a value in line 2 at byte offset 0"),
    (b"machine a login b\nmacdef", "'macdef' without a value in line 2 at byte offset 0"),
    (b"machine a\nlogin \"b\n", "a quoted word without its closing quote in line 2 at byte "
     "offset 6"),
    (b"machine a login \"b\"c\n", "text behind a closing quote in line 1 at byte offset 19"),
    (b"machine a login b\0c\n", "a NUL byte in line 1 at byte offset 17"),
)

# A line of a cookie file
COOKIES = (
    (b"127.0.0.1\tFALSE\t/", "17: a line has seven fields, with tabs between them"),
    (b"only words", "10: a line has seven fields, with tabs between them"),
    (b"127.0.0.1\tFALSE\t/\tFALSE\t0\ta\tb\tc",
     "31: a line has seven fields, with tabs between them"),
    (b"127.0.0.1\tMAYBE\t/\tFALSE\t0\ta\tb", "10: the second field is TRUE or FALSE"),
    (b"127.0.0.1\tFALSE\t/\tFALSE\tsoon\ta\tb",
     "24: the fifth field is a number of seconds"),
    (b"Set-Cookie: ", "11: there is no name before a '=' (RFC 6265 section 5.2)"),
)

# Arguments before the URL, exit status, message
OTHERS = (
    (("--nosuch",), 2, "option --nosuch: is unknown"),
    (("-m", "x"), 2, "option -m: expected a proper numerical parameter"),
    (("-m", "-1"), 2, "option -m: expected a positive numerical parameter"),
    (("-C", "x"), 2, "option -C: expected a proper numerical parameter"),
    (("--limit-rate", "5X"), 2,
     "option --limit-rate: expected a size in bytes, such as 1000, 10k or 1.5M"),
    (("--local-port", "9-1"), 2, "option --local-port: the range ends before it begins"),
    (("--resolve", "x"), 49,
     "(49) option --resolve: expected ':' and a port behind the host at byte offset 1 of 'x'"),
    (("--connect-to", "x"), 49,
     "(49) option --connect-to: expected ':' and PORT1 at byte offset 1 of 'x'"),
    (("-H", "X: a\nb"), 2,
     "(2) option -H: the header has a line feed at byte 4, which cannot be sent"),
    (("-H", "@none"), 26, "(26) option -H: cannot read 'none': No such file or directory"),
    (("-d", "@none"), 26, "(26) option -d: cannot read 'none': No such file or directory"),
    (("-T", "none"), 26, "(26) option -T: cannot open 'none': No such file or directory"),
    (("-w", "@none"), 26, "(26) option -w: cannot read 'none': No such file or directory"),
    (("-K", "none"), 26, "(26) option -K: cannot read 'none': No such file or directory"),
    (("--netrc-file", "none"), 26,
     "(26) option --netrc-file: cannot read 'none': No such file or directory"),
    (("-X", "GE T"), 2,
     "(2) the request method has a space at byte 2, which cannot be sent"),
    (("--request-target", "a b"), 2,
     "(2) the request target has a space at byte 1, which cannot be sent"),
)


class Mistakes(TestCase):
    def setUp(self):
        super().setUp()
        self.server = self.serve(response())
        self.write("f", b"")

    def refused(self, args, code, message):
        """Before anything was connected."""
        with self.subTest(args=args):
            done = self.fetch(*args)
            self.assertExit(done, code)
            self.assertEqual(done.text.replace(TRY, ""), f"minifetch: {message}\n")
            self.assertEqual(self.server.connections, 0)

    def warned(self, args, message):
        """Of what is left out or taken for something else."""
        with self.subTest(args=args):
            done = self.fetch(*args, self.server.url)
            self.assertExit(done, 0)
            self.assertEqual(done.text.replace("\nWarning: ", ""), f"Warning: {message}\n")

    @staticmethod
    def shown(code, message):
        """A mistake in the words themselves is told without its number."""
        return message if code == 2 else f"({code}) {message}"

    def test_config_files(self):
        for line, code, message in CONFIG:
            self.write("conf", f"location\n{line}\nurl = {self.server.url}\n".encode())
            self.refused(("-K", "conf"), code, self.shown(code, message))

    def test_config_files_with_flaws(self):
        for line, message in CONFIG_FLAWS:
            self.write("conf", f"location\n{line}\n".encode())
            self.warned(("-K", "conf"), message)

    def test_globs(self):
        for glob, position, words in GLOBS:
            url = f"http://h/{glob}"
            mark = " " * (position - 1) + "^"
            self.refused((url,), 3, f"(3) {words} in URL position {position}:\n{url}\n{mark}")

    def test_forms(self):
        for part, code, message in FORMS:
            self.refused(("-F", part, self.server.url), code,
                         self.shown(code, "option -F: " + message))

    def test_forms_with_flaws(self):
        for part, message in FORM_FLAWS:
            self.warned(("-F", part), "option -F: " + message)

    def test_ranges(self):
        for words, byte in RANGES:
            self.refused(("-r", words, self.server.url), 2,
                         f"option -r: byte {byte}: expected offsets joined by - and ,")

    def test_netrc(self):
        for content, message in NETRC:
            self.write("rc", content)
            self.refused(("--netrc-file", "rc", self.server.url), 26,
                         f"(26) option --netrc-file: rc: {message}")

    def test_netrc_of_the_user(self):
        self.write(".netrc", b"machine 127.0.0.1 login\n")
        for option in ("-n", "--netrc-optional"):
            self.refused((option, self.server.url), 26,
                         f"(26) option {option}: {self.path('.netrc')}: 'login' without a "
                         "value in line 1 at byte offset 18")

    def test_cookie_files(self):
        for line, message in COOKIES:
            self.write("jar", b"# Netscape HTTP Cookie File\n\n" + line + b"\n")
            self.warned(("-b", "jar"), f"option -b: jar:3: no cookie at byte {message}")
        self.warned(("-b", "none"), "option -b: cannot read 'none': No such file or directory")

    def test_headers(self):
        self.warned(("-H", "word"), "option -H: the header 'word' is ignored: it has no colon")
        self.warned(("-H", ": x", "--show-secrets"),
                    "option -H: the header ': x' is ignored: it has no name")
        self.warned(("-H", ": x"),
                    "option -H: the header ': [redacted]' is ignored: it has no name")
        self.warned(("-H", "Authorization x"),
                    "option -H: the header 'Authorization [redacted]' is ignored: it has no colon")

    def test_others(self):
        for args, code, message in OTHERS:
            self.refused((*args, self.server.url), code, message)

    def test_urls(self):
        for url, message in (
                ("http://a b/", "Malformed input to a URL function: byte 0x20 at byte offset 8; "
                 "a space is written %20"),
                ("http://a:99999/", "Port number was not a decimal number between 0 and 65535: "
                 '"99999" at byte offset 9')):
            self.refused((url,), 3, "(3) URL rejected: " + message)


if __name__ == "__main__":
    main()
