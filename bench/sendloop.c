/*
 * The floor that a server's cost is compared with: sends one buffer, FPS times a second, to every connection there is.
 * No HTTP: what a client asks is not read. A connection that has not taken the last frame is passed over.
 *
 *   sendloop PICTURE FPS       prints the port it listens on, at 127.0.0.1
 *
 * PICTURE begins with the stamp that viewers.c describes; the time in it is set anew for each frame.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 4096, TIMER = -1, LISTENER = -2 };

static struct {
    int fd;
    long left; /* bytes of the last frame that it has not taken */
} viewers[MOST];
static int count, epoll;
static unsigned char *picture;
static long size;

static void watch(int fd, int events, int what) {
    struct epoll_event event = {.events = events, .data.u64 = (unsigned)what | (unsigned long)fd << 32};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event);
}

static void leave(int index) {
    close(viewers[index].fd);
    viewers[index] = viewers[--count];
    if (index < count) watch(viewers[index].fd, viewers[index].left ? EPOLLOUT : 0, index);
}

/* Sends what is left; false when the viewer has gone. */
static int push(int index, int waited) {
    long n = send(viewers[index].fd, picture + size - viewers[index].left, viewers[index].left, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) {
        leave(index);
        return 0;
    }
    if (n > 0) viewers[index].left -= n;
    if (viewers[index].left || waited) watch(viewers[index].fd, viewers[index].left ? EPOLLOUT : 0, index);
    return 1;
}

static void tick(int timer) {
    unsigned long expired;
    if (read(timer, &expired, sizeof expired) < 0) return;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    long nanos = t.tv_sec * 1000000000L + t.tv_nsec;
    memcpy(picture + 12, &nanos, sizeof nanos);
    for (int i = 0; i < count; i++) {
        if (viewers[i].left) continue; /* the newest would come behind what it has not taken */
        viewers[i].left = size;
        if (!push(i, 0)) i--;
    }
}

static void join(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK), yes = 1;
    if (fd < 0) return;
    if (count == MOST) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    viewers[count].fd = fd;
    viewers[count].left = 0;
    watch(fd, 0, count++);
}

static void load(const char *file) {
    FILE *in = fopen(file, "rb");
    if (!in || fseek(in, 0, SEEK_END) || (size = ftell(in)) < 24 || fseek(in, 0, SEEK_SET) || !(picture = malloc(size))
        || fread(picture, 1, size, in) != (size_t)size) {
        fprintf(stderr, "sendloop: %s is no picture that can be read\n", file);
        exit(1);
    }
    fclose(in);
}

static int listening(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 1024) || getsockname(fd, (struct sockaddr *)&at, &length)) {
        perror("sendloop: listen");
        exit(1);
    }
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv) {
    if (argc != 3 || atof(argv[2]) <= 0) {
        fprintf(stderr, "sendloop: usage: sendloop PICTURE FPS\n");
        return 2;
    }
    load(argv[1]);
    epoll = epoll_create1(0);
    int listener = listening(), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    long every = (long)(1e9 / atof(argv[2]));
    struct timespec gap = {every / 1000000000L, every % 1000000000L};
    timerfd_settime(timer, 0, &(struct itimerspec){gap, gap}, NULL);
    watch(timer, EPOLLIN, TIMER);
    watch(listener, EPOLLIN, LISTENER);
    for (struct epoll_event ready[64];;) {
        int n = epoll_wait(epoll, ready, 64, -1);
        for (int i = 0; i < n; i++) {
            int what = (int)ready[i].data.u64, fd = (int)(ready[i].data.u64 >> 32);
            if (what == TIMER) tick(fd);
            else if (what == LISTENER) join(fd);
            else if (what >= count || viewers[what].fd != fd) continue; /* it left, or moved, in this round */
            else if (ready[i].events & (EPOLLERR | EPOLLHUP)) leave(what);
            else if (viewers[what].left) push(what, 1);
        }
    }
}
