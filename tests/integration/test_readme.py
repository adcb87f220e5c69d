"""The stories of README.md, run as they are printed. What is different each time
is masked: times, dates, the port of a client; servers get a port of their own."""
import os
import re
import subprocess
import textwrap

from harness import HERE, PROGRAM, TIMEOUT, TestCase, environment, free_port, main


def stories():
    """Each story as a list of [command, expected output]."""
    with open(os.path.join(HERE, "..", "..", "README.md"), encoding="utf-8") as f:
        text = f.read().split("## Three stories\n")[1].split("\n## ")[0]
    for story in re.split(r"^\*\*", text, flags=re.M)[1:]:
        lines = re.findall(r"^(?:    .*|)\n", story, re.M)
        steps = []
        for line in textwrap.dedent("".join(lines)).strip("\n").split("\n"):
            if line.startswith("$ "):
                steps.append([line[2:], ""])
            elif steps[-1][0].endswith("|"):
                steps[-1][0] += " " + line.strip()
            else:
                steps[-1][1] += line + "\n"
        yield steps


def masked(text):
    text = re.sub(r"^Date: .*", "Date: D", text, flags=re.M)
    # Whether it had to wait for the processor is the machine's doing.
    text = re.sub(r"^  blocked +\d.*\n", "", text, flags=re.M)
    text = re.sub(r"from 127\.0\.0\.1 port \d+", "from 127.0.0.1 port P", text)
    return re.sub(r" +\d+\.\d ms", " N ms", text).rstrip()


class Stories(TestCase):
    maxDiff = None

    def setUp(self):
        super().setUp()
        os.symlink(PROGRAM, self.path("minifetch"))
        self.env = environment(self.dir)
        self.env["PATH"] = self.dir + ":" + self.env["PATH"]

    def start(self, command, said):
        """A server in the background, which says that it listens."""
        server = subprocess.Popen(["sh", "-c", "exec 3>&1; " + command], cwd=self.dir,
                                  env=self.env, stdin=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE)
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait, TIMEOUT)
        self.addCleanup(server.terminate)
        self.assertEqual(server.stderr.readline().decode(), said)

    def play(self, steps):
        port = str(free_port())
        for command, expected in steps:
            command, expected = (s.replace("8080", port) for s in (command, expected))
            # The length of a port's name is part of what is counted.
            expected = expected.replace("head: 82 bytes", f"head: {78 + len(port)} bytes")
            if command.endswith("&"):
                self.start(command[:-1], expected)
                continue
            done = subprocess.run(["sh", "-c", command], cwd=self.dir, env=self.env,
                                  stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=TIMEOUT)
            out, err = done.stdout.decode(), done.stderr.decode()
            both = err + out if "Warning" in err else out + err
            both = both.replace("\r\n", "\n")
            self.assertEqual(masked(both), masked(expected), command)

    def test_each(self):
        told = list(stories())
        self.assertEqual(len(told), 3)
        for steps in told:
            with self.subTest(steps[-1][0]):
                self.play(steps)
        self.assertFalse(os.path.exists(self.path("page")))


if __name__ == "__main__":
    main()
