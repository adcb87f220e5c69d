#include "transfer/form.h"

#include <stdlib.h>

static void part_init(struct form_part *part)
{
	*part = (struct form_part){ .fd = -1 };
	buf_init(&part->fields, LIMIT_REQUEST_HEAD);
	buf_init(&part->bytes, LIMIT_REQUEST_BODY);
}

static void part_fini(struct form_part *part)
{
	struct form_part *next;

	free(part->name);
	free(part->file_name);
	free(part->type);
	buf_fini(&part->fields);
	buf_fini(&part->bytes);
	free(part->path);
	for (struct form_part *child = part->first; child; child = next) {
		next = child->next;
		form_part_free(child);
	}
}

void form_init(struct form *form)
{
	*form = (struct form){ 0 };
	part_init(&form->root);
	form->root.content = FORM_PARTS;
	form->open = &form->root;
}

void form_fini(struct form *form)
{
	part_fini(&form->root);
	form_init(form);
}

struct form_part *form_part_new(void)
{
	struct form_part *part = malloc(sizeof(*part));

	if (part)
		part_init(part);
	return part;
}

void form_part_free(struct form_part *part)
{
	if (!part)
		return;
	part_fini(part);
	free(part);
}

void form_part_add(struct form_part *parent, struct form_part *part)
{
	part->parent = parent;
	if (parent->last)
		parent->last->next = part;
	else
		parent->first = part;
	parent->last = part;
}

bool form_open(struct form *form, struct form_part *part)
{
	if (form->depth == FORM_DEPTH_MAX)
		return false;
	form_part_add(form->open, part);
	form->open = part;
	form->depth++;
	return true;
}

bool form_close(struct form *form)
{
	if (!form->open->parent)
		return false;
	form->open = form->open->parent;
	form->depth--;
	return true;
}

bool form_part_field(
	const struct form_part *part, struct str name, struct str *value)
{
	struct str rest = buf_str(&part->fields), line, found;
	ssize_t end;
	bool any = false;

	while ((end = str_search(rest, STR("\r\n"))) >= 0) {
		str_cut(str_first(rest, (size_t)end), ':', &line, &found);
		rest = str_from(rest, (size_t)end + 2);
		if (str_eq_nocase(line, name)) {
			*value = str_trim(found);
			any = true;
		}
	}
	return any;
}
