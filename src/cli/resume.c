#include "cli/resume.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/input.h"
#include "output/attributes.h"
#include "output/file.h"

/* A file that is not there is as good as an empty one. */
static int read_file(struct buf *out, const char *path, struct error *e)
{
	if (access(path, F_OK) < 0)
		return 0;
	return input_read(out, path, e);
}

/* Whether the file of --etag-save can be written in the end. */
static int foresee_etag(const struct options *options, struct error *e)
{
	const char *path = options->etag_save;
	struct error why = { 0 };
	int error = 0;

	if (!path || strcmp(path, "-") == 0 || options->dry_run)
		return 0;
	if (options->create_dirs)
		error = file_make_directories(path, &why);
	if (error == 0)
		error = file_foresee_store(path, &why);
	if (error == 0 || error == -ERR_OUT_OF_MEMORY)
		return error ? error_memory(e) : 0;
	file_suggest_directories(path, &why);
	return error_set(e, ERR_READ, "option --etag-save: %s", why.text);
}

int resume_etags(struct operation *o, struct error *e)
{
	const char *path = o->options->etag_compare;
	struct str etag;
	int error = path ? read_file(&o->etag, path, e) : 0;

	if (error < 0)
		return error;
	if (path) {
		etag = etag_from_file(buf_str(&o->etag));
		o->job.request.if_none_match = etag.n ? etag : STR("\"\"");
	}
	return foresee_etag(o->options, e);
}

/* --- downloads */

/* Find out how much there is of what the errand writes to, and whether that is
 * a file, or will be one. Returns 0 or -ERR_WRITE. */
static int look_at_file(const struct errand *errand, bool *is_file,
	uint64_t *size, struct error *e)
{
	struct stat st;

	*is_file = false;
	*size = 0;
	if (!errand->path)
		return 0;
	if (stat(errand->path, &st) == 0) {
		*is_file = S_ISREG(st.st_mode);
		*size = *is_file ? (uint64_t)st.st_size : 0;
		return 0;
	}
	*is_file = true;
	if (errno == ENOENT)
		return 0;
	return error_set(e, ERR_WRITE,
		"Failed to find out how much of the file %s is there: %s",
		errand->path, error_system(errno));
}

/* The entity-tag of what is there already, from wherever it may be known. */
static int find_validator(
	struct errand *errand, const struct operation *o, struct error *e)
{
	struct request_spec *spec = &errand->job.request;
	const char *path = o->options->etag_save;
	struct str etag = spec->if_none_match;
	struct error ignored;

	if (!etag_is_strong(etag) && path &&
		read_file(&errand->etag, path, &ignored) == 0)
		etag = etag_from_file(buf_str(&errand->etag));
	if (!etag_is_strong(etag) && errand->path) {
		buf_clear(&errand->etag);
		/* What was read before lay in it. */
		etag = (struct str){ NULL, 0 };
		if (attributes_get(errand->path, ATTRIBUTE_ETAG, &errand->etag))
			etag = buf_str(&errand->etag);
	}
	if (errand->etag.failed == ERR_OUT_OF_MEMORY)
		return error_memory(e);
	if (!etag_is_strong(etag) || etag.n == 2)
		return 0;
	spec->if_range = etag;
	spec->if_none_match = (struct str){ NULL, 0 };
	return 0;
}

int resume_download(
	struct errand *errand, const struct operation *o, struct error *e)
{
	const struct options *options = o->options;
	struct request_spec *spec = &errand->job.request;

	bool is_file;
	uint64_t size;

	if (!options->resume || spec->put ||
		(!options->resume_auto && options->resume_at == 0))
		return 0;
	if (look_at_file(errand, &is_file, &size, e) < 0)
		return -e->code;
	errand->sink.resume = true;
	errand->sink.so_far = options->resume_auto ? size : UINT64_MAX;
	spec->resumes = is_file && !spec->transcript;
	spec->resume_from = options->resume_auto ? size : options->resume_at;
	if (spec->resume_from == 0)
		return 0;
	errand->sink.append = true;
	return find_validator(errand, o, e);
}

/* --- uploads */

int resume_upload(struct errand *errand, const struct options *options, int fd,
	uint64_t *start, struct error *e)
{
	struct request_spec *spec = &errand->job.request;
	struct stat st;
	bool known = fd != STDIN_FILENO && fstat(fd, &st) == 0 &&
		S_ISREG(st.st_mode);

	*start = 0;
	if (!options->resume || (!known && !options->resume_at))
		return 0;
	if (!known)
		return error_set(e, ERR_USAGE,
			"option -C: an upload can be resumed only from a "
			"regular file, whose length is known");
	if (options->resume_at && options->resume_at >= (uint64_t)st.st_size)
		return error_set(
			e, ERR_PARTIAL, "File already completely uploaded");
	*start = options->resume_at;
	spec->upload_resumes = true;
	spec->upload_from = *start;
	return 0;
}
