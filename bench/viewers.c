/*
 * Viewers of an MJPEG feed on 127.0.0.1, in one thread, as cheap as a viewer can be: what is received is thrown away in
 * the kernel (MSG_TRUNC), so that on a machine that also runs the server the server has the processors.
 *
 *   viewers cost PORT PATH VIEWERS SETTLE SECONDS BYTES PID...
 *   viewers age  PORT PATH VIEWERS SETTLE SECONDS RATE
 *
 * After SETTLE seconds it measures for SECONDS and prints one line of "key=value" fields.
 *
 * cost: frames are counted by bytes, BYTES each, so that a part's header counts as 0.2 % of a frame of 60,000. CPU is the run
 * time that the scheduler counted for the living threads of the processes PID, over the same seconds.
 * age: the time from a frame's stamp to the arrival of its last byte. The stamp is a JPEG comment right behind SOI: FF D8 FF FE
 * 00 14, "STAMP!", CLOCK_MONOTONIC in nanoseconds (8 bytes), the picture's length (4 bytes), both little-endian. With a RATE
 * one more viewer reads only so many bytes a second into a small receive buffer.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD = 24, SMALL_RECEIVE_BUFFER = 65536, MOST_AGES = 4000000 };

typedef struct {
    int fd;
    long bytes;               /* received since the measurement began */
    unsigned char head[2048]; /* age: the bytes that were looked at and held no whole stamp yet */
    int held;
    long left;                /* age: bytes of the present picture still to come */
    double stamped;
} viewer;

typedef struct {
    double *all;
    long count;
} ages;

static int epoll, ageing, measuring;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int connected(int port, const char *path, int receive_buffer) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) fail("viewers: socket");
    if (receive_buffer) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) fail("viewers: connect");
    char request[512];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", path, port);
    if (send(fd, request, length, MSG_NOSIGNAL) != length) fail("viewers: request");
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

/* Receives up to this many bytes, thrown away when into is null. 0: nothing there now. */
static long receive(viewer *v, void *into, long most) {
    long n = recv(v->fd, into, most, into ? 0 : MSG_TRUNC);
    if (n == 0) {
        fprintf(stderr, "viewers: the server closed a connection\n");
        exit(1);
    }
    if (n < 0 && errno != EAGAIN && errno != EINTR) fail("viewers: receive");
    if (n < 0) return 0;
    if (measuring) v->bytes += n;
    return n;
}

static void arrived(viewer *v, ages *into) {
    if (measuring && into->count < MOST_AGES) into->all[into->count++] = now() - v->stamped;
}

/* Looks for a stamp in what is held; with one, the rest of its picture is what is left to come. */
static void find_stamp(viewer *v) {
    static const unsigned char mark[12] = {0xff, 0xd8, 0xff, 0xfe, 0, 20, 'S', 'T', 'A', 'M', 'P', '!'};
    unsigned char *at = memmem(v->head, v->held, mark, sizeof mark);
    int behind = at ? v->held - (int)(at - v->head) : 0;
    if (behind >= HEAD) {
        long nanos;
        unsigned length;
        memcpy(&nanos, at + 12, 8);
        memcpy(&length, at + 20, 4);
        v->stamped = nanos / 1e9;
        v->left = (long)length - behind;
        v->held = 0;
        if (v->left <= 0) { /* so small a picture ends in what was looked at: its successor's stamp may too */
            fprintf(stderr, "viewers: pictures under 2 KB cannot be followed\n");
            exit(1);
        }
        return;
    }
    int keep = v->held < HEAD - 1 ? v->held : HEAD - 1;
    memmove(v->head, v->head + v->held - keep, keep);
    v->held = keep;
}

/* One receive of a viewer that reads stamps, of at most so many bytes; how many it was. */
static long follow(viewer *v, long most, ages *into) {
    if (v->left > 0) {
        long n = receive(v, NULL, v->left < most ? v->left : most);
        v->left -= n;
        if (n > 0 && v->left == 0) arrived(v, into);
        return n;
    }
    long room = (long)sizeof v->head - v->held;
    long n = receive(v, v->head + v->held, room < most ? room : most);
    v->held += n;
    if (n > 0) find_stamp(v);
    return n;
}

static void pump(int timeout, ages *into) {
    struct epoll_event ready[256];
    int count = epoll_wait(epoll, ready, 256, timeout);
    for (int i = 0; i < count; i++) {
        viewer *v = ready[i].data.ptr;
        if (ageing) {
            while (follow(v, 1 << 20, into) > 0) {
            }
        } else {
            receive(v, NULL, 1 << 24);
        }
    }
}

static double run_time(int pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks) fail("viewers: the server's process");
    double sum = 0;
    for (struct dirent *task; (task = readdir(tasks));) {
        if (task->d_name[0] == '.') continue;
        char file[400];
        snprintf(file, sizeof file, "%s/%s/schedstat", path, task->d_name);
        FILE *in = fopen(file, "r");
        unsigned long long nanos = 0;
        if (in && fscanf(in, "%llu", &nanos) == 1) sum += nanos / 1e9;
        if (in) fclose(in);
    }
    closedir(tasks);
    return sum;
}

static double run_times(int count, char **pids) {
    double sum = 0;
    for (int i = 0; i < count; i++) sum += run_time(atoi(pids[i]));
    return sum;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_ages(const char *name, ages *of) {
    qsort(of->all, of->count, sizeof(double), ascending);
    printf(" %s_frames=%ld", name, of->count);
    if (of->count == 0) return;
    long last = of->count - 1;
    printf(" %s_p50=%.3f %s_p90=%.3f %s_p99=%.3f %s_max=%.3f", name, of->all[last / 2] * 1e3, name,
           of->all[last * 9 / 10] * 1e3, name, of->all[last * 99 / 100] * 1e3, name, of->all[last] * 1e3);
}

/* Serves all viewers until this time; the slow one gets its bytes in slices of about 10 ms. */
static void serve(double until, ages *fast, viewer *slow, double rate, ages *late) {
    static double paid;
    if (paid == 0) paid = now();
    for (double t; (t = now()) < until;) {
        pump(slow ? 10 : 50, fast);
        long due = slow ? (long)((now() - paid) * rate) : 0;
        if (due < rate / 100) continue;
        paid += due / rate;
        for (long n; due > 0 && (n = follow(slow, due, late)) > 0;) due -= n;
    }
}

int main(int argc, char **argv) {
    if (argc < 8) {
        fprintf(stderr, "viewers: usage: viewers cost|age PORT PATH VIEWERS SETTLE SECONDS BYTES|RATE PID...\n");
        return 2;
    }
    ageing = !strcmp(argv[1], "age");
    int port = atoi(argv[2]), count = atoi(argv[4]);
    double settle = atof(argv[5]), seconds = atof(argv[6]), bytes = atof(argv[7]);
    ages fast = {0}, late = {0};
    if (ageing) {
        fast.all = malloc(MOST_AGES * sizeof(double));
        late.all = malloc(MOST_AGES * sizeof(double));
    }
    epoll = epoll_create1(0);
    viewer *all = calloc(count + 1, sizeof(viewer)), *slow = NULL;
    for (int i = 0; i < count; i++) {
        all[i].fd = connected(port, argv[3], 0);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
        epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &event);
        pump(0, &fast);
    }
    if (ageing && bytes > 0) {
        slow = &all[count];
        slow->fd = connected(port, argv[3], SMALL_RECEIVE_BUFFER);
    }
    serve(now() + settle, &fast, slow, bytes, &late);

    double cpu = ageing ? 0 : run_times(argc - 8, argv + 8), began = now();
    measuring = 1;
    serve(began + seconds, &fast, slow, bytes, &late);
    measuring = 0;
    double took = now() - began;
    printf("seconds=%.3f", took);
    if (ageing) {
        print_ages("fast", &fast);
        if (slow) print_ages("slow", &late);
    } else {
        cpu = run_times(argc - 8, argv + 8) - cpu;
        double total = 0, least = 1e300, most = 0;
        for (int i = 0; i < count; i++) {
            double frames = all[i].bytes / bytes;
            total += frames;
            if (frames < least) least = frames;
            if (frames > most) most = frames;
        }
        printf(" frames=%.0f slowest=%.2f fastest=%.2f cpu=%.4f micros=%.2f", total, least / took, most / took, cpu,
               total > 0 ? cpu / total * 1e6 : 0.0);
    }
    printf("\n");
    return 0;
}
