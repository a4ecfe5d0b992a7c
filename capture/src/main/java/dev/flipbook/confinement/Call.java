package dev.flipbook.confinement;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A Linux system call and its number on each {@link Machine}, from asm/unistd_64.h and asm-generic/unistd.h of Linux
 * 6.1. Immutable.
 *
 * @param x86 the number on x86_64, or {@link #NONE}
 * @param aarch64 the number on aarch64, or {@link #NONE}
 */
record Call(String name, int x86, int aarch64) {

    /** Stands for the number of a call that a machine does not have. */
    static final int NONE = -1;

    /** Highest number in these tables, the same on both machines. Higher numbers belong to later kernels. */
    static final int LAST = 450;

    static final Call CLONE = new Call("clone", 56, 220);
    static final Call OPEN = new Call("open", 2, NONE);
    static final Call OPENAT = new Call("openat", 257, 56);
    static final Call SOCKET = new Call("socket", 41, 198);
    static final Call TGKILL = new Call("tgkill", 234, 131);
    static final Call PRCTL = new Call("prctl", 157, 167);
    static final Call PRLIMIT64 = new Call("prlimit64", 302, 261);
    static final Call IOCTL = new Call("ioctl", 16, 29);
    static final Call FCNTL = new Call("fcntl", 72, 25);
    static final Call SETSID = new Call("setsid", 112, 157);
    static final Call GETPPID = new Call("getppid", 110, 173);
    static final Call CLOSE = new Call("close", 3, 57);
    static final Call LANDLOCK_CREATE_RULESET = new Call("landlock_create_ruleset", 444, 444);
    static final Call LANDLOCK_ADD_RULE = new Call("landlock_add_rule", 445, 445);
    static final Call LANDLOCK_RESTRICT_SELF = new Call("landlock_restrict_self", 446, 446);
    static final Call SECCOMP = new Call("seccomp", 317, 277);

    /**
     * Calls that no decoder needs and that could reach beyond it: other processes, names and permissions of files,
     * settings of the machine, its own rights.
     */
    static final List<Call> FORBIDDEN = table("""
            execve 59 221, execveat 322 281, fork 57 -, vfork 58 -, ptrace 101 117, process_vm_readv 310 270,
            process_vm_writev 311 271, process_madvise 440 440, process_mrelease 448 448, kcmp 312 272,
            kill 62 129, tkill 200 130, rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240, pidfd_open 434 434,
            pidfd_getfd 438 438, pidfd_send_signal 424 424, setpgid 109 154,
            truncate 76 45, rename 82 -, renameat 264 38, renameat2 316 276, mkdir 83 -, mkdirat 258 34,
            rmdir 84 -, link 86 -, linkat 265 37, unlink 87 -, unlinkat 263 35, symlink 88 -, symlinkat 266 36,
            mknod 133 -, mknodat 259 33,
            chmod 90 -, fchmod 91 52, fchmodat 268 53, chown 92 -, fchown 93 55, lchown 94 -, fchownat 260 54,
            utime 132 -, utimes 235 -, futimesat 261 -, utimensat 280 88,
            setxattr 188 5, lsetxattr 189 6, fsetxattr 190 7, removexattr 197 14, lremovexattr 198 15,
            fremovexattr 199 16, memfd_create 319 279, memfd_secret 447 447,
            inotify_init 253 -, inotify_init1 294 26, inotify_add_watch 254 27, fanotify_init 300 262,
            fanotify_mark 301 263, name_to_handle_at 303 264, open_by_handle_at 304 265, lookup_dcookie 212 18,
            mount 165 40, umount2 166 39, pivot_root 155 41, chroot 161 51, open_tree 428 428,
            move_mount 429 429, fsopen 430 430, fsconfig 431 431, fsmount 432 432, fspick 433 433,
            mount_setattr 442 442, unshare 272 97, setns 308 268,
            swapon 167 224, swapoff 168 225, quotactl 179 60, quotactl_fd 443 443, acct 163 89, sync 162 81,
            syncfs 306 267, vhangup 153 58, reboot 169 142, sethostname 170 161, setdomainname 171 162,
            syslog 103 116,
            init_module 175 105, finit_module 313 273, delete_module 176 106, kexec_load 246 104,
            kexec_file_load 320 294, iopl 172 -, ioperm 173 -, modify_ldt 154 -, uselib 134 -,
            personality 135 92,
            settimeofday 164 170, clock_settime 227 112, adjtimex 159 171, clock_adjtime 305 266,
            setuid 105 146, setgid 106 144, setreuid 113 145, setregid 114 143, setresuid 117 147,
            setresgid 119 149, setfsuid 122 151, setfsgid 123 152, setgroups 116 159, capset 126 91,
            setrlimit 160 164,
            setpriority 141 140, ioprio_set 251 30, sched_setparam 142 118, sched_setscheduler 144 119,
            sched_setattr 314 274, sched_setaffinity 203 122, migrate_pages 256 238, move_pages 279 239,
            shmget 29 194, shmat 30 196, shmctl 31 195, semget 64 190, semop 65 193, semctl 66 191,
            semtimedop 220 192, msgget 68 186, msgsnd 69 189, msgrcv 70 188, msgctl 71 187, mq_open 240 180,
            mq_unlink 241 181,
            add_key 248 217, request_key 249 218, keyctl 250 219, bpf 321 280, perf_event_open 298 241,
            userfaultfd 323 282, seccomp 317 277, io_setup 206 0, io_submit 209 2
            """);

    /**
     * Newer calls that do the same as older ones but whose arguments a filter cannot check. The C library and the JVM
     * have fallbacks for kernels without them.
     */
    static final List<Call> NEWER = table("""
            clone3 435 435, openat2 437 437, io_uring_setup 425 425, io_uring_enter 426 426,
            io_uring_register 427 427
            """);

    /** Calls that wait for connections. */
    static final List<Call> SERVING = table("""
            listen 50 201, accept 43 202, accept4 288 242
            """);

    /** Calls that reach other machines, or other programs on this one. */
    static final List<Call> SENDING = table("""
            bind 49 200, connect 42 203, sendto 44 206, sendmsg 46 211, sendmmsg 307 269
            """);

    /**
     * Parses a table: for each call its name, its number on x86_64 and its number on aarch64; a dash stands for no
     * number.
     */
    private static List<Call> table(String text) {
        return Stream.of(text.strip().split(",\\s+"))
                .map(entry -> entry.split(" "))
                .map(entry -> new Call(entry[0], number(entry[1]), number(entry[2])))
                .toList();
    }

    private static int number(String text) {
        return text.equals("-") ? NONE : Integer.parseInt(text);
    }

    /** The number of the call, or empty if the machine does not have it. */
    OptionalInt on(Machine machine) {
        int number = switch (machine) {
            case X86_64 -> x86;
            case AARCH64 -> aarch64;
        };
        return number == NONE ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
