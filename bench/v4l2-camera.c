/*
 * A V4L2 camera in user space, for programs that read one: preloaded (LD_PRELOAD), it answers for the path $CAMERA_PATH like the
 * driver of a camera that gives MJPEG in one size.
 *
 *   CAMERA_PATH      an existing file, which is only a name
 *   CAMERA_PICTURE   the JPEG it gives; it begins with the stamp that viewers.c describes
 *   CAMERA_FPS       how many a second
 *   CAMERA_SIZE      WIDTHxHEIGHT of the picture
 *   CAMERA_PICTURES  how many pictures of the same length the file holds, one behind the other, which are given in turn; 1 without it
 *   CAMERA_LOG       where each picture given leaves two numbers of 8 bytes: how many came before, also those that nobody took, and when it
 *                    was due, CLOCK_REALTIME in nanoseconds
 *
 * The device's descriptor is a timer, so that poll, select and epoll wait for the next frame by themselves. The buffers lie in a
 * memory file and hold the picture from the start: like a real camera's they are filled without the program's processor time, but
 * for the time in the stamp, which is set when the program takes the frame.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MOST_BUFFERS = 32 };

static int device = -1, memory = -1, buffers, on;
static long size, room; /* of the picture, and of a buffer in whole pages */
static unsigned char *mapped;
static int waiting[MOST_BUFFERS], waits; /* buffers that the program has queued, oldest first */
static unsigned taken;
static long pictures;         /* in the file */
static unsigned char *album;  /* the file, where there are several */
static long began;            /* CLOCK_MONOTONIC, in nanoseconds */
static FILE *journal;

static int is_camera(const char *path) {
    const char *name = getenv("CAMERA_PATH");
    return name && path && !strcmp(name, path);
}

static double rate(void) {
    const char *fps = getenv("CAMERA_FPS");
    return fps && atof(fps) > 0 ? atof(fps) : 30;
}

static int open_camera(int flags) {
    FILE *picture = fopen(getenv("CAMERA_PICTURE") ? getenv("CAMERA_PICTURE") : "", "rb");
    if (!picture) return -1;
    pictures = getenv("CAMERA_PICTURES") ? atol(getenv("CAMERA_PICTURES")) : 1;
    fseek(picture, 0, SEEK_END);
    size = ftell(picture) / pictures;
    if (pictures > 1 && !album) {
        album = malloc(size * pictures);
        rewind(picture);
        if (!album || fread(album, size, pictures, picture) != (size_t)pictures) return -1;
    }
    fclose(picture);
    if (getenv("CAMERA_LOG") && !journal) {
        journal = fopen(getenv("CAMERA_LOG"), "ab");
        if (!journal) return -1;
        setvbuf(journal, NULL, _IONBF, 0);
    }
    room = (size + 4095) & ~4095L;
    device = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | (flags & O_NONBLOCK ? TFD_NONBLOCK : 0));
    buffers = waits = on = 0;
    return device;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                                    \
    int name(const char *path, int flags, ...) {                      \
        va_list rest;                                                 \
        va_start(rest, flags);                                        \
        int mode = va_arg(rest, int);                                 \
        va_end(rest);                                                 \
        if (is_camera(path)) return open_camera(flags);               \
        return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name))(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)
OPEN(__open_2)
OPEN(__open64_2)

int close(int fd) {
    if (fd == device && fd >= 0) {
        device = -1;
        if (mapped) munmap(mapped, buffers * room);
        if (memory >= 0) NEXT(close)(memory);
        mapped = NULL;
        memory = -1;
    }
    return NEXT(close)(fd);
}

static void *map(void *at, size_t length, int protection, int flags, int fd, long offset) {
    void *(*next)(void *, size_t, int, int, int, long) = dlsym(RTLD_NEXT, "mmap");
    return next(at, length, protection, flags, fd >= 0 && fd == device ? memory : fd, offset);
}

void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset) {
    return map(at, length, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t length, int protection, int flags, int fd, off64_t offset) {
    return map(at, length, protection, flags, fd, offset);
}

static int refused(int error) {
    errno = error;
    return -1;
}

static int request_buffers(struct v4l2_requestbuffers *request) {
    if (request->memory != V4L2_MEMORY_MMAP) return refused(EINVAL);
    if (mapped) {
        munmap(mapped, buffers * room);
        NEXT(close)(memory);
        mapped = NULL;
        memory = -1;
    }
    if (request->count > MOST_BUFFERS) request->count = MOST_BUFFERS;
    buffers = request->count;
    waits = 0;
    if (!buffers) return 0;
    memory = memfd_create("camera", MFD_CLOEXEC);
    if (memory < 0 || ftruncate(memory, buffers * room) < 0) return -1;
    mapped = map(NULL, buffers * room, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    FILE *picture = fopen(getenv("CAMERA_PICTURE"), "rb");
    if (!picture || fread(mapped, 1, size, picture) != (size_t)size) return refused(EIO);
    fclose(picture);
    for (int i = 1; i < buffers; i++) memcpy(mapped + i * room, mapped, size);
    return 0;
}

static void describe(struct v4l2_buffer *buffer) {
    buffer->length = room;
    buffer->m.offset = buffer->index * room;
    buffer->flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    buffer->field = V4L2_FIELD_NONE;
}

static int queue(struct v4l2_buffer *buffer) {
    if (buffer->index >= (unsigned)buffers || waits == MOST_BUFFERS) return refused(EINVAL);
    waiting[waits++] = buffer->index;
    describe(buffer);
    return 0;
}

static long nanoseconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

/* What differs from picture to picture: which of several it is, and that it was given. */
static void expose(unsigned char *into) {
    if (pictures > 1) memcpy(into, album + (taken - 1) % pictures * size, size);
    if (!journal) return;
    long due = began + (long)(taken * (1e9 / rate()));
    long told[2] = {taken - 1, nanoseconds(CLOCK_REALTIME) - (nanoseconds(CLOCK_MONOTONIC) - due)};
    fwrite(told, sizeof told, 1, journal);
}

static int dequeue(struct v4l2_buffer *buffer) {
    unsigned long due;
    do {
        if (read(device, &due, sizeof due) < 0) return -1; /* EAGAIN when no frame is due yet */
        taken += due;
    } while (!waits && !(fcntl(device, F_GETFL) & O_NONBLOCK));
    if (!waits) return refused(EAGAIN);
    buffer->index = waiting[0];
    memmove(waiting, waiting + 1, --waits * sizeof waiting[0]);
    describe(buffer);
    expose(mapped + buffer->index * room);
    long nanos = nanoseconds(CLOCK_MONOTONIC);
    memcpy(mapped + buffer->index * room + 12, &nanos, sizeof nanos);
    buffer->timestamp.tv_sec = nanos / 1000000000;
    buffer->timestamp.tv_usec = nanos / 1000 % 1000000;
    buffer->bytesused = size;
    buffer->sequence = taken;
    return 0;
}

static int stream(int start) {
    long every = (long)(1e9 / rate());
    struct timespec gap = {start ? every / 1000000000L : 0, start ? every % 1000000000L : 0};
    on = start;
    if (!start) waits = 0;
    taken = 0;
    began = nanoseconds(CLOCK_MONOTONIC);
    return timerfd_settime(device, 0, &(struct itimerspec){gap, gap}, NULL);
}

static void format(struct v4l2_pix_format *pixels) {
    const char *wanted = getenv("CAMERA_SIZE");
    unsigned width = 1280, height = 720;
    if (wanted) sscanf(wanted, "%ux%u", &width, &height);
    memset(pixels, 0, sizeof *pixels);
    pixels->width = width;
    pixels->height = height;
    pixels->pixelformat = V4L2_PIX_FMT_MJPEG;
    pixels->field = V4L2_FIELD_NONE;
    pixels->sizeimage = room;
    pixels->colorspace = V4L2_COLORSPACE_JPEG;
}

static int capabilities(struct v4l2_capability *of) {
    memset(of, 0, sizeof *of);
    strcpy((char *)of->driver, "bench");
    strcpy((char *)of->card, "Camera of the benchmark");
    strcpy((char *)of->bus_info, "platform:bench");
    of->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
    of->capabilities = of->device_caps | V4L2_CAP_DEVICE_CAPS;
    return 0;
}

static int parameters(struct v4l2_streamparm *of) {
    memset(&of->parm, 0, sizeof of->parm);
    of->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
    of->parm.capture.timeperframe = (struct v4l2_fract){1, (unsigned)rate()}; /* whole rates: ustreamer wants a 1 above */
    return 0;
}

static int answer(unsigned long request, void *with) {
    switch (request) {
    case VIDIOC_QUERYCAP: return capabilities(with);
    case VIDIOC_ENUM_FMT: {
        struct v4l2_fmtdesc *of = with;
        if (of->index) return refused(EINVAL);
        of->pixelformat = V4L2_PIX_FMT_MJPEG;
        of->flags = V4L2_FMT_FLAG_COMPRESSED;
        strcpy((char *)of->description, "Motion-JPEG");
        return 0;
    }
    case VIDIOC_G_FMT:
    case VIDIOC_TRY_FMT:
    case VIDIOC_S_FMT: format(&((struct v4l2_format *)with)->fmt.pix); return 0;
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM: return parameters(with);
    case VIDIOC_S_INPUT:
    case VIDIOC_G_INPUT: *(int *)with = 0; return 0;
    case VIDIOC_ENUMINPUT: {
        struct v4l2_input *of = with;
        if (of->index) return refused(EINVAL);
        memset(of, 0, sizeof *of);
        strcpy((char *)of->name, "Camera");
        of->type = V4L2_INPUT_TYPE_CAMERA;
        return 0;
    }
    case VIDIOC_REQBUFS: return request_buffers(with);
    case VIDIOC_QUERYBUF:
        if (((struct v4l2_buffer *)with)->index >= (unsigned)buffers) return refused(EINVAL);
        describe(with);
        return 0;
    case VIDIOC_QBUF: return queue(with);
    case VIDIOC_DQBUF: return on ? dequeue(with) : refused(EINVAL);
    case VIDIOC_STREAMON: return stream(1);
    case VIDIOC_STREAMOFF: return stream(0);
    default: return refused(request == VIDIOC_QUERYCTRL ? EINVAL : ENOTTY);
    }
}

int ioctl(int fd, unsigned long request, ...) {
    va_list rest;
    va_start(rest, request);
    void *with = va_arg(rest, void *);
    va_end(rest);
    if (fd >= 0 && fd == device) return answer((unsigned)request, with);
    return ((int (*)(int, unsigned long, void *))dlsym(RTLD_NEXT, "ioctl"))(fd, request, with);
}
