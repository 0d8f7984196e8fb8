#include "job/note.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

void chip_note_write(struct chip_note *note, const char *data_dir, const char *job_id,
                     const char *token)
{
    char unfinished[CHIP_NOTE_PATH + 8];
    note->fd = -1;
    int n = snprintf(note->path, sizeof note->path, "%s/work", data_dir);
    if (n < 0 || (size_t)n >= sizeof note->path - CHIP_UUID_TEXT - 1)
        return;
    mkdir(note->path, 0700);
    snprintf(note->path + n, sizeof note->path - (size_t)n, "/%s", job_id);
    /* Under its name only when locked and whole. */
    snprintf(unfinished, sizeof unfinished, "%s.new", note->path);
    int fd = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0 || write(fd, token, strlen(token)) < 0 ||
        rename(unfinished, note->path) < 0) {
        unlink(unfinished);
        close(fd);
        return;
    }
    note->fd = fd;
}

void chip_note_remove(struct chip_note *note)
{
    if (note->fd < 0)
        return;
    unlink(note->path);
    close(note->fd);
    note->fd = -1;
}

/* A note's token, if its worker is dead. @return the locked file, or -1 */
static int take(int dir, const char *name, char token[CHIP_UUID_TEXT])
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -1;
    ssize_t n = flock(fd, LOCK_EX | LOCK_NB) < 0 ? -1 : read(fd, token, CHIP_UUID_TEXT - 1);
    if (n < 0) {
        close(fd);
        return -1;
    }
    token[n] = '\0';
    return fd;
}

int chip_notes_sweep(const char *data_dir,
                     bool (*found)(void *user, const char *job_id, const char *token), void *user)
{
    char path[CHIP_NOTE_PATH], token[CHIP_UUID_TEXT];
    snprintf(path, sizeof path, "%s/work", data_dir);
    DIR *dir = opendir(path);
    if (!dir)
        return 0;
    int n_gone = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        int fd = take(dirfd(dir), entry->d_name, token);
        if (fd < 0)
            continue;
        bool is_note = chip_uuid_valid(entry->d_name) && chip_uuid_valid(token);
        if (!is_note || found(user, entry->d_name, token))
            n_gone += unlinkat(dirfd(dir), entry->d_name, 0) == 0;
        close(fd);
    }
    closedir(dir);
    return n_gone;
}
