"""Parts and conditions: -C, -z, -R, --etag-save, --etag-compare, --xattr."""
import gzip
import os
import tempfile

from harness import Nginx, TestCase, main, need_coding, response

WHOLE = b"0123456789" * 10
DATE = "Tue, 13 Jun 2000 12:10:00 GMT"
SECONDS = 960898200


def partial(start, body=None, whole=len(WHOLE), **fields):
    """The answer of a server that sends WHOLE from `start` on."""
    body = WHOLE[start:] if body is None else body
    fields.setdefault("Content_Range", f"bytes {start}-{start + len(body) - 1}/{whole}")
    return response(body, "206 Partial Content", **fields)


class Downloads(TestCase):
    def resume(self, answer, *args, so_far=WHOLE[:40]):
        """Go on with "f"; the server is in self.server."""
        if so_far is not None:
            self.write("f", so_far)
        self.server = self.serve(answer)
        return self.fetch("-C", "-", "-o", "f", *args, self.server.url)

    def test_goes_on(self):
        self.assertExit(self.resume(partial(40)), 0)
        self.assertEqual(self.read("f"), WHOLE)
        self.assertIn(b"\r\nRange: bytes=40-\r\n", self.server.requests[0])

    def test_goes_on_in_place(self):
        self.write("f", WHOLE[:40])
        os.link(self.path("f"), self.path("other"))
        self.assertExit(self.resume(partial(40), so_far=None), 0)
        self.assertEqual(self.read("other"), WHOLE)

    def test_large(self):
        """Moved by the kernel where that is possible."""
        tail = os.urandom(1 << 20) * 3
        done = self.resume(partial(40, tail, 40 + len(tail)))
        self.assertExit(done, 0)
        self.assertEqual(self.read("f"), WHOLE[:40] + tail)

    def test_bar_counts_what_was_there(self):
        done = self.resume(partial(40)[:-30], "-#")
        self.assertExit(done, 18)
        self.assertIn(" 70.0%", done.text)

    def test_nothing_so_far(self):
        done = self.resume(response(WHOLE), so_far=None)
        self.assertExit(done, 0)
        self.assertEqual(self.read("f"), WHOLE)
        self.assertNotIn(b"Range", self.server.requests[0])

    def test_what_came_is_kept(self):
        cut = response(WHOLE)[:-60]
        self.assertExit(self.resume(cut, so_far=None), 18)
        self.assertEqual(self.read("f"), WHOLE[:40])
        self.assertExit(self.resume(partial(40)[:-30], so_far=None), 18)
        self.assertEqual(self.read("f"), WHOLE[:70])
        self.assertExit(self.resume(partial(70), so_far=None), 0)
        self.assertEqual(self.read("f"), WHOLE)

    def test_offset_to_standard_output(self):
        server = self.serve(partial(90))
        done = self.fetch("-C", "90", server.url)
        self.assertExit(done, 0)
        self.assertEqual(done.out, WHOLE[90:])
        self.assertIn(b"\r\nRange: bytes=90-\r\n", server.requests[0])

    def refused(self, answer, words, *args):
        done = self.resume(answer, *args)
        self.assertExit(done, 33)
        self.assertIn(words, done.text)
        self.assertEqual(self.read("f"), WHOLE[:40])

    def test_no_ranges(self):
        self.refused(response(WHOLE), "byte ranges")

    def test_another_start(self):
        self.refused(partial(0), "asked for byte 40 on, the server sends byte 0 on")

    def test_start_not_told(self):
        self.refused(response(WHOLE[40:], "206 Partial Content"), "not which")

    def test_multipart(self):
        self.refused(response(b"--x", "206 Partial Content",
                              Content_Type="multipart/byteranges; boundary=x"), "not which")

    def test_error_page_is_not_appended(self):
        self.refused(response(b"not found", "404 Not Found"), "status 404")
        self.refused(response(b"not found", "404 Not Found"), "status 404", "--fail-with-body")

    def test_only_a_success_begins_a_file(self):
        """What -C would go on behind the next time has to be the beginning."""
        for status in ("404 Not Found", "503 Busy", "301 Moved", "416 No"):
            for so_far in None, b"":
                for more in (), ("--fail-with-body",):
                    done = self.resume(response(b"a page", status), *more, so_far=so_far)
                    self.assertExit(done, 33)
                    if so_far is None:
                        self.assertFalse(os.path.exists(self.path("f")))
                    else:
                        self.assertEqual(self.read("f"), b"")
                        os.unlink(self.path("f"))
        self.assertExit(self.resume(response(b"a page", "404 Not Found"), "-f", so_far=None), 22)
        self.assertFalse(os.path.exists(self.path("f")))
        self.assertExit(self.resume(partial(40), so_far=None), 33)
        self.assertFalse(os.path.exists(self.path("f")))

    def test_answer_to_a_post(self):
        self.refused(response(WHOLE), "byte ranges", "-d", "x")
        self.refused(response(b"no", "503 Busy"), "status 503", "-d", "x")

    def test_offset_of_nothing(self):
        """It is a download like any other."""
        self.write("f", WHOLE)
        self.assertExit(self.fetch("-C", "0", "-o", "f", self.serve(response(b"x" * 9)[:-5]).url),
                        18)
        self.assertEqual(self.read("f"), WHOLE)
        self.assertExit(self.fetch("-C", "0", "-o", "f", self.serve(response(b"new")).url), 0)
        self.assertEqual(self.read("f"), b"new")

    def test_file_that_has_grown_meanwhile(self):
        def script(peer):
            peer.request()
            with open(self.path("f"), "ab") as f:
                f.write(b"more")
            peer.send(partial(40))
        self.assertExit(self.resume(script), 23)
        self.assertEqual(self.read("f"), WHOLE[:40] + b"more")

    def test_end_that_cannot_be_found(self):
        """Or the rest would go over the beginning."""
        path = "/proc/self/comm"
        if not os.path.exists(path):
            self.skipTest("there is no such file")
        done = self.fetch("-C", "-", "-o", path, self.serve(response(b"x")).url)
        self.assertExit(done, 23)
        self.assertIn("Failed to open the file /proc/self/comm: Invalid argument", done.text)

    def test_error_with_fail(self):
        self.assertExit(self.resume(response(b"not found", "404 Not Found"), "-f"), 22)
        self.assertEqual(self.read("f"), WHOLE[:40])

    def test_whole_already(self):
        for fail in (), ("-f",):
            done = self.resume(response(b"bad", "416 No", Content_Range="bytes */100"), *fail,
                               so_far=WHOLE)
            self.assertExit(done, 0)
            self.assertEqual(self.read("f"), WHOLE)

    def test_whole_already_and_no_ranges(self):
        self.assertExit(self.resume(response(WHOLE), so_far=WHOLE), 0)
        self.assertEqual(self.read("f"), WHOLE)

    def test_unsatisfied_without_a_length(self):
        for fields in ({}, {"Content_Range": "bytes */*"}, {"Content_Range": "what"},
                       {"Content_Range": "bytes 0-9/40"}):
            self.refused(response(b"", "416 No", **fields), "does not say how long")

    def test_unsatisfied_in_a_transcript(self):
        """As curl has it, where the answer's head can be seen."""
        answer = response(b"", "416 No")
        self.assertExit(self.resume(answer, "-i"), 0)
        self.assertEqual(self.read("f"), WHOLE[:40] + answer)

    def test_range_with_it(self):
        done = self.fetch("-C", "-", "-r", "0-9", "-o", "f", "http://127.0.0.1:1/")
        self.assertExit(done, 2)
        self.assertIn("--continue-at and --range cannot be combined", done.text)

    def test_longer_than_the_whole(self):
        done = self.resume(response(b"", "416 No", Content_Range="bytes */100"),
                           so_far=WHOLE * 2)
        self.assertExit(done, 33)
        self.assertIn("all of it is 100 bytes", done.text)

    def test_only_a_part_of_the_rest(self):
        self.assertExit(self.resume(partial(40, WHOLE[40:60])), 18)
        self.assertEqual(self.read("f"), WHOLE[:60])

    def test_range_and_length_differ(self):
        done = self.resume(partial(40, WHOLE[40:60], Content_Range="bytes 40-99/100"))
        self.assertExit(done, 18)
        self.assertIn("60 bytes", done.text)

    def test_part_that_is_compressed(self):
        """Its bytes are not counted as those are that were decompressed."""
        need_coding("gzip")
        for start in 40, 0:
            packed = gzip.compress(WHOLE[start:])
            done = self.resume(partial(start, packed, start + len(packed),
                                       Content_Encoding="gzip"),
                               "--compressed", so_far=WHOLE[:start])
            self.assertExit(done, 33 if start else 0)
            self.assertEqual(self.read("f"), WHOLE[:start] if start else WHOLE)

    def test_part_that_nobody_asked_for(self):
        for args in (["-o", "f"], []):
            self.write("f", b"old")
            done = self.fetch(*args, self.serve(partial(40)).url)
            self.assertExit(done, 33)
            self.assertIn("sends byte 40 on", done.text)
            self.assertEqual(done.out, b"")
            done = self.fetch(*args, self.serve(partial(0, WHOLE[:40])).url)
            self.assertExit(done, 18)
            self.assertIn("byte 40 of 100", done.text)
            self.assertEqual(self.read("f"), b"old")
            for answer in (partial(0), partial(40, Content_Range="items 40-99/100"),
                           partial(0, WHOLE[:40], "*")):
                self.assertExit(self.fetch(*args, self.serve(answer).url), 0)
        for args in (["-r", "40-"], ["-H", "Range: bytes=40-"], ["-d", "x"], ["-X", "SEARCH"]):
            done = self.fetch(*args, self.serve(partial(40)).url)
            self.assertExit(done, 0)
            self.assertEqual(done.out, WHOLE[40:])

    def test_dry_run(self):
        for offset in "-", "2":
            self.write("f", b"0123")
            done = self.fetch("--dry-run", "-C", offset, "-o", "f", "http://h.example/")
            self.assertExit(done, 0)
            self.assertEqual(self.read("f"), b"0123")
            self.assertIn(b"\r\nRange: bytes=%s-\r\n" %
                          (b"4" if offset == "-" else b"2"), done.out)

    def test_redirect(self):
        self.write("f", WHOLE[:40])
        server = self.serve(response(b"moved", "302 Found", Location="/there"), partial(40))
        self.assertExit(self.fetch("-L", "-C", "-", "-o", "f", server.url), 0)
        self.assertEqual(self.read("f"), WHOLE)
        self.assertIn(b"\r\nRange: bytes=40-\r\n", server.requests[1])

    def test_not_with_a_post(self):
        self.assertExit(self.fetch("-C", "5", "-d", "x", "http://127.0.0.1:1"), 2)

    def test_bad_offsets(self):
        for offset in "abc", "-5", "5k", "", "99999999999999999999":
            self.assertExit(self.fetch("-C", offset, "http://127.0.0.1:1"), 2)

    def test_not_with_a_servers_name(self):
        done = self.fetch("-OJC", "-", "http://127.0.0.1:1")
        self.assertExit(done, 2)
        self.assertIn("cannot be combined", done.text)

    def test_exclusive(self):
        for one in ("--no-clobber",), ("--remove-on-error",):
            for args in ((*one, "-C", "-"), ("-C", "-", *one)):
                done = self.fetch(*args, "http://127.0.0.1:1")
                self.assertExit(done, 2)
                self.assertIn("is mutually exclusive with", done.text)


class Versions(TestCase):
    """If-Range, with the entity-tag from wherever it is known."""

    def run_with(self, answer, *args):
        self.server = self.serve(answer)
        self.write("f", WHOLE[:40]) if not os.path.exists(self.path("f")) else None
        return self.fetch("-C", "-", "-o", "f", *args, self.server.url)

    def test_from_etag_save(self):
        cut = response(WHOLE, ETag='"v1"')[:-60]
        first = self.serve(cut)
        done = self.fetch("-C", "-", "-o", "f", "--etag-save", "tag", first.url)
        self.assertExit(done, 18)
        self.assertEqual(self.read("tag"), b'"v1"\n')
        done = self.run_with(partial(40, ETag='"v1"'), "--etag-save", "tag")
        self.assertExit(done, 0)
        self.assertEqual(self.read("f"), WHOLE)
        self.assertIn(b'\r\nIf-Range: "v1"\r\n', self.server.requests[0])

    def test_from_etag_compare(self):
        self.write("tag", b'"v1"\n')
        self.assertExit(self.run_with(partial(40), "--etag-compare", "tag"), 0)
        self.assertIn(b'\r\nIf-Range: "v1"\r\n', self.server.requests[0])
        self.assertNotIn(b"If-None-Match", self.server.requests[0])

    def test_weak_is_no_validator(self):
        self.write("tag", b'W/"v1"\n')
        self.assertExit(self.run_with(partial(40), "--etag-compare", "tag"), 0)
        self.assertNotIn(b"If-Range", self.server.requests[0])
        self.assertIn(b'\r\nIf-None-Match: W/"v1"\r\n', self.server.requests[0])

    def test_weak_from_etag_save(self):
        """What the file holds is no longer looked at once another place is."""
        for tag in b'W/"v1"\n', b"v1\n", b'W/"' + b"v" * 5000 + b'"\n':
            self.write("f", WHOLE[:40])
            self.write("tag", tag)
            self.assertExit(self.run_with(partial(40), "--etag-save", "tag"), 0)
            self.assertEqual(self.read("f"), WHOLE)
            self.assertNotIn(b"If-Range", self.server.requests[0])

    def test_has_changed(self):
        self.write("tag", b'"v1"\n')
        done = self.run_with(response(b"another" * 20, ETag='"v2"'), "--etag-compare", "tag")
        self.assertExit(done, 33)
        self.assertIn("another version", done.text)
        self.assertEqual(self.read("f"), WHOLE[:40])

    def test_tag_of_what_is_there_is_kept(self):
        """Or the next run would put two versions together."""
        changed = response(b"another" * 20, ETag='"v2"')
        for answer in changed, partial(40, ETag='"v2"'), response(b"", "416 No", ETag='"v2"'):
            for more in (), ("-i",):
                self.write("tag", b'"v1"\n')
                self.run_with(answer, "--etag-save", "tag", *more)
                self.assertEqual(self.read("tag"), b'"v1"\n')

    def test_part_of_another_version(self):
        self.write("tag", b'"v1"\n')
        done = self.run_with(partial(40, ETag='"v2"'), "--etag-compare", "tag")
        self.assertExit(done, 33)
        self.assertEqual(self.read("f"), WHOLE[:40])

    def test_from_an_attribute(self):
        self.write("f", WHOLE[:40])
        try:
            os.setxattr(self.path("f"), "user.minifetch.etag", b'"v1"')
        except OSError:
            self.skipTest("no extended attributes here")
        self.assertExit(self.run_with(partial(40)), 0)
        self.assertIn(b'\r\nIf-Range: "v1"\r\n', self.server.requests[0])


class Uploads(TestCase):
    def send(self, *args):
        self.write("f", WHOLE)
        self.server = self.serve(response())
        return self.fetch(*args, self.server.url + "/x")

    def test_offset(self):
        self.assertExit(self.send("-T", "f", "-C", "40"), 0)
        request = self.server.requests[0]
        self.assertIn(b"\r\nContent-Range: bytes 40-99/100\r\n", request)
        self.assertIn(b"\r\nContent-Length: 60\r\n", request)
        self.assertTrue(request.endswith(b"\r\n\r\n" + WHOLE[40:]))

    def test_from_the_beginning(self):
        self.assertExit(self.send("-T", "f", "-C", "-"), 0)
        self.assertIn(b"\r\nContent-Range: bytes 0-99/100\r\n", self.server.requests[0])

    def test_nothing_left(self):
        done = self.send("-T", "f", "-C", "100")
        self.assertExit(done, 18)
        self.assertIn("already completely uploaded", done.text)

    def test_standard_input(self):
        self.assertExit(self.send("-T", "-", "-C", "3"), 2)

    def test_does_not_touch_the_answer(self):
        self.write("f", WHOLE)
        server = self.serve(response(b"thanks"))
        self.assertExit(self.fetch("-T", "f", "-C", "40", "-o", "out", server.url + "/x"), 0)
        self.assertEqual(self.read("out"), b"thanks")


class Conditions(TestCase):
    def ask(self, answer, *args):
        self.server = self.serve(answer)
        return self.fetch("-o", "f", *args, self.server.url)

    def asked(self, line):
        self.assertIn(b"\r\n" + line + b"\r\n", self.server.requests[0])

    def test_since(self):
        self.assertExit(self.ask(response(b"new"), "-z", "dec 12 12:00:00 1999 GMT"), 0)
        self.asked(b"If-Modified-Since: Sun, 12 Dec 1999 12:00:00 GMT")
        self.assertEqual(self.read("f"), b"new")

    def test_not_since(self):
        self.ask(response(b"old"), "-z", "-dec 12 12:00:00 1999 GMT")
        self.asked(b"If-Unmodified-Since: Sun, 12 Dec 1999 12:00:00 GMT")

    def test_file(self):
        self.write("f", b"old")
        os.utime(self.path("f"), (SECONDS, SECONDS))
        self.assertExit(self.ask(response(b"", "304 Not Modified"), "-z", "f"), 0)
        self.asked(b"If-Modified-Since: " + DATE.encode())
        self.assertEqual(self.read("f"), b"old")

    def test_neither_date_nor_file(self):
        done = self.ask(response(b"x"), "-z", "sometime")
        self.assertExit(done, 0)
        self.assertIn("Illegal date format", done.text)
        self.assertNotIn(b"Since", self.server.requests[0])

    def test_simulated(self):
        self.write("f", b"old")
        done = self.ask(response(b"body", Last_Modified=DATE), "-z", "1 Jan 2001",
                        "-w", "%{response_code}")
        self.assertExit(done, 0)
        self.assertEqual(done.out, b"304")
        self.assertEqual(self.read("f"), b"old")

    def test_simulated_makes_no_file(self):
        self.ask(response(b"body", Last_Modified=DATE), "-z", "1 Jan 2001")
        self.assertFalse(os.path.exists(self.path("f")))

    def test_newer(self):
        self.ask(response(b"body", Last_Modified=DATE), "-z", "1 Jan 2000")
        self.assertEqual(self.read("f"), b"body")

    def test_etag_saved_and_compared(self):
        self.assertExit(self.ask(response(b"one", ETag='W/"1"'), "--etag-save", "tag"), 0)
        self.assertEqual(self.read("tag"), b'W/"1"\n')
        done = self.ask(response(b"", "304 Not Modified"), "--etag-compare", "tag",
                        "--etag-save", "tag")
        self.assertExit(done, 0)
        self.asked(b'If-None-Match: W/"1"')
        self.assertEqual((self.read("f"), self.read("tag")), (b"one", b'W/"1"\n'))
        self.ask(response(b"two", ETag='"2"'), "--etag-compare", "tag", "--etag-save", "tag")
        self.assertEqual((self.read("f"), self.read("tag")), (b"two", b'"2"\n'))

    def test_etag_of_no_file(self):
        self.ask(response(b"x"), "--etag-compare", "missing")
        self.asked(b'If-None-Match: ""')

    def test_no_etag_to_save(self):
        self.write("tag", b'"old"\n')
        self.assertExit(self.ask(response(b"x"), "--etag-save", "tag"), 0)
        self.assertEqual(self.read("tag"), b"")

    def test_etag_only_with_its_body(self):
        """Or the next --etag-compare would get a 304 for what is not there."""
        self.write("tag", b'"old"\n')
        self.assertExit(self.ask(response(b"x" * 9, ETag='"1"')[:-5], "--etag-save", "tag"), 18)
        self.assertEqual(self.read("tag"), b'"old"\n')
        self.assertExit(self.ask(response(b"x", "404 Not Found", ETag='"1"'),
                                 "--etag-save", "tag"), 0)
        self.assertEqual(self.read("tag"), b'"old"\n')

    def test_etag_directories(self):
        args = "--etag-save", "a/b/tag"
        self.assertExit(self.ask(response(b"x", ETag='"1"'), *args), 26)
        self.assertExit(self.ask(response(b"x", ETag='"1"'), *args, "--create-dirs"), 0)
        self.assertEqual(self.read("a/b/tag"), b'"1"\n')

    def test_etag_that_cannot_be_saved(self):
        """It is told before anything is sent."""
        os.mkdir(self.path("d"))
        self.write("f", b"")
        os.symlink("no/where", self.path("link"))
        for path in ("no/tag", "f/tag", "d", "d/", "link", "f/"):
            for more in (), ("--create-dirs",):
                if more and path in ("no/tag", "link"):
                    continue
                server = self.serve(response(b"x", ETag='"1"'))
                done = self.fetch("-d", "sent", "--etag-save", path, *more, server.url)
                self.assertExit(done, 26)
                self.assertIn("option --etag-save: ", done.text)
                self.assertEqual(server.connections, 0)

    def test_etag_of_several(self):
        server = self.serve(response(b"x", ETag='"1"'))
        self.write("list", f"{server.url}\n{server.url}\n".encode())
        for urls in ((server.url, server.url), (server.url + "/[1-2]",),
                     ("--url", "@list"), ("-T", "{list,list}", server.url)):
            done = self.fetch("--etag-save", "tag", *urls)
            self.assertExit(done, 2)
            self.assertIn("one URL", done.text)
        self.assertEqual(server.connections, 0)
        self.assertExit(self.fetch("--etag-save", "tag", server.url, "--next", "--etag-save",
                                   "tag2", server.url), 0)
        self.assertExit(self.fetch("-g", "--etag-save", "tag", server.url + "/[1-2]"), 0)

    def test_etag_to_standard_output(self):
        done = self.ask(response(b"x", ETag='"1"'), "--etag-save", "-")
        self.assertEqual(done.out, b'"1"\n')

    def test_etag_that_ends_the_line(self):
        self.write("tag", b'"1"\0\n')
        self.assertExit(self.ask(response(b"x"), "--etag-compare", "tag"), 2)
        self.assertEqual(self.server.requests, [])


class Times(TestCase):
    def time_of(self, *args, **fields):
        done = self.fetch("-R", "-o", "f", *args, self.serve(response(b"x" * 5, **fields)).url)
        self.assertExit(done, 0)
        return int(os.stat(self.path("f")).st_mtime)

    def test_remote_time(self):
        self.assertEqual(self.time_of(Last_Modified=DATE), SECONDS)

    def test_in_place(self):
        self.write("f", b"old and long")
        self.assertEqual(self.time_of("--no-atomic", Last_Modified=DATE), SECONDS)

    def test_before_1970(self):
        self.assertEqual(self.time_of(Last_Modified="Wed, 09 Oct 1940 16:45:49 +0100"),
                         -922349651)

    def test_no_time(self):
        self.assertGreater(self.time_of(), SECONDS)

    def test_bad_time(self):
        self.assertGreater(self.time_of(Last_Modified="yesterday"), SECONDS)

    def test_large(self):
        """Also where disk space was reserved."""
        body = os.urandom(1 << 20) * 3
        url = self.serve(response(body, Last_Modified=DATE)).url
        self.assertExit(self.fetch("-R", "-o", "f", url), 0)
        self.assertEqual(int(os.stat(self.path("f")).st_mtime), SECONDS)


class Attributes(TestCase):
    def attributes(self):
        return {name: os.getxattr(self.path("f"), name).decode()
                for name in os.listxattr(self.path("f")) if name.startswith("user.")}

    def test_what_is_kept(self):
        self.write("probe", b"")
        try:
            os.setxattr(self.path("probe"), "user.a", b"b")
        except OSError:
            self.skipTest("no extended attributes here")
        server = self.serve(response(b"x", ETag='"1"', Content_Type="text/html; charset=x"))
        url = server.url.replace("//", "//name:secret@") + "/a?b"
        done = self.fetch("--xattr", "-e", "http://u:p@r/", "-o", "f", url + "#part")
        self.assertExit(done, 0)
        self.assertEqual(self.attributes(), {
            "user.xdg.origin.url": server.url + "/a?b",
            "user.xdg.referrer.url": "http://r/",
            "user.mime_type": "text/html",
            "user.creator": "minifetch",
            "user.minifetch.etag": '"1"'})

    def test_standard_output_has_none(self):
        self.assertExit(self.fetch("--xattr", self.serve(response(b"x")).url), 0)


class WithNginx(TestCase):
    @classmethod
    def setUpClass(cls):
        cls._directory = tempfile.TemporaryDirectory(prefix="minifetch-nginx-")
        cls.addClassCleanup(cls._directory.cleanup)
        cls.nginx = Nginx(cls._directory.name)
        cls.addClassCleanup(cls.nginx.stop)
        cls.whole = os.urandom(1 << 20) * 4
        cls.nginx.put("big", cls.whole)
        cls.url = cls.nginx.url + "/big"

    def test_resume(self):
        self.write("f", self.whole[:1234567])
        self.assertExit(self.fetch("-C", "-", "-o", "f", self.url), 0)
        self.assertEqual(self.read("f"), self.whole)
        self.assertExit(self.fetch("-f", "-C", "-", "-o", "f", self.url), 0)
        self.assertEqual(self.read("f"), self.whole)

    def test_resume_of_a_version(self):
        self.write("f", self.whole[:1234567])
        self.assertExit(self.fetch("--etag-save", "tag", "-o", "g", self.url), 0)
        args = "-C", "-", "--etag-save", "tag", "-o", "f", self.url
        self.assertExit(self.fetch(*args), 0)
        self.assertEqual(self.read("f"), self.whole)
        self.write("f", self.whole[:1234567])
        self.write("tag", b'"of-another"\n')
        self.assertExit(self.fetch(*args), 33)
        self.assertEqual(self.read("f"), self.whole[:1234567])

    def test_longer_than_it_is(self):
        self.write("f", self.whole + b"x")
        self.assertExit(self.fetch("-C", "-", "-o", "f", self.url), 33)

    def test_not_modified(self):
        self.assertExit(self.fetch("-R", "--etag-save", "tag", "-o", "f", self.url), 0)
        for condition in ("-z", "f"), ("--etag-compare", "tag"):
            done = self.fetch(*condition, "-o", "f", "-w", "%{response_code}", self.url)
            self.assertExit(done, 0)
            self.assertEqual(done.out, b"304")
            self.assertEqual(self.read("f"), self.whole)

    def test_precondition_failed(self):
        done = self.fetch("-f", "-z", "-1 Jan 1990", "-o", "f", self.url)
        self.assertExit(done, 22)


if __name__ == "__main__":
    main()
