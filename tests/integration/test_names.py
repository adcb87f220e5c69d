"""Which file a body goes to: -J, --clobber, --skip-existing, --remove-on-error,
#1 in -o."""
import gzip
import os

from harness import TestCase, main, need_coding, response

CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"


def named(disposition, body=b"new"):
    return response(body, Content_Disposition=disposition)


class Names(TestCase):
    def names(self):
        return sorted(os.listdir(self.dir))


class Suggested(Names):
    def suggested(self, answer, *args, path="/from-url"):
        done = self.fetch("-OJ", "-w", "%{filename_effective}", *args,
                          self.serve(answer).url + path)
        self.assertExit(done, 0)
        return done.out.decode()

    def test_plain(self):
        self.assertEqual(self.suggested(named("attachment; filename=a.txt")), "a.txt")
        self.assertEqual((self.names(), self.read("a.txt")), (["a.txt"], b"new"))

    def test_extended(self):
        self.suggested(named("a; filename=plain; filename*=UTF-8''%e2%82%ac"))
        self.assertEqual(self.names(), ["\u20ac"])

    def test_none(self):
        self.assertEqual(self.suggested(response(b"new")), "from-url")
        self.assertEqual(self.names(), ["from-url"])

    def test_none_and_overwritten_as_by_O(self):
        self.write("from-url", b"old")
        self.suggested(response(b"new"))
        self.assertEqual(self.read("from-url"), b"new")

    def test_harmless(self):
        for name, wanted in (("../../up", "up"), ("/etc/passwd", "passwd"),
                             ("C:\\dir\\dos", "dos"), (".hidden", "_hidden"),
                             ("%2e%2e%2fx", "%2e%2e%2fx")):
            with self.subTest(name):
                self.assertEqual(self.suggested(named(f'a; filename="{name}"')), wanted)
                self.assertEqual(self.names(), [wanted])
                os.unlink(self.path(wanted))

    def test_harmless_when_decoded(self):
        for name, wanted in (("..%2f..%2fup", "up"), ("a%0d%0ab%00c%1b", "a__b_c_"),
                             ("%2ehidden", "_hidden"), ("a%5cb", "b")):
            with self.subTest(name):
                self.suggested(named(f"a; filename*=UTF-8''{name}"))
                self.assertEqual(self.names(), [wanted])
                os.unlink(self.path(wanted))

    def test_useless(self):
        for name in "..", ".", "a/", "":
            with self.subTest(name):
                self.assertEqual(self.suggested(named(f'a; filename="{name}"')), "from-url")

    def test_never_overwrites(self):
        self.write("a", b"old")
        server = self.serve(named("a; filename=a"))
        done = self.fetch("-OJ", server.url)
        self.assertExit(done, 23)
        self.assertIn("File exists", done.text)
        self.assertEqual((self.names(), self.read("a")), (["a"], b"old"))

    def test_does_not_follow_a_symlink(self):
        os.symlink("elsewhere", self.path("a"))
        self.assertExit(self.fetch("-OJ", self.serve(named("a; filename=a")).url), 23)
        self.assertEqual(self.names(), ["a"])

    def test_clobber(self):
        self.write("a", b"old")
        self.suggested(named("a; filename=a"), "--clobber")
        self.assertEqual((self.names(), self.read("a")), (["a"], b"new"))

    def test_no_clobber(self):
        self.write("a", b"old")
        self.assertEqual(self.suggested(named("a; filename=a"), "--no-clobber"), "a.1")
        self.assertEqual((self.read("a"), self.read("a.1")), (b"old", b"new"))

    def test_failure_leaves_nothing(self):
        answer = named("a; filename=a", b"x" * 100)[:-10]
        self.assertExit(self.fetch("-OJ", self.serve(answer).url), 18)
        self.assertEqual(self.names(), [])

    def test_directory(self):
        name = self.suggested(named("a; filename=a"), "--output-dir", "d", "--create-dirs")
        self.assertEqual((name, self.read("d/a")), ("d/a", b"new"))

    def test_without_O(self):
        server = self.serve(named("a; filename=a"))
        self.assertEqual(self.fetch("-J", server.url).out, b"new")
        self.assertExit(self.fetch("-J", "-o", "mine", server.url), 0)
        self.assertEqual(self.names(), ["mine"])

    def test_no_body(self):
        self.suggested(named("a; filename=a", b""))
        self.assertEqual(self.read("a"), b"")

    def test_heads_in_front(self):
        answer = named("a; filename=a")
        self.suggested(b"HTTP/1.1 103 Early Hints\r\n\r\n" + answer, "-i")
        self.assertEqual(self.read("a"), b"HTTP/1.1 103 Early Hints\r\n\r\n" + answer)

    def test_heads_beside(self):
        answer = named("a; filename=a")
        self.assertEqual(self.suggested(answer, "-D", "heads"), "a")
        self.assertEqual(self.read("heads") + b"new", answer)
        os.unlink(self.path("a"))
        self.assertEqual(self.suggested(answer, "-D", "-").encode(), answer[:-3] + b"a")

    def redirected(self, *answers, options=("-L",)):
        self.suggested_by = self.serve(*answers)
        done = self.fetch("-OJ", *options, self.suggested_by.url + "/from-url")
        self.assertExit(done, 0)
        return self.names()

    @staticmethod
    def to(location, **fields):
        return response(b"", "302 Found", Location=location, **fields)

    def test_location(self):
        self.assertEqual(self.redirected(self.to("go/here/one"), self.to("/two?q#/x"),
                                         response(b"new")), ["two"])

    def test_location_without_a_name(self):
        self.assertEqual(self.redirected(self.to("/one"), self.to("/"), response(b"new")),
                         ["one"])

    def test_location_is_a_servers_name_too(self):
        self.write("one", b"old")
        server = self.serve(self.to("/one"), response(b"new"))
        self.assertExit(self.fetch("-OJL", server.url + "/x"), 23)
        self.assertEqual(self.read("one"), b"old")

    def test_disposition_before_location(self):
        self.assertEqual(self.redirected(self.to("/one"), named("a; filename=a")), ["a"])

    def test_disposition_of_a_redirect(self):
        self.assertEqual(self.redirected(self.to("/one", Content_Disposition="a; filename=a"),
                                         response(b"new")), ["one"])

    def test_location_not_followed(self):
        self.assertEqual(self.redirected(self.to("/one"), options=()), ["from-url"])

    def test_several(self):
        server = self.serve(named("a; filename=a", b"1"), named("a; filename=b", b"2"))
        self.assertExit(self.fetch("-J", "--remote-name-all", server.url + "/[1-2]"), 0)
        self.assertEqual((self.read("a"), self.read("b")), (b"1", b"2"))


class Clobber(Names):
    def get(self, *args, answer=None, code=0):
        done = self.fetch("-o", "f", *args, self.serve(answer or response(b"new")).url)
        self.assertExit(done, code)
        return done

    def test_numbers(self):
        self.write("f", b"old")
        self.write("f.1", b"old")
        done = self.get("--no-clobber", "-w", "%{filename_effective} %{exitcode}%{errormsg}")
        self.assertEqual((done.out, self.read("f.2"), self.read("f")),
                         (b"f.2 0", b"new", b"old"))

    def test_free(self):
        self.get("--no-clobber")
        self.assertEqual((self.names(), self.read("f")), (["f"], b"new"))

    def test_all_taken(self):
        for name in ("f", *(f"f.{i}" for i in range(1, 101))):
            self.write(name, b"old")
        done = self.get("--no-clobber", code=23)
        self.assertIn("f.1 to f.100 are there already", done.text)
        self.assertEqual(len(self.names()), 101)

    def test_failure_leaves_nothing(self):
        self.write("f", b"old")
        self.get("--no-clobber", answer=CUT, code=18)
        self.assertEqual(self.names(), ["f"])

    def test_failure_in_place(self):
        self.write("f", b"old")
        self.get("--no-clobber", "--no-atomic", answer=CUT, code=18)
        self.assertEqual((self.read("f"), self.read("f.1")), (b"old", b"abc"))

    def test_directory_in_the_way(self):
        os.mkdir(self.path("f"))
        self.get("--no-clobber")
        self.assertEqual(self.read("f.1"), b"new")

    def test_taken_at_each_attempt(self):
        os.mkdir(self.path("d"))
        for name in ("a", *(f"a.{i}" for i in range(1, 101))):
            self.write("d/" + name, b"old")
        for more in ("--no-clobber",), ():
            done = self.fetch("-OJ", *more, "--output-dir", "d", "--retry", "2",
                              "--retry-all-errors", "--retry-delay", "0.01",
                              self.serve(named("a; filename=a")).url + "/u")
            self.assertExit(done, 23)
            self.assertEqual(len(os.listdir(self.path("d"))), 101)

    def test_missing_directory(self):
        url = self.serve(response(b"x")).url
        self.assertExit(self.fetch("--no-clobber", "-o", "no/f", url), 23)

    def test_clobber_is_what_happens_anyway(self):
        self.write("f", b"old")
        self.get("--clobber")
        self.assertEqual(self.read("f"), b"new")

    def test_dev_null(self):
        url = self.serve(response(b"x")).url
        self.assertExit(self.fetch("--no-clobber", "-o", "/dev/null", url), 0)
        self.assertFalse(os.path.exists("/dev/null.1"))


class NamedGlobs(Names):
    """#<name> in -o."""

    def test_name_of_no_glob(self):
        server = self.serve(response(b"x"))
        for url, output in (("/{<no>a,b}", "d#<yes>"), ("/[1-2]", "#1#<no>"), ("/", "d#<no>"),
                            ("/{<no>a,b}", "#<no>#<n>")):
            done = self.fetch(server.url, "-o", "first", server.url + url, "-o", output)
            self.assertExit(done, 43)
            self.assertIn("and there is none", done.text)
        self.assertEqual((server.connections, self.names()), (0, []))

    def test_what_is_no_name(self):
        url = self.serve(response(b"x")).url
        for output in ("#<>", "#<a b>", "#<a", "#2", "#"):
            self.assertExit(self.fetch(url, "-o", output), 0)
        self.assertEqual(self.names(), sorted(("#<>", "#<a b>", "#<a", "#2", "#")))

    def test_without_globs(self):
        url = self.serve(response(b"x")).url
        self.assertExit(self.fetch("-g", url, "-o", "#<no>"), 0)
        self.assertEqual(self.names(), ["#<no>"])

    def test_named_in_an_upload(self):
        self.write("a", b"1")
        url = self.serve(response(b"x")).url
        self.assertExit(self.fetch("-T", "{<up>a}", "-o", "#<up>.out", url), 0)
        self.assertEqual(self.read("a.out"), b"x")

    def test_malformed_first(self):
        done = self.fetch("http://127.0.0.1:1/{a", "-o", "#<no>")
        self.assertExit(done, 3)


class Meanwhile(Names):
    """The name is taken when the body is whole, and by nobody else until then."""

    def get(self, *args, taken=None, whole=True):
        seen = []

        def script(peer):
            peer.request()
            answer = named("a; filename=a", b"whole body")
            peer.send(answer[:-5])
            self.wait_until(lambda: any(n.endswith(".part") for n in self.names()))
            seen.extend(n for n in self.names() if not n.endswith(".part"))
            if taken:
                self.write(taken, b"another's")
            if whole:
                peer.send(answer[-5:])
        done = self.fetch(*args, self.serve(script).url + "/x")
        self.assertEqual(seen, [])
        return done

    def test_suggested(self):
        self.assertExit(self.get("-OJ"), 0)
        self.assertEqual((self.names(), self.read("a")), (["a"], b"whole body"))

    def test_not_whole(self):
        for option in ("-OJ",), ("--no-clobber", "-o", "a"):
            self.assertExit(self.get(*option, whole=False), 18)
            self.assertEqual(self.names(), [])

    def test_taken(self):
        done = self.get("-OJ", taken="a")
        self.assertExit(done, 23)
        self.assertIn("taken meanwhile; --clobber", done.text)
        self.assertEqual((self.names(), self.read("a")), (["a"], b"another's"))

    def test_next_number(self):
        done = self.get("--no-clobber", "-o", "a", "-w", "%{filename_effective}", taken="a")
        self.assertExit(done, 0)
        self.assertEqual((done.out, self.read("a")), (b"a.1", b"another's"))
        self.assertEqual((self.names(), self.read("a.1")), (["a", "a.1"], b"whole body"))


class Skipped(Names):
    def test_there(self):
        self.write("f", b"old")
        server = self.serve(response(b"new"))
        done = self.fetch("-v", "--skip-existing", "-o", "f", server.url)
        self.assertExit(done, 0)
        self.assertIn("f exists", done.text)
        self.assertEqual((self.read("f"), server.connections), (b"old", 0))

    def test_not_there(self):
        url = self.serve(response(b"new")).url
        self.assertExit(self.fetch("--skip-existing", "-o", "f", url), 0)
        self.assertEqual(self.read("f"), b"new")

    def test_each_by_itself(self):
        self.write("1", b"old")
        server = self.serve(response(b"new"))
        self.assertExit(self.fetch("--skip-existing", "--remote-name-all",
                                   server.url + "/[1-2]"), 0)
        self.assertEqual((self.read("1"), self.read("2")), (b"old", b"new"))


class Removed(Names):
    def test_in_place(self):
        url = self.serve(CUT).url
        self.assertExit(self.fetch("--no-atomic", "--remove-on-error", "-o", "f", url), 18)
        self.assertEqual(self.names(), [])

    def test_not_when_all_is_well(self):
        url = self.serve(response(b"new")).url
        self.assertExit(self.fetch("--no-atomic", "--remove-on-error", "-o", "f", url), 0)
        self.assertEqual(self.read("f"), b"new")

    def test_older_file_that_was_not_touched(self):
        self.write("f", b"old")
        for option in (), ("--no-atomic", "-f"):
            server = self.serve(CUT if not option else response(b"x", "404 No"))
            self.fetch(*option, "--remove-on-error", "-o", "f", server.url)
            self.assertEqual(self.read("f"), b"old")

    def test_no_regular_file(self):
        os.mkfifo(self.path("p"))
        reader = os.open(self.path("p"), os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        self.assertExit(self.fetch("--remove-on-error", "-o", "p", self.serve(CUT).url), 18)
        self.assertEqual(self.names(), ["p"])


class Globs(Names):
    def test_of_an_upload(self):
        self.write("u1", b"1")
        self.write("u2", b"2")
        server = self.serve(response(b"x"))
        self.assertExit(self.fetch("-T", "u[1-2]", "-o", "out-#1", server.url + "/"), 0)
        self.assertEqual(self.names(), ["out-1", "out-2", "u1", "u2"])

    def test_of_both(self):
        self.write("u1", b"1")
        server = self.serve(response(b"x"))
        self.assertExit(self.fetch("-T", "{<n>u1}", "-o", "#1-#2-#<n>", server.url + "/{a,b}"), 0)
        self.assertEqual(self.names(), ["a-u1-u1", "b-u1-u1", "u1"])


class Sizes(Names):
    def test_decoded_bytes_count(self):
        need_coding("gzip")
        server = self.serve(response(gzip.compress(b"x" * 100000), Content_Encoding="gzip"))
        done = self.fetch("--compressed", "--max-filesize", "5000", "-o", "f", server.url)
        self.assertExit(done, 63)
        self.assertEqual(self.names(), [])


if __name__ == "__main__":
    main()
