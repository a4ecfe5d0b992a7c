/*
 * Crowds of viewers of numbered feeds on 127.0.0.1, in one thread: groups of fast, slow and dead ones, who gets what and how
 * far behind. What is received is thrown away in the kernel (MSG_TRUNC). The viewers come from eight loopback addresses, as
 * one has no more than 28,000 ports.
 *
 *   crowd PORT NEWEST SETTLE SECONDS COUNT:RATE:FEED...
 *
 * Each group is COUNT viewers of /feeds/FEED.mjpg, FEED being a number, whose frames are counted in the file NEWEST as
 * NumberedFeeds.java does. RATE: 0 takes all as it comes; a number takes so many bytes a second, with a small receive buffer
 * (such groups stand side by side); -1 never reads. When all are there and SETTLE seconds have passed it prints "begin",
 * measures for SECONDS, and prints for each group one line of "key=value" fields. It goes on viewing until its standard input
 * ends.
 *
 * A picture begins with SOI and two comments: the stamp that viewers.c describes, and FF FE 00 10, "NUMBER", the frame's number
 * (8 bytes, little-endian). Printed are the frames a second that the feed made (made) and that the viewers got (slowest,
 * fastest), the frames that one of them never got (lost), and by how many frames the picture that one shows has been behind the
 * newest at most (behind): 1 is a viewer that has each frame before the next is made. Ages are from the stamp to the picture's
 * last byte, in ms.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { HEAD = 42, SMALL_RECEIVE_BUFFER = 65536, ADDRESSES = 8, NEVER = -1 };

typedef struct {
    int count, feed;
    double rate;
    volatile long *newest; /* the number of the feed's newest frame; another process sets it */
    long newest_at_begin;
    double made; /* frames a second */
    float *ages; /* in ms */
    long held, room;
} group;

typedef struct {
    int fd;
    group *of;
    unsigned char head[512]; /* what was looked at and held no whole stamp yet */
    int held;
    long left;   /* bytes of the present picture still to come */
    int drained; /* the last receive got less than it asked for: there is no more now */
    double stamped;
    long coming, shown; /* numbers: of the present picture, of the last whole one; 0 before the first */
    long frames, lost, behind; /* since the measurement began */
    double paid;
} viewer;

static int epoll, measuring;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
    fprintf(stderr, "crowd: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int connected(int port, group *to, int number) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1, buffer = SMALL_RECEIVE_BUFFER;
    if (fd < 0) fail("a socket");
    if (to->rate > 0) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + number % ADDRESSES)};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0) fail("a loopback address");
    if (connect(fd, (struct sockaddr *)&at, sizeof at) < 0) fail("a connection");
    char request[512];
    int length = snprintf(request, sizeof request, "GET /feeds/%d.mjpg HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", to->feed, port);
    if (send(fd, request, length, MSG_NOSIGNAL) != length) fail("a request");
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

/* By how many frames what it shows is behind what its feed has made by now. */
static void look(viewer *v) {
    long behind = *v->of->newest - v->shown;
    if (behind > v->behind) v->behind = behind;
}

static void arrived(viewer *v) {
    group *g = v->of;
    if (measuring) {
        v->frames++;
        if (v->shown) {
            v->lost += v->coming - v->shown - 1;
            look(v);
        }
        if (g->held == g->room && !(g->ages = realloc(g->ages, (g->room = 2 * g->room + 1024) * sizeof *g->ages))) fail("memory");
        g->ages[g->held++] = (now() - v->stamped) * 1e3;
    }
    v->shown = v->coming;
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
        memcpy(&v->coming, at + 34, 8);
        v->stamped = nanos / 1e9;
        v->left = (long)length - behind;
        v->held = 0;
        return;
    }
    int keep = v->held < HEAD - 1 ? v->held : HEAD - 1;
    memmove(v->head, v->head + v->held - keep, keep);
    v->held = keep;
}

/* Receives at most so many bytes, and returns how many; 0 when there is nothing more now. */
static long follow(viewer *v, long most) {
    int in_picture = v->left > 0;
    long wanted = in_picture ? v->left : (long)sizeof v->head - v->held;
    if (wanted > most) wanted = most;
    long n = in_picture ? recv(v->fd, NULL, wanted, MSG_TRUNC) : recv(v->fd, v->head + v->held, wanted, 0);
    if (n == 0) fail("the server ended a response");
    if (n < 0 && errno != EAGAIN && errno != EINTR) fail("the server closed a connection");
    v->drained = n < wanted;
    if (n < 0) return 0;
    if (!in_picture) {
        v->held += n;
        find_stamp(v);
    } else if ((v->left -= n) == 0) {
        arrived(v);
    }
    return n;
}

static void pump(int timeout) {
    struct epoll_event ready[512];
    int count = epoll_wait(epoll, ready, 512, timeout);
    for (int i = 0; i < count; i++) {
        viewer *v = ready[i].data.ptr;
        while (follow(v, 1 << 24) > 0 && !v->drained) {
        }
    }
}

static int ended(void) {
    struct pollfd in = {.fd = 0, .events = POLLIN};
    char any[64];
    return poll(&in, 1, 0) > 0 && read(0, any, sizeof any) <= 0;
}

/* Serves all viewers until this time, or until the input ends; the slow ones get their bytes in slices of about 10 ms. */
static void serve(double until, viewer *slow, int slow_ones) {
    for (double t; (t = now()) < until && (until < 1e300 || !ended());) {
        pump(slow_ones ? 10 : 50);
        for (viewer *v = slow; v < slow + slow_ones; v++) {
            long due = (long)((now() - v->paid) * v->of->rate);
            if (due < v->of->rate / 100) continue;
            v->paid += due / v->of->rate;
            for (long n; due > 0 && (n = follow(v, due)) > 0;) due -= n;
        }
    }
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void print(group *g, viewer *first, double took) {
    printf("viewers=%d", g->count);
    if (g->rate == NEVER) {
        printf("\n");
        return;
    }
    long least = first->frames, most = 0, lost = 0, behind = 0;
    for (viewer *v = first; v < first + g->count; v++) {
        if (v->frames < least) least = v->frames;
        if (v->frames > most) most = v->frames;
        if (v->behind > behind) behind = v->behind;
        lost += v->lost;
    }
    printf(" frames=%ld made=%.2f slowest=%.2f fastest=%.2f lost=%ld behind=%ld", g->held, g->made, least / took, most / took, lost, behind);
    if (g->held) {
        qsort(g->ages, g->held, sizeof *g->ages, ascending);
        long last = g->held - 1;
        printf(" p50=%.3f p90=%.3f p99=%.3f max=%.3f", g->ages[last / 2], g->ages[last * 9 / 10], g->ages[last * 99 / 100], g->ages[last]);
    }
    printf("\n");
}

int main(int argc, char **argv) {
    int groups = argc - 5, port = argc > 5 ? atoi(argv[1]) : 0, total = 0, slow_ones = 0;
    if (groups < 1) {
        fprintf(stderr, "crowd: usage: crowd PORT NEWEST SETTLE SECONDS COUNT:RATE:FEED...\n");
        return 2;
    }
    int file = open(argv[2], O_RDONLY);
    struct stat about;
    if (file < 0 || fstat(file, &about) < 0) fail(argv[2]);
    volatile long *newest = mmap(NULL, about.st_size, PROT_READ, MAP_SHARED, file, 0);
    if (newest == MAP_FAILED) fail(argv[2]);
    double settle = atof(argv[3]), seconds = atof(argv[4]);
    group *all = calloc(groups, sizeof(group));
    for (int i = 0; i < groups; i++) {
        group *g = &all[i];
        if (sscanf(argv[5 + i], "%d:%lf:%d", &g->count, &g->rate, &g->feed) != 3 || g->feed < 0
            || g->feed >= about.st_size / 8) {
            fprintf(stderr, "crowd: %s is no group of viewers of a feed that there is\n", argv[5 + i]);
            return 2;
        }
        g->newest = &newest[g->feed];
        total += g->count;
    }
    epoll = epoll_create1(0);
    viewer *viewers = calloc(total, sizeof(viewer)), *slow = NULL, *v = viewers;
    for (int i = 0; i < groups; i++) {
        for (int k = 0; k < all[i].count; k++, v++) {
            v->of = &all[i];
            v->fd = connected(port, v->of, (int)(v - viewers));
            v->paid = now();
            struct epoll_event event = {.events = EPOLLIN, .data.ptr = v};
            if (v->of->rate == 0) epoll_ctl(epoll, EPOLL_CTL_ADD, v->fd, &event);
            if (v->of->rate > 0 && slow_ones++ == 0) slow = v; /* groups of slow ones follow each other */
            pump(0);
        }
    }
    serve(now() + settle, slow, slow_ones);
    printf("begin\n");
    fflush(stdout);
    double began = now();
    for (int i = 0; i < groups; i++) all[i].newest_at_begin = *all[i].newest;
    measuring = 1;
    serve(began + seconds, slow, slow_ones);
    measuring = 0;
    double took = now() - began;
    for (v = viewers; v < viewers + total; v++) look(v); /* at one that stands still nothing arrives */
    for (int i = 0; i < groups; i++) all[i].made = (*all[i].newest - all[i].newest_at_begin) / took;
    v = viewers;
    for (int i = 0; i < groups; v += all[i++].count) print(&all[i], v, took);
    fflush(stdout);
    serve(1e300, slow, slow_ones);
    return 0;
}
