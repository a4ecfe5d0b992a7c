/*
 * V4L2 cameras in user space for the tests: preloaded (LD_PRELOAD) it answers for /dev/video* like drivers of cameras. Everything
 * about them lies in the folder $CAMERAS, so that a test changes it while the program runs:
 *
 *   dev/videoN   a camera that is plugged in; removed, it is unplugged. Lines, each once but for the last two:
 *                  name TEXT             what it calls itself
 *                  bus TEXT              where it is plugged in
 *                  forbidden             it cannot be opened: EACCES
 *                  busy                  another program streams: EBUSY
 *                  format FOURCC WIDTHxHEIGHT FPS[,FPS...]
 *                  control ID TYPE LEAST MOST STEP USUAL NAME
 *   dev/v4l      links as udev makes them
 *   pictures/N.jpg   what the cameras give in MJPG, N from 0 on, again and again; in YUYV and NV12 they give one colour, Y 150, U 90
 *                and V 170, and in GREY 150; a control of the id 980900, the brightness, is added to the 150
 *   fault        how every second picture is from now on: short, cut, empty, corrupt, long, error (the driver's own mark); or hung:
 *                no picture comes; or nothing
 *
 * The descriptor of a camera is a timer, so that poll waits for the next picture by itself.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { CAMERAS = 32, BUFFERS = 8, FORMATS = 16, CONTROLS = 16, ROOM = 4 << 20 };

struct format { unsigned fourcc, width, height, rates[8], count; };
struct control { unsigned id, type; int least, most, step, usual, value; char name[32]; };
struct camera {
    int fd, memory, buffers, busy, taken, waits;
    char file[4096], name[32], bus[32];
    struct format formats[FORMATS], now;
    struct control controls[CONTROLS];
    int formatCount, controlCount;
    unsigned fps;
    int waiting[BUFFERS];
    unsigned char *mapped;
};

static struct camera cameras[CAMERAS]; /* those that are open; fd 0: a free place */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int refused(int error) {
    errno = error;
    return -1;
}

static const char *within(const char *path, char *to, size_t size) {
    snprintf(to, size, "%s/%s", getenv("CAMERAS") ? getenv("CAMERAS") : "/nowhere", path);
    return to;
}

static struct camera *of(int fd) {
    for (int i = 0; fd > 0 && i < CAMERAS; i++)
        if (cameras[i].fd == fd) return &cameras[i];
    return NULL;
}

static int unplugged(struct camera *camera) {
    return access(camera->file, F_OK) != 0;
}

/* --- what a camera is ------------------------------------------------------------------------------------------------------ */

static void add_format(struct camera *camera, const char *line) {
    char code[8], rates[128];
    struct format *format = &camera->formats[camera->formatCount];
    if (camera->formatCount == FORMATS || sscanf(line, "format %4s %ux%u %127s", code, &format->width, &format->height, rates) != 4) return;
    format->fourcc = v4l2_fourcc(code[0], code[1], code[2], code[3]);
    format->count = 0;
    for (char *rate = strtok(rates, ","); rate && format->count < 8; rate = strtok(NULL, ",")) format->rates[format->count++] = atoi(rate);
    camera->formatCount++;
}

static void add_control(struct camera *camera, const char *line) {
    struct control *of = &camera->controls[camera->controlCount];
    if (camera->controlCount == CONTROLS
        || sscanf(line, "control %x %u %d %d %d %d %31[^\n]", &of->id, &of->type, &of->least, &of->most, &of->step, &of->usual, of->name) != 7) return;
    of->value = of->usual;
    camera->controlCount++;
}

/* Reads its file; what the camera's open gives. */
static int describe(struct camera *camera) {
    FILE *file = NEXT(fopen)(camera->file, "r");
    if (!file) return refused(ENOENT);
    char line[256];
    int forbidden = 0;
    while (fgets(line, sizeof line, file)) {
        sscanf(line, "name %31[^\n]", camera->name);
        sscanf(line, "bus %31[^\n]", camera->bus);
        if (!strncmp(line, "forbidden", 9)) forbidden = 1;
        if (!strncmp(line, "busy", 4)) camera->busy = 1;
        if (!strncmp(line, "format ", 7)) add_format(camera, line);
        if (!strncmp(line, "control ", 8)) add_control(camera, line);
    }
    fclose(file);
    return forbidden ? refused(EACCES) : 0;
}

static int open_camera(const char *file) {
    struct camera *camera = NULL;
    for (int i = 0; i < CAMERAS && !camera; i++)
        if (!cameras[i].fd) camera = &cameras[i];
    if (!camera) return refused(EMFILE);
    memset(camera, 0, sizeof *camera);
    snprintf(camera->file, sizeof camera->file, "%s", file);
    camera->memory = -1;
    if (describe(camera) < 0) return -1;
    camera->now = camera->formats[0];
    camera->fps = camera->now.count ? camera->now.rates[0] : 30;
    return camera->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
}

/* --- pictures -------------------------------------------------------------------------------------------------------------- */

static void fault(char *kind, size_t size) {
    char path[512];
    FILE *file = NEXT(fopen)(within("fault", path, sizeof path), "r");
    kind[0] = 0;
    if (!file) return;
    if (!fgets(kind, size, file)) kind[0] = 0;
    kind[strcspn(kind, "\n")] = 0;
    fclose(file);
}

/* Bytes from one row to the next, of the first plane; none of a JPEG. */
static long stride(const struct camera *camera) {
    switch (camera->now.fourcc) {
    case V4L2_PIX_FMT_YUYV: return camera->now.width * 2L;
    case V4L2_PIX_FMT_NV12:
    case V4L2_PIX_FMT_GREY: return camera->now.width;
    default: return 0;
    }
}

static int brightness(const struct camera *camera) {
    for (int i = 0; i < camera->controlCount; i++)
        if (camera->controls[i].id == V4L2_CID_BRIGHTNESS) return camera->controls[i].value;
    return 0;
}

static long paint(const struct camera *camera, unsigned char *into) {
    int luma = 150 + brightness(camera);
    long plane = stride(camera) * camera->now.height;
    int packed = camera->now.fourcc == V4L2_PIX_FMT_YUYV;
    for (long i = 0; i < plane; i++) into[i] = !packed || i % 2 == 0 ? luma : i % 4 == 1 ? 90 : 170;
    if (camera->now.fourcc != V4L2_PIX_FMT_NV12) return plane;
    for (long i = 0; i < plane / 2; i++) into[plane + i] = i % 2 ? 170 : 90;
    return plane + plane / 2;
}

static long draw(struct camera *camera, unsigned char *into) {
    if (stride(camera)) return paint(camera, into);
    char name[64], path[512];
    snprintf(name, sizeof name, "pictures/%d.jpg", camera->taken);
    FILE *file = NEXT(fopen)(within(name, path, sizeof path), "rb");
    if (!file) {
        camera->taken = 0;
        file = NEXT(fopen)(within("pictures/0.jpg", path, sizeof path), "rb");
    }
    if (!file) return 0;
    long size = fread(into, 1, ROOM, file);
    fclose(file);
    camera->taken++;
    return size;
}

static void place(struct v4l2_buffer *buffer) {
    buffer->length = ROOM;
    buffer->m.offset = buffer->index * ROOM;
    buffer->flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
}

static int dequeue(struct camera *camera, struct v4l2_buffer *buffer) {
    unsigned long due;
    char kind[32];
    static unsigned turn;
    if (read(camera->fd, &due, sizeof due) < 0) return -1; /* EAGAIN when none is due yet */
    fault(kind, sizeof kind);
    if (!camera->waits || !strcmp(kind, "hung")) return refused(EAGAIN);
    buffer->index = camera->waiting[0];
    memmove(camera->waiting, camera->waiting + 1, --camera->waits * sizeof camera->waiting[0]);
    unsigned char *into = camera->mapped + (long)buffer->index * ROOM;
    long size = draw(camera, into);
    place(buffer);
    if (turn++ % 2) kind[0] = 0;
    if (!strcmp(kind, "short")) size = stride(camera) ? size - 2 : 100;
    if (!strcmp(kind, "cut")) size = size / 2;
    if (!strcmp(kind, "empty")) size = 0;
    if (!strcmp(kind, "corrupt")) memset(into + size / 4, 0xFF, size / 2);
    if (!strcmp(kind, "long")) size = ROOM + 1;
    if (!strcmp(kind, "error")) buffer->flags |= V4L2_BUF_FLAG_ERROR;
    buffer->bytesused = size;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    buffer->timestamp.tv_sec = now.tv_sec;
    buffer->timestamp.tv_usec = now.tv_nsec / 1000;
    return 0;
}

static int stream(struct camera *camera, int start) {
    struct timespec gap = {0, start ? 1000000000L / camera->fps - 1 : 0};
    if (!start) camera->waits = 0;
    return timerfd_settime(camera->fd, 0, &(struct itimerspec){gap, gap}, NULL);
}

static int request_buffers(struct camera *camera, struct v4l2_requestbuffers *request) {
    if (request->memory != V4L2_MEMORY_MMAP || camera->mapped) return refused(EINVAL);
    if (request->count > BUFFERS) request->count = BUFFERS;
    camera->buffers = request->count;
    camera->memory = memfd_create("camera", MFD_CLOEXEC);
    if (camera->memory < 0 || ftruncate(camera->memory, (long)camera->buffers * ROOM) < 0) return -1;
    camera->mapped = NEXT(mmap)(NULL, (long)camera->buffers * ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, camera->memory, 0);
    return 0;
}

/* --- requests -------------------------------------------------------------------------------------------------------------- */

static int capabilities(struct camera *camera, struct v4l2_capability *to) {
    memset(to, 0, sizeof *to);
    strcpy((char *)to->driver, "test");
    memcpy(to->card, camera->name, sizeof camera->name);
    memcpy(to->bus_info, camera->bus, sizeof camera->bus);
    to->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_META_CAPTURE | V4L2_CAP_DEVICE_CAPS;
    to->device_caps = camera->formatCount ? V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING : V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING;
    return 0;
}

/* The format of this number, those of one pixel format standing together. */
static int enumerate_formats(struct camera *camera, struct v4l2_fmtdesc *to) {
    unsigned seen = 0, last = 0;
    for (int i = 0; i < camera->formatCount; i++) {
        if (camera->formats[i].fourcc == last) continue;
        last = camera->formats[i].fourcc;
        if (seen++ == to->index) {
            to->pixelformat = last;
            return 0;
        }
    }
    return refused(EINVAL);
}

static int enumerate_sizes(struct camera *camera, struct v4l2_frmsizeenum *to) {
    unsigned seen = 0;
    for (int i = 0; i < camera->formatCount; i++) {
        if (camera->formats[i].fourcc != to->pixel_format || seen++ != to->index) continue;
        to->type = V4L2_FRMSIZE_TYPE_DISCRETE;
        to->discrete.width = camera->formats[i].width;
        to->discrete.height = camera->formats[i].height;
        return 0;
    }
    return refused(EINVAL);
}

static struct format *find(struct camera *camera, unsigned fourcc, unsigned width, unsigned height) {
    for (int i = 0; i < camera->formatCount; i++) {
        struct format *one = &camera->formats[i];
        if (one->fourcc == fourcc && one->width == width && one->height == height) return one;
    }
    return NULL;
}

static int enumerate_rates(struct camera *camera, struct v4l2_frmivalenum *to) {
    struct format *format = find(camera, to->pixel_format, to->width, to->height);
    if (!format || to->index >= format->count) return refused(EINVAL);
    to->type = V4L2_FRMIVAL_TYPE_DISCRETE;
    to->discrete = (struct v4l2_fract){1, format->rates[to->index]};
    return 0;
}

static int set_format(struct camera *camera, struct v4l2_format *to, int set) {
    struct v4l2_pix_format *pixels = &to->fmt.pix;
    if (camera->busy && set) return refused(EBUSY);
    struct format *format = set ? find(camera, pixels->pixelformat, pixels->width, pixels->height) : NULL;
    if (format) camera->now = *format;
    memset(pixels, 0, sizeof *pixels);
    pixels->width = camera->now.width;
    pixels->height = camera->now.height;
    pixels->pixelformat = camera->now.fourcc;
    pixels->field = V4L2_FIELD_NONE;
    pixels->bytesperline = stride(camera);
    pixels->sizeimage = ROOM;
    pixels->colorspace = V4L2_COLORSPACE_SRGB;
    return 0;
}

static int rate(struct camera *camera, struct v4l2_streamparm *to, int set) {
    struct v4l2_fract *interval = &to->parm.capture.timeperframe;
    if (set && interval->numerator) camera->fps = interval->denominator / interval->numerator;
    memset(&to->parm, 0, sizeof to->parm);
    to->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
    *interval = (struct v4l2_fract){1, camera->fps};
    return 0;
}

static int query_control(struct camera *camera, struct v4l2_queryctrl *to) {
    unsigned after = to->id & ~V4L2_CTRL_FLAG_NEXT_CTRL;
    for (int i = 0; i < camera->controlCount; i++) {
        struct control *one = &camera->controls[i];
        if (to->id & V4L2_CTRL_FLAG_NEXT_CTRL ? one->id <= after : one->id != after) continue;
        memset(to, 0, sizeof *to);
        to->id = one->id;
        to->type = one->type;
        to->minimum = one->least;
        to->maximum = one->most;
        to->step = one->step;
        to->default_value = one->usual;
        memcpy(to->name, one->name, sizeof one->name);
        return 0;
    }
    return refused(EINVAL);
}

static int value(struct camera *camera, struct v4l2_control *to, int set) {
    for (int i = 0; i < camera->controlCount; i++) {
        if (camera->controls[i].id != to->id) continue;
        if (set) camera->controls[i].value = to->value;
        to->value = camera->controls[i].value;
        return 0;
    }
    return refused(EINVAL);
}

static int answer(struct camera *camera, unsigned request, void *with) {
    if (unplugged(camera)) return refused(ENODEV);
    struct v4l2_buffer *buffer = with;
    switch (request) {
    case VIDIOC_QUERYCAP: return capabilities(camera, with);
    case VIDIOC_ENUM_FMT: return enumerate_formats(camera, with);
    case VIDIOC_ENUM_FRAMESIZES: return enumerate_sizes(camera, with);
    case VIDIOC_ENUM_FRAMEINTERVALS: return enumerate_rates(camera, with);
    case VIDIOC_G_FMT: return set_format(camera, with, 0);
    case VIDIOC_S_FMT: return set_format(camera, with, 1);
    case VIDIOC_G_PARM: return rate(camera, with, 0);
    case VIDIOC_S_PARM: return rate(camera, with, 1);
    case VIDIOC_QUERYCTRL: return query_control(camera, with);
    case VIDIOC_QUERYMENU: {
        struct v4l2_querymenu *menu = with;
        if (menu->index == 2) return refused(EINVAL); /* menus have gaps */
        snprintf((char *)menu->name, sizeof menu->name, "choice %u", menu->index);
        return 0;
    }
    case VIDIOC_G_CTRL: return value(camera, with, 0);
    case VIDIOC_S_CTRL: return value(camera, with, 1);
    case VIDIOC_REQBUFS: return request_buffers(camera, with);
    case VIDIOC_QUERYBUF:
        if (buffer->index >= (unsigned)camera->buffers) return refused(EINVAL);
        place(buffer);
        return 0;
    case VIDIOC_QBUF:
        if (buffer->index >= (unsigned)camera->buffers || camera->waits == BUFFERS) return refused(EINVAL);
        camera->waiting[camera->waits++] = buffer->index;
        return 0;
    case VIDIOC_DQBUF: return dequeue(camera, buffer);
    case VIDIOC_STREAMON: return stream(camera, 1);
    case VIDIOC_STREAMOFF: return stream(camera, 0);
    default: return refused(ENOTTY);
    }
}

/* --- the system's calls ---------------------------------------------------------------------------------------------------- */

/* Where a path of /dev leads: NULL for one that is not ours. */
static const char *redirected(const char *path, char *to, size_t size) {
    if (!path || !getenv("CAMERAS")) return NULL;
    if (!strcmp(path, "/dev") || !strncmp(path, "/dev/video", 10) || !strncmp(path, "/dev/v4l", 8)) return within(path + 1, to, size);
    return NULL;
}

static int open_any(const char *path, int flags, int mode, int (*next)(const char *, int, ...)) {
    char to[512], real[4096];
    const char *ours = redirected(path, to, sizeof to);
    if (!ours) return next(path, flags, mode);
    if (flags & O_DIRECTORY || !strcmp(path, "/dev") || !strcmp(path, "/dev/v4l/by-id")) return next(ours, flags, mode);
    if (!realpath(ours, real)) return -1;
    pthread_mutex_lock(&lock);
    int fd = open_camera(real);
    pthread_mutex_unlock(&lock);
    return fd;
}

#define OPEN(name)                                                                                                 \
    int name(const char *path, int flags, ...) {                                                                   \
        va_list rest;                                                                                              \
        va_start(rest, flags);                                                                                     \
        int mode = va_arg(rest, int);                                                                              \
        va_end(rest);                                                                                              \
        return open_any(path, flags, mode, (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name));              \
    }
OPEN(open)
OPEN(open64)

DIR *opendir(const char *path) {
    char to[512];
    const char *ours = redirected(path, to, sizeof to);
    return NEXT(opendir)(ours ? ours : path);
}

ssize_t readlink(const char *path, char *into, size_t size) {
    char to[512];
    const char *ours = redirected(path, to, sizeof to);
    return NEXT(readlink)(ours ? ours : path, into, size);
}

int close(int fd) {
    pthread_mutex_lock(&lock);
    struct camera *camera = of(fd);
    if (camera) {
        if (camera->mapped) NEXT(munmap)(camera->mapped, (long)camera->buffers * ROOM);
        if (camera->memory >= 0) NEXT(close)(camera->memory);
        camera->fd = 0;
    }
    int code = NEXT(close)(fd);
    pthread_mutex_unlock(&lock);
    return code;
}

int ioctl(int fd, unsigned long request, ...) {
    va_list rest;
    va_start(rest, request);
    void *with = va_arg(rest, void *);
    va_end(rest);
    pthread_mutex_lock(&lock);
    struct camera *camera = of(fd);
    int code = camera ? answer(camera, request, with) : 0;
    pthread_mutex_unlock(&lock);
    return camera ? code : ((int (*)(int, unsigned long, void *))dlsym(RTLD_NEXT, "ioctl"))(fd, request, with);
}

static void *map(void *at, size_t length, int protection, int flags, int fd, long offset) {
    void *(*next)(void *, size_t, int, int, int, long) = dlsym(RTLD_NEXT, "mmap");
    struct camera *camera = fd > 0 ? of(fd) : NULL;
    return next(at, length, protection, flags, camera ? camera->memory : fd, offset);
}

void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset) {
    return map(at, length, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t length, int protection, int flags, int fd, off64_t offset) {
    return map(at, length, protection, flags, fd, offset);
}

int poll(struct pollfd *entries, nfds_t count, int millis) {
    int ready = NEXT(poll)(entries, count, millis);
    struct camera *camera = count == 1 ? of(entries->fd) : NULL;
    if (camera && unplugged(camera)) {
        entries->revents = POLLERR | POLLHUP;
        return 1;
    }
    return ready;
}
