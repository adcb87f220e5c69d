/* Runs a fuzz target over its corpus, for builds without libFuzzer: each file
 * given, or those of $srcdir/tests/fuzz/corpus/NAME for a program fuzz_NAME.
 * A file is handed over whole and cut in half, in allocations of exactly its
 * size. Exits 0 when there was something to run and the target took all of it;
 * a target aborts when an invariant does not hold, and SIGALRM ends one that
 * goes on for a minute. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "fuzz_"
#define INPUT_MAX (16u << 20)
#define PATH_SIZE 4096
#define NAME_SIZE 256
#define INPUT_S 60

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_input(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	if (size)
		memcpy(copy, bytes, size);
	alarm(INPUT_S);
	LLVMFuzzerTestOneInput(copy, size);
	alarm(0);
	free(copy);
}

/* The bytes of a file, the caller's to free; NULL when it cannot be read. */
static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	struct stat st;
	uint8_t *bytes = NULL;

	if (!file)
		return NULL;
	if (fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode) &&
		st.st_size <= (off_t)INPUT_MAX) {
		*size = (size_t)st.st_size;
		bytes = malloc(*size + 1);
		if (bytes && fread(bytes, 1, *size, file) != *size) {
			free(bytes);
			bytes = NULL;
		}
	}
	fclose(file);
	return bytes;
}

/* Run one file; false, after a word, when it cannot be read. */
static int run_file(const char *path)
{
	size_t size = 0;
	uint8_t *bytes = read_file(path, &size);

	if (!bytes) {
		fprintf(stderr, "%s: cannot be read\n", path);
		return 0;
	}
	fprintf(stderr, "%s: %zu bytes\n", path, size);
	run_input(bytes, size);
	run_input(bytes, size / 2);
	free(bytes);
	return 1;
}

/* Run all files of a directory: their number, or -1 when one failed. */
static int run_directory(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int count = 0;

	if (!dir)
		return 0;
	while (count >= 0 && (entry = readdir(dir)) != NULL) {
		char file[PATH_SIZE + NAME_SIZE];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		count = run_file(file) ? count + 1 : -1;
	}
	closedir(dir);
	return count;
}

static int run_corpus(const char *program)
{
	const char *slash = strrchr(program, '/');
	const char *name = slash ? slash + 1 : program;
	const char *srcdir = getenv("srcdir");
	char path[PATH_SIZE];
	int count;

	if (strncmp(name, PREFIX, strlen(PREFIX)) == 0)
		name += strlen(PREFIX);
	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s",
		srcdir ? srcdir : ".", name);
	count = run_directory(path);
	if (count == 0)
		fprintf(stderr, "%s: no corpus\n", path);
	else if (count > 0)
		printf("%s: %d inputs\n", name, count);
	return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return run_corpus(argv[0]);
	for (int i = 1; i < argc; i++)
		if (!run_file(argv[i]))
			return EXIT_FAILURE;
	return EXIT_SUCCESS;
}
