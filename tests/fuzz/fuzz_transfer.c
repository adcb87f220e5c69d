/* The whole program but the network: options that meet, and peers that answer
 * anything. An input is a line and what peers send:
 *
 *   the line: each byte adds an option or a URL, as transfer.def has it
 *       (one that is not there adds nothing); without a URL it is '0';
 *   the rest: the answers, as support/answers.h has it.
 *
 *       Lo1w
 *       HTTP/1.1 302 Found
 *       Location: /there
 *       Content-Length: 0
 *
 *       ~>HTTP/1.1 200 OK
 *       ...
 *
 * It is run by the program's own main in a scratch directory, with a clock that
 * is advanced instead of waiting, and then checked: see transfer_check.h. With
 * FUZZ_TRANSFER_SHOW in the environment the command line is shown, and what
 * came of it. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/module.h"
#include "fuzz/transfer_check.h"
#include "support/answers.h"
#include "support/fake_terminal.h"
#include "support/fake_time.h"

#define CHOICES_MAX 48
#define WORDS_MAX (8 * CHOICES_MAX)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int minifetch_main(int argc, char **argv);

static const struct choice {
	unsigned char byte;
	unsigned meaning;
	const char *words[6];
} choices[] = {
#define CHOICE(byte, meaning, ...) { byte, meaning, { __VA_ARGS__ } },
#include "fuzz/transfer.def"
#undef CHOICE
};

static char scratch[256];
static int work, home; /* directories: that of a run, that of ours */
static int output = -1; /* what standard output is meanwhile, */
static int device; /* or what it is when it passes for a terminal */

static void require(bool holds, const char *what)
{
	if (!holds) {
		perror(what);
		abort();
	}
}

/* --- the directory */

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t n = strlen(text);

	require(fd >= 0, path);
	require(write(fd, text, n) == (ssize_t)n, path);
	close(fd);
}

/* What options only read. */
static void give_files(void)
{
	write_file("given/body", "0123456789abcdef\n");
	write_file("given/etag", "\"tag\"\n");
	write_file(
		"given/config", "header = \"X-Config: yes\"\nmax-redirs = 5\n");
	write_file("given/netrc",
		"machine a.test login user password S3cr3t-neta\n"
		"machine b.test login user password S3cr3t-netb\n"
		"default login anybody password S3cr3t-default\n");
	write_file("given/cookies",
		"a.test\tFALSE\t/\tFALSE\t0\tsession\tS3cr3t-cookiea\n"
		".b.test\tTRUE\t/\tTRUE\t1893456000\tid\tS3cr3t-cookieb\n");
}

/* What they may change. */
static void make_files(void)
{
	write_file("out", OLD_CONTENT);
	write_file("linked", OLD_CONTENT);
	write_file("hard", OLD_CONTENT);
	require(symlink("linked", "link") == 0, "link");
	require(link("hard", "other") == 0, "other");
	write_file("jar", "b.test\tFALSE\t/\tFALSE\t1893456000\told\tjar\n");
	write_file("hsts", "b.test \"20300101 00:00:00\"\n");
}

static void leave(void)
{
	char command[512];

	snprintf(command, sizeof(command), "exec rm -rf '%s'", scratch);
	if (system(command) != 0)
		fprintf(stderr, "%s: not removed\n", scratch);
}

/* Nothing of the user's has a say. */
static void clean_environment(void)
{
	static const char *const names[] = { "http_proxy", "https_proxy",
		"HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
		"XDG_CONFIG_HOME", "CURL_CA_BUNDLE", "SSL_CERT_FILE",
		"SSL_CERT_DIR", "NO_COLOR", "COLUMNS", "SSLKEYLOGFILE" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
	setenv("HOME", scratch, 1);
	setenv("TZ", "UTC", 1);
	setenv("TERM", "xterm", 1);
}

static void prepare(void)
{
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	int input;

	home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	require(home >= 0, "home");
	snprintf(scratch, sizeof(scratch), "%s/fuzz-transfer.XXXXXX", base);
	require(mkdtemp(scratch) != NULL, scratch);
	atexit(leave);
	require(chdir(scratch) == 0, scratch);
	require(mkdir("given", 0700) == 0, "given");
	require(mkdir("work", 0700) == 0, "work");
	give_files();
	work = open("work", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	require(work >= 0, "work");
	clean_environment();
	module_set_dir(MODULE_DIR);
	input = open("given/body", O_RDONLY);
	require(input >= 0 && dup2(input, STDIN_FILENO) == 0, "input");
	close(input);
	output = open("output", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	device = open("/dev/null", O_RDWR | O_CLOEXEC);
	require(output >= 0 && device >= 0, "output");
}

/* --- the command line */

static const struct choice *find_choice(unsigned char byte)
{
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		if (choices[i].byte == byte)
			return &choices[i];
	return NULL;
}

static void add_word(struct transfer *t, char **argv, const char *word)
{
	argv[t->argc] = str_dup(str_of(word));
	require(argv[t->argc++] != NULL, "word");
}

static void add_choice(
	struct transfer *t, char **argv, const struct choice *choice)
{
	t->meaning |= choice->meaning;
	t->n_urls += (choice->meaning & URL) != 0;
	t->n_files += (choice->meaning & FILE_GIVEN) != 0;
	if (choice->meaning & FILE_GIVEN)
		t->file = choice->words[1];
	for (size_t i = 0; i < 6 && choice->words[i]; i++)
		add_word(t, argv, choice->words[i]);
}

static void compose(struct transfer *t, char **argv, struct str line)
{
	static const char *const always[] = { "minifetch", "-q", "--stderr",
		"messages" };

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		add_word(t, argv, always[i]);
	for (size_t i = 0; i < line.n && i < CHOICES_MAX; i++) {
		const struct choice *choice = find_choice(
			(unsigned char)line.p[i]);

		if (choice)
			add_choice(t, argv, choice);
	}
	if (!t->n_urls)
		add_choice(t, argv, find_choice('0'));
	argv[t->argc] = NULL;
}

/* --- a run */

static bool claimed; /* standard input is, in this run */

void __wrap_interrupt_catch(void (*clean)(void));
int __wrap_input_claim(struct error *e);

/* Signals stay the fuzzer's. */
void __wrap_interrupt_catch(void (*clean)(void))
{
	(void)clean;
}

/* The program's own is never given back. */
int __wrap_input_claim(struct error *e)
{
	if (claimed)
		return error_set(e, ERR_READ, "standard input is claimed");
	claimed = true;
	return 0;
}

static void show(const struct transfer *t, char **argv)
{
	if (!getenv("FUZZ_TRANSFER_SHOW"))
		return;
	for (int i = 0; i < t->argc; i++)
		fprintf(stderr, "%s'%s'", i ? " " : "", argv[i]);
	fputs("\n", stderr);
}

static void show_end(const struct transfer *t)
{
	if (!getenv("FUZZ_TRANSFER_SHOW"))
		return;
	for (size_t i = 0; i < answers_dialed(); i++) {
		const struct dialed *d = answers_dial(i);

		fprintf(stderr, "--- to %s:%u\n%.*s", d->host, d->port,
			STR_FMT(buf_str(&d->sent)));
	}
	fprintf(stderr, "--- exit %d\n", t->code);
	if (system("tail -v -n +1 -- ../output * >&2 2>/dev/null") < 0)
		perror("tail");
}

/* The lowest descriptor that is free. */
static int free_descriptor(void)
{
	int fd = dup(STDIN_FILENO);

	require(fd >= 0, "dup");
	close(fd);
	return fd;
}

/* Where messages go is open until the program ends. */
static void close_messages(int from)
{
	struct stat messages, other;

	if (stat("messages", &messages) < 0)
		return;
	for (int fd = from; fd < from + 8; fd++)
		if (fstat(fd, &other) == 0 && other.st_ino == messages.st_ino &&
			other.st_dev == messages.st_dev)
			close(fd);
}

static void run(struct transfer *t, int argc, char **argv)
{
	int saved = dup(STDOUT_FILENO), before = free_descriptor();

	require(saved >= 0, "dup");
	claimed = false;
	require(ftruncate(output, 0) == 0 && lseek(output, 0, SEEK_SET) == 0 &&
			lseek(STDIN_FILENO, 0, SEEK_SET) == 0,
		"output");
	fflush(stdout);
	dup2(t->meaning & TERMINAL ? device : output, STDOUT_FILENO);
	fake_terminal_set(t->meaning & TERMINAL ? output : -1);
	t->code = minifetch_main(argc, argv);
	fake_terminal_set(-1);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close_messages(before);
	transfer_must(free_descriptor() == before, "a descriptor stays open");
	close(saved);
}

/* Once, all of it. What comes of it is in `result` if that is wanted. */
static void try(struct str line, struct str answers, size_t step,
	unsigned *meaning, struct result *result)
{
	struct transfer t = { .answers = answers };
	char *argv[WORDS_MAX];

	make_files();
	compose(&t, argv, line);
	show(&t, argv);
	*meaning = t.meaning;
	fake_time_reset();
	answers_begin(answers, step);
	run(&t, t.argc, argv);
	show_end(&t);
	transfer_check(&t);
	result_take(result, &t);
	answers_end();
	transfer_clean();
	for (int i = 0; i < t.argc; i++)
		free(argv[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = { (const char *)data, size }, line, answers;
	struct result whole, bytes;
	unsigned meaning;

	if (output < 0)
		prepare();
	require(fchdir(work) == 0, "work");
	str_cut(input, '\n', &line, &answers);
	try(line, answers, 0, &meaning, &whole);
	if ((meaning & TWICE) && !(meaning & TIMED)) {
		try(line, answers, 1, &meaning, &bytes);
		transfer_compare(&whole, &bytes);
		result_fini(&bytes);
	}
	result_fini(&whole);
	require(fchdir(home) == 0, "home");
	return 0;
}
