#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/sink_state.h"

/* --- another attempt */

/* What is on standard output stays when it is a transcript of whole answers;
 * of a file the heads do, until there is a body behind them. */
static bool stays(const struct sink *s, bool whole)
{
	return s->to_stdout ? whole && s->config->heads : s->seen == 0;
}

int sink_again(struct sink *s, bool whole, struct error *e)
{
	int error = 0;

	if (s->out.file.fd < 0 || s->discard)
		return 0;
	if (!stays(s, whole)) {
		error = s->out.spool ? spool_cut(s->out.spool, e)
				     : file_cut(&s->out.file, e);
		s->goes_on = error > 0 && s->seen > 0;
		if (error == 0) /* the end of what is gone is not wanted */
			s->out.styling = s->begun = false;
	}
	if (error == 0) {
		s->out.filter = (struct terminal_filter){ 0 };
		s->seen = 0;
		spool_mark(&s->spool);
		if (s->to_stdout)
			file_mark(&s->out.file);
	}
	return error;
}

static bool in_named_file(const struct sink *s)
{
	return s->out.file.fd >= 0 && s->out.file.regular && !s->to_stdout &&
		!s->discard;
}

bool sink_goes_on(struct sink *s)
{
	bool file = in_named_file(s);

	if (file)
		s->goes_on = s->seen > 0;
	return file;
}

static void forget_body(struct sink *s)
{
	s->goes_on = s->begun = s->out.styling = false;
	s->out.filter = (struct terminal_filter){ 0 };
	s->seen = 0;
}

int sink_anew(struct sink *s, bool *aside, struct error *e)
{
	int error;

	*aside = s->config->resume && in_named_file(s);
	if (*aside && s->config->in_place)
		return 1;
	if (!*aside) {
		error = file_cut(&s->out.file, e);
		if (error == 0)
			forget_body(s);
		return error;
	}
	/* What comes may be written over it, which is not to be cut then. */
	error = file_settle(&s->out.file, e);
	if (error < 0)
		return error;
	s->aside = s->out.file;
	error = file_open(&s->out.file, target_path(&s->target, s->config),
		FILE_REPLACE, e);
	if (error < 0) {
		s->out.file = s->aside;
		s->aside = FILE_CLOSED;
		return error;
	}
	file_mark(&s->out.file);
	forget_body(s);
	s->etag_saved = false;
	return 0;
}

/* What has been found out since is not about what is there. */
bool sink_revert(struct sink *s)
{
	if (s->aside.fd < 0)
		return false;
	file_discard(&s->out.file);
	s->out.file = s->aside;
	s->aside = FILE_CLOSED;
	forget_body(s);
	s->etag_saved = true;
	s->of_file = false;
	return true;
}

/* --- the end */

void sink_conclude(struct sink *s, const struct sink_outcome *outcome)
{
	s->outcome = *outcome;
}

/* Times and attributes of the file, which is still open. */
static int dress(struct sink *s, bool success, struct error *e)
{
	struct file *f = &s->out.file;
	const struct record *r = &s->record;
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		{ .tv_sec = (time_t)r->modified } };

	if (!s->recording || !s->of_file || f->fd < 0 || !f->regular ||
		f->borrowed || (!success && f->temporary.path))
		return 0;
	if (file_settle(f, e) < 0)
		return -ERR_WRITE;
	if (s->config->attributes &&
		!record_attributes(
			r, f->fd, s->outcome.url, s->outcome.referrer))
		error_set(&s->warning, ERR_WRITE,
			"Error setting extended attributes on '%s': %s",
			f->path, error_system(errno));
	if (success && s->config->remote_time && r->has_modified &&
		futimens(f->fd, times) < 0)
		error_set(&s->warning, ERR_WRITE,
			"Failed to set the time of '%s': %s", f->path,
			error_system(errno));
	return 0;
}

/* Without success: what was written to a new file goes, the rest stays. */
static void give_up(struct sink *s)
{
	struct file *f = &s->out.file;
	bool remove = s->config->remove_on_error && f->fd >= 0 && f->regular &&
		!f->borrowed && !f->temporary.path;

	file_discard(f);
	if (remove)
		unlink(f->path);
	file_discard(&s->dump.file);
}

/* What was held back, by way of a channel that is open. */
static int release(struct sink *s, struct error *e)
{
	struct channel *c = s->out.spool ? &s->out : &s->dump;

	if (!c->spool)
		return 0;
	sink_claim_output(s);
	return spool_release(&s->spool, &c->file, e);
}

static int commit(struct sink *s, struct error *e)
{
	int error = release(s, e);

	if (error == 0)
		error = target_commit(&s->target, &s->out.file, s->config, e);
	if (error < 0) {
		file_discard(&s->out.file);
		file_discard(&s->dump.file);
		return error;
	}
	file_discard(&s->aside);
	error = file_commit(&s->dump.file, e);
	return error < 0 ? error : sink_save_etag(s, e);
}

int sink_finish(struct sink *s, bool success, struct error *e)
{
	bool wanted = success && !s->discard && !s->to_stdout &&
		!(s->outcome.unmodified && !s->held.n);
	int error = wanted ? sink_open_out(s, e) : 0;

	if (!success)
		sink_revert(s);
	if (error == 0)
		error = channel_flush(&s->out, success ? e : NULL);
	if (error == 0)
		error = dress(s, success, success ? e : NULL);
	if (success && error == 0)
		return commit(s, e);
	give_up(s);
	return success ? error : 0;
}
