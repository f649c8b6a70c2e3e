/* Counts the changes that a process makes below one folder, and ends the process or fails the call at the n-th.

   Loaded with LD_PRELOAD, so it sees what Python, SQLite and Chroma's native code do alike, in the order in which they
   do it. Knows nothing of what is being written. `faults.py` compiles, loads and arms it.

   A plain write counts twice, before its first byte and after half of them, so that a torn file is one of the states;
   databases write with pwrite, and have journals for it.
   A failure lasts, as a full disk does: every later call that the same fault would refuse is refused too. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { REOPEN = 1, MAKE = 2, FILL = 4, MOVE = 8 }; /* open an old file; make a new one; its bytes; its name */

static char root[PATH_MAX];
static atomic_long seen;
static long target;  /* the change that fails; 0 for none */
static int failure;  /* errno of it; 0 kills */

void faults_arm(const char *folder, long at, int error) {
    snprintf(root, sizeof root, "%s/", folder);
    target = at, failure = error, seen = 0;
}

long faults_seen(void) { return seen; }

/* What a fault refuses: without space names can still be given and taken, without rights open files still grow. */
static int refuses(enum kind kind) {
    int kinds = failure == ENOSPC ? MAKE | FILL : failure == EACCES ? REOPEN | MAKE | MOVE : REOPEN | MAKE | FILL | MOVE;
    return kinds & kind;
}

/* One more change is about to happen: 0 lets it, 1 fails it with errno set, and a kill never comes back. */
static int stopped(enum kind kind) {
    long number = kind == REOPEN ? seen : ++seen;
    if (!target || number < target) return 0;
    while (!failure) kill(getpid(), SIGKILL);
    if (!refuses(kind)) return 0;
    errno = failure;
    return 1;
}

static int below(const char *path) { return *root && !strncmp(path, root, strlen(root)); }

static int file_below(int file) {
    char link[64], path[PATH_MAX];
    if (!*root) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    return below(path);
}

static int name_below(int folder, const char *path) {
    return *path == '/' ? below(path) : folder != AT_FDCWD && file_below(folder);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
static int opening_stopped(int folder, const char *path, int flags) {
    if (!(flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) || !name_below(folder, path)) return 0;
    int old = !faccessat(folder, path, F_OK, 0) && !(flags & O_TRUNC);
    return stopped(old ? REOPEN : MAKE);
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        int mode = va_arg(rest, int);                                                                                  \
        va_end(rest);                                                                                                  \
        return opening_stopped(AT_FDCWD, path, flags) ? -1 : REAL(name)(path, flags, mode);                            \
    }
#define OPENAT(name)                                                                                                   \
    int name(int folder, const char *path, int flags, ...) {                                                           \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        int mode = va_arg(rest, int);                                                                                  \
        va_end(rest);                                                                                                  \
        return opening_stopped(folder, path, flags) ? -1 : REAL(name)(folder, path, flags, mode);                      \
    }
#define FOPEN(name)                                                                                                    \
    FILE *name(const char *path, const char *mode) {                                                                   \
        int flags = *mode == 'w' ? O_WRONLY | O_TRUNC : *mode == 'a' || strchr(mode, '+') ? O_WRONLY : O_RDONLY;       \
        return opening_stopped(AT_FDCWD, path, flags) ? NULL : REAL(name)(path, mode);                                 \
    }
OPEN(open) OPEN(open64) OPENAT(openat) OPENAT(openat64) FOPEN(fopen) FOPEN(fopen64)

/* In two halves, with room for a fault before each; a fault in between is a short write, as POSIX allows. */
ssize_t write(int file, const void *data, size_t size) {
    if (!file_below(file)) return REAL(write)(file, data, size);
    if (stopped(FILL)) return -1;
    ssize_t half = REAL(write)(file, data, size / 2);
    if (half < 0 || stopped(FILL)) return half ? half : -1;
    ssize_t rest = REAL(write)(file, (const char *)data + half, size - half);
    return rest < 0 ? half : half + rest;
}

/* Calls that are one change each: what they return when refused, their parameters, where they happen. */
#define CHANGE(type, refused, name, parameters, arguments, kind, within)                                               \
    type name parameters { return (within) && stopped(kind) ? refused : REAL(name) arguments; }
#define ON_FILE(type, refused, name, parameters, arguments) \
    CHANGE(type, refused, name, parameters, arguments, FILL, file_below(file))
#define ON_NAME(name, parameters, arguments, kind, folder, path) \
    CHANGE(int, -1, name, parameters, arguments, kind, name_below(folder, path))

ON_FILE(ssize_t, -1, pwrite, (int file, const void *data, size_t size, off_t at), (file, data, size, at))
ON_FILE(ssize_t, -1, pwrite64, (int file, const void *data, size_t size, off64_t at), (file, data, size, at))
ON_FILE(ssize_t, -1, writev, (int file, const struct iovec *parts, int n), (file, parts, n))
ON_FILE(ssize_t, -1, sendfile, (int file, int from, off_t *at, size_t n), (file, from, at, n))
ON_FILE(ssize_t, -1, sendfile64, (int file, int from, off64_t *at, size_t n), (file, from, at, n))
ON_FILE(ssize_t, -1, copy_file_range, (int from, off64_t *in, int file, off64_t *out, size_t n, unsigned flags),
        (from, in, file, out, n, flags))
ON_FILE(int, -1, ftruncate, (int file, off_t size), (file, size))
ON_FILE(int, -1, ftruncate64, (int file, off64_t size), (file, size))
ON_FILE(int, -1, fsync, (int file), (file))
ON_FILE(int, -1, fdatasync, (int file), (file))
ON_FILE(int, failure, posix_fallocate, (int file, off_t at, off_t size), (file, at, size))
ON_FILE(int, failure, posix_fallocate64, (int file, off64_t at, off64_t size), (file, at, size))
CHANGE(size_t, 0, fwrite, (const void *data, size_t size, size_t n, FILE *file), (data, size, n, file), FILL,
       file_below(fileno(file)))
ON_NAME(mkdir, (const char *path, mode_t mode), (path, mode), MAKE, AT_FDCWD, path)
ON_NAME(mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode), MAKE, folder, path)
ON_NAME(unlink, (const char *path), (path), MOVE, AT_FDCWD, path)
ON_NAME(unlinkat, (int folder, const char *path, int flags), (folder, path, flags), MOVE, folder, path)
ON_NAME(rmdir, (const char *path), (path), MOVE, AT_FDCWD, path)
ON_NAME(rename, (const char *old, const char *path), (old, path), MOVE, AT_FDCWD, path)
ON_NAME(renameat, (int from, const char *old, int folder, const char *path), (from, old, folder, path), MOVE, folder,
        path)
