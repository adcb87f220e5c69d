"""--variable and --expand-OPTION."""
from harness import TestCase, keep_alive, main, response


class Variables(TestCase):
    def sent(self, *args, **more):
        """The body of the request that such a command sends."""
        server = self.serve(response(b"ok"))
        done = self.fetch(*args, server.url, **more)
        self.assertExit(done, 0)
        return server.requests[0].split(b"\r\n\r\n", 1)[1]

    def refused(self, *args, **more):
        done = self.fetch(*args, "http://127.0.0.1:1/", **more)
        self.assertExit(done, 2)
        return done.text

    def test_text(self):
        self.assertEqual(self.sent("--variable", "a=b c", "--expand-data", "<{{a}}>"), b"<b c>")

    def test_file(self):
        self.write("f", b" \x00x\n")
        self.assertEqual(self.sent("--variable", "a@f", "--expand-data", "{{a:url}}"),
                         b"%20%00x%0A")

    def test_standard_input(self):
        self.assertEqual(self.sent("--variable", "a@-", "--expand-data", "{{a:trim}}",
                                   input=b" in\n"), b"in")

    def test_environment(self):
        args = "--variable", "%a=default", "--expand-data", "{{a}}"
        self.assertEqual(self.sent(*args, env={"a": "there"}), b"there")
        self.assertEqual(self.sent(*args), b"default")
        self.assertEqual(self.sent("--variable", "%a[1-2]", "--expand-data", "{{a}}",
                                   env={"a": "0123"}), b"12")
        self.assertIn("the environment has no 'a'", self.refused("--variable", "%a"))

    def test_empty_environment(self):
        self.assertEqual(self.sent("--variable", "%a=b", "--expand-data", "<{{a}}>",
                                   env={"a": ""}), b"<>")

    def test_bytes(self):
        self.write("f", bytes(range(48, 58)))
        for spec, body in (("a[2-3]@f", b"23"), ("a[8-]@f", b"89"), ("a[8-100]@f", b"89"),
                           ("a[10-11]@f", b""), ("a[2-3]=abcdef", b"cd"), ("a[9-]=abc", b""),
                           ("a[0-0]@f", b"0")):
            self.assertEqual(self.sent("--variable", spec, "--expand-data", "{{a}}"), body)

    def test_bytes_of_what_has_no_end(self):
        self.assertEqual(self.sent("--variable", "a[70000-70003]@/dev/zero", "--expand-data",
                                   "{{a:b64}}"), b"AAAAAA==")

    def test_variable_of_variables(self):
        self.assertEqual(self.sent("--variable", "a=1", "--expand-variable", "b={{a}}2",
                                   "--expand-data", "{{b}}"), b"12")

    def test_config_file(self):
        self.write("k", b'variable = "a=x y"\n--variable b=2\nexpand-data = "{{a}}"\n'
                        b'--expand-data "{{b}}\\\\{{c}}"\n')
        self.assertEqual(self.sent("-K", "k"), b"x y&2{{c}}")

    def test_config_file_by_a_variable(self):
        self.write("k", b"data = x\n")
        self.assertEqual(self.sent("--variable", "a=k", "--expand-config", "{{a}}"), b"x")

    def test_over_next(self):
        server = self.serve(keep_alive(response(b"1"), response(b"2")))
        done = self.fetch("--variable", "a=x", server.url, "--next", "--expand-data", "{{a}}",
                          server.url)
        self.assertExit(done, 0)
        self.assertTrue(server.requests[1].endswith(b"\r\n\r\nx"))

    def test_url_and_output(self):
        server = self.serve(response(b"ok"))
        self.assertExit(self.fetch("--variable", "a=b/c", "--expand-url",
                                   server.url + "/{{a:url}}", "--variable", "o=file",
                                   "--expand-output", "{{o}}.txt"), 0)
        self.assertTrue(server.requests[0].startswith(b"GET /b%2Fc HTTP"))
        self.assertEqual(self.read("file.txt"), b"ok")

    def test_not_expanded(self):
        self.assertEqual(self.sent("--variable", "a=b", "--data", "{{a}}"), b"{{a}}")

    def test_flaws_are_warned_of(self):
        server = self.serve(response(b"ok"))
        done = self.fetch("--expand-data", "ab{{c.d}}", server.url)
        self.assertExit(done, 0)
        self.assertIn("Warning: --expand-data: a bad variable name is left as it is, at byte "
                      "offset 4", done.text.replace("\nWarning: ", ""))

    def test_mistakes(self):
        for args, words in (
                (("--variable", "a"), "option --variable: expected =TEXT or @FILE"),
                (("--variable", "a@none"), "option --variable: cannot read 'none'"),
                (("--expand-data", "{{a:b}}"), "option --expand-data: unknown function 'b'"),
                (("--expand-silent",), "takes no argument that could be expanded"),
                (("--expand-no-location",), "takes no argument that could be expanded"),
                (("--expand-dta", "x"), "did you mean --expand-data?")):
            done = self.fetch(*args, "http://127.0.0.1:1/")
            self.assertIn(done.code, (2, 26))
            self.assertIn(words, done.text)

    def test_mistake_in_a_config_file(self):
        self.write("k", b"\nexpand-data = {{a:b}}\n")
        self.assertIn("k:2:1: option expand-data: unknown function 'b'", self.refused("-K", "k"))

    def test_nul(self):
        self.write("f", b"a\0b")
        self.assertIn("byte 1 of the variable's text is NUL",
                      self.refused("--variable", "a@f", "--expand-data", "{{a}}"))


if __name__ == "__main__":
    main()
