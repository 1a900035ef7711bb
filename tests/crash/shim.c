/* Stands between a program and the system's calls that change files, for tests of durability.

   It counts every change below one folder: files that are created, written, synced, linked, renamed
   or removed, folders that are made, removed or synced. It can write them down, kill the process
   before any one of them or half-way through a write, and let them fail from one of them on.

   SHIM_FOLDER  the folder; nothing outside of it is looked at
   SHIM_RECORD  a file that takes a line for each change, once it was made
   SHIM_KILL    the number of the change before which the process is killed
   SHIM_STOP    the number of the change before which the process is stopped, as by Ctrl+Z
   SHIM_HALF    with SHIM_KILL: a write is made by half first
   SHIM_FAIL    "KINDS ERRNO FROM TIMES": changes of these kinds fail, TIMES of them from the FROM-th
   SHIM_LATE    with SHIM_FAIL: a change that fails was made all the same
   SHIM_NOSYNC  syncs are left out

   The kinds: c creates a file, w writes, s syncs, l links, r renames, u removes, m makes a folder,
   d removes one. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX];
static size_t folder_length;
static int record = -1;
static long kill_at, stop_at, changes, fail_from, fail_times, failing_seen;
static int half, late, nosync, fail_errno;
static char fail_kinds[16];

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("SHIM_FOLDER");
    if (!text || strlen(text) >= sizeof folder) return;
    strcpy(folder, text);
    folder_length = strlen(folder);
    if ((text = getenv("SHIM_RECORD")))
        record = (int)syscall(SYS_openat, AT_FDCWD, text,
                              O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if ((text = getenv("SHIM_KILL"))) kill_at = atol(text);
    if ((text = getenv("SHIM_STOP"))) stop_at = atol(text);
    if ((text = getenv("SHIM_FAIL")))
        sscanf(text, "%15s %d %ld %ld", fail_kinds, &fail_errno, &fail_from, &fail_times);
    half = getenv("SHIM_HALF") != NULL;
    late = getenv("SHIM_LATE") != NULL;
    nosync = getenv("SHIM_NOSYNC") != NULL;
}

static int is_ours(const char *path) {
    if (!folder_length || strncmp(path, folder, folder_length) != 0) return 0;
    return path[folder_length] == '/' || path[folder_length] == 0;
}

static int is_ours_fd(int fd, char *path) {
    char link[64];
    if (!folder_length) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_ours(path);
}

static void note(char kind, const char *path, const char *to, const void *data, size_t length) {
    if (record < 0) return;
    static const char digits[] = "0123456789abcdef";
    size_t room = 2 * PATH_MAX + 2 * length + 8, at;
    char *line = malloc(room);
    if (!line) abort();
    at = (size_t)snprintf(line, room, "%c\t%s\t%s", kind, path, to ? to : "");
    for (size_t i = 0; i < length; i++) {
        line[at++] = digits[((const unsigned char *)data)[i] >> 4];
        line[at++] = digits[((const unsigned char *)data)[i] & 15];
    }
    line[at++] = '\n';
    if (syscall(SYS_write, record, line, at) != (ssize_t)at) abort();
    free(line);
}

/* What becomes of the change that is at hand. The lock is held until `done`. */
static int fails(char kind) {
    pthread_mutex_lock(&lock);
    changes++;
    if (kill_at && changes == kill_at && !(half && kind == 'w')) kill(getpid(), SIGKILL);
    if (stop_at && changes == stop_at) kill(getpid(), SIGSTOP);
    if (!strchr(fail_kinds, kind) || !fail_times) return 0;
    failing_seen++;
    return failing_seen >= fail_from && failing_seen < fail_from + fail_times;
}

static long done(long result, char kind, const char *path, const char *to, const void *data) {
    int saved = errno;
    if (result >= 0) note(kind, path, to, data, data ? (size_t)result : 0);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return result;
}

static long refuse(void) {
    pthread_mutex_unlock(&lock);
    errno = fail_errno;
    return -1;
}

#define CHANGE(kind, path, to, call)                                  \
    do {                                                              \
        int is_failing = fails(kind);                                 \
        if (is_failing && !late) return (int)refuse();                \
        long result = done((call), kind, path, to, NULL);             \
        if (is_failing) {                                             \
            errno = fail_errno;                                       \
            return -1;                                                \
        }                                                             \
        return (int)result;                                           \
    } while (0)

static int opened(int at, const char *path, int flags, mode_t mode) {
    if (!(flags & O_CREAT) || !is_ours(path))
        return (int)syscall(SYS_openat, at, path, flags, mode);
    int is_failing = fails('c');
    if (is_failing && !late) return (int)refuse();
    int fd = (int)syscall(SYS_openat, at, path, flags, mode);
    done(fd, 'c', path, NULL, NULL);
    if (is_failing) {
        errno = fail_errno;
        return -1;
    }
    return fd;
}

#define OPEN_MODE                                                     \
    mode_t mode = 0;                                                  \
    if (flags & O_CREAT) {                                            \
        va_list list;                                                 \
        va_start(list, flags);                                        \
        mode = va_arg(list, mode_t);                                  \
        va_end(list);                                                 \
    }

int open(const char *path, int flags, ...) { OPEN_MODE return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { OPEN_MODE return opened(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { OPEN_MODE return opened(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { OPEN_MODE return opened(at, path, flags, mode); }

ssize_t write(int fd, const void *data, size_t length) {
    char path[PATH_MAX];
    if (!is_ours_fd(fd, path)) return syscall(SYS_write, fd, data, length);
    int is_failing = fails('w');
    if (kill_at && changes == kill_at) {
        syscall(SYS_write, fd, data, length / 2);
        kill(getpid(), SIGKILL);
    }
    if (is_failing) {
        /* A disk that is full takes what still fits. */
        ssize_t part = syscall(SYS_write, fd, data, late ? length : length / 2);
        if (part > 0) note('w', path, NULL, data, (size_t)part);
        return refuse();
    }
    return done(syscall(SYS_write, fd, data, length), 'w', path, NULL, data);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    char path[PATH_MAX];
    if (!is_ours_fd(fd, path)) return syscall(SYS_writev, fd, parts, count);
    /* Whoever calls goes on with the rest, as after any short write. */
    for (int i = 0; i < count; i++)
        if (parts[i].iov_len) return write(fd, parts[i].iov_base, parts[i].iov_len);
    return 0;
}

static int synced(int fd, long number) {
    char path[PATH_MAX];
    if (!is_ours_fd(fd, path)) return (int)syscall(number, fd);
    if (nosync) return 0;
    CHANGE('s', path, NULL, syscall(number, fd));
}

int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

int link(const char *from, const char *to) {
    if (!is_ours(to)) return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
    CHANGE('l', from, to, syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int linkat(int a, const char *from, int b, const char *to, int flags) {
    if (!is_ours(to)) return (int)syscall(SYS_linkat, a, from, b, to, flags);
    CHANGE('l', from, to, syscall(SYS_linkat, a, from, b, to, flags));
}

int rename(const char *from, const char *to) {
    if (!is_ours(to)) return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    CHANGE('r', from, to, syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int unlink(const char *path) {
    if (!is_ours(path)) return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    CHANGE('u', path, NULL, syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

int mkdir(const char *path, mode_t mode) {
    if (!is_ours(path)) return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    CHANGE('m', path, NULL, syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}

int rmdir(const char *path) {
    if (!is_ours(path)) return (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
    CHANGE('d', path, NULL, syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR));
}
