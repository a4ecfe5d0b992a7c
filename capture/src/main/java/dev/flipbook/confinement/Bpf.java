package dev.flipbook.confinement;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Builds the seccomp filter for a decoder: a BPF program that decides about each system call. A refused call fails with
 * an error that FFmpeg and the JVM can handle; the process is never killed. Each check is a jump over the refusal that
 * follows it, so no jump is long.
 */
final class Bpf {

    /**
     * Offsets in the kernel's description of a call, {@code struct seccomp_data} of linux/seccomp.h. Both machines are
     * little-endian.
     */
    static final int NUMBER = 0;

    static final int ARCH = 4;
    static final int FIRST_ARGUMENT = 16;

    // Instructions, from linux/bpf_common.h.
    static final int LOAD = 0x20; // A = 32 bits at offset k
    static final int AND = 0x54;
    static final int JUMP_EQUAL = 0x15;
    static final int JUMP_GREATER = 0x25; // unsigned
    static final int JUMP_ANY_BIT = 0x45; // (A & k) != 0
    static final int RETURN = 0x06;

    // Results, from linux/seccomp.h, and error numbers, from asm-generic/errno.h.
    static final int ALLOW = 0x7FFF_0000;
    static final int ERROR = 0x0005_0000;
    static final int EPERM = 1;
    static final int EACCES = 13;
    static final int ENOSYS = 38;

    private static final int WRITING = 0x3 | 0x40 | 0x200 | 0x400; // O_ACCMODE, O_CREAT, O_TRUNC, O_APPEND
    private static final int THREAD = 0x0001_0000; // CLONE_THREAD: a thread, not a process
    private static final int NAMESPACES = 0x7E02_0000; // CLONE_NEWNS, …CGROUP, …UTS, …IPC, …USER, …PID, …NET

    /** PR_SET_NAME, PR_GET_NAME, PR_SET_VMA: names of threads and of memory. */
    private static final int[] HARMLESS_PRCTL = {15, 16, 0x5356_4D41};

    /**
     * FIONREAD, FIONBIO, FIOCLEX, FIONCLEX, TCGETS: queries of files and sockets. Other requests would reach devices.
     */
    private static final int[] HARMLESS_IOCTL = {0x541B, 0x5421, 0x5451, 0x5450, 0x5401};

    /** F_SETOWN, F_SETSIG, F_SETOWN_EX: make the kernel send signals to other processes. */
    private static final int[] SIGNALLING_FCNTL = {8, 10, 15};

    private static final int[] INTERNET = {2, 10}; // AF_INET, AF_INET6
    private static final int[] STREAM_OR_DATAGRAM = {1, 2}; // SOCK_STREAM, SOCK_DGRAM; raw packets are refused

    private final Machine machine;
    private final List<Long> program = new ArrayList<>();

    private Bpf(Machine machine) {
        this.machine = machine;
    }

    /**
     * Builds the program. Each number is one instruction as the kernel reads it: 16 bits of code, two jumps of 8 bits,
     * and a value of 32 bits.
     *
     * @param pid the process that the filter is for, which may send signals to its own threads
     */
    static long[] filter(Machine machine, Confinement.Kind kind, int pid) {
        Bpf filter = new Bpf(machine);
        filter.known();
        filter.refuse(Call.NEWER, ENOSYS);
        filter.refuse(Call.FORBIDDEN, EPERM);
        filter.refuse(Call.SERVING, EPERM);
        filter.opening();
        filter.starting();
        filter.asking(pid);
        switch (kind) {
            case FILES -> {
                filter.refuse(Call.SENDING, EPERM);
                filter.refuse(List.of(Call.SOCKET), EPERM);
            }
            case NETWORK -> filter.connecting();
        }
        filter.add(RETURN, 0, 0, ALLOW);
        return filter.program.stream().mapToLong(Long::longValue).toArray();
    }

    /**
     * Refuses calls of another processor's table (32-bit calls), calls of x32, and calls of later kernels, in the same
     * way as a kernel without them.
     */
    private void known() {
        add(LOAD, 0, 0, ARCH);
        add(JUMP_EQUAL, 1, 0, machine.arch);
        add(RETURN, 0, 0, ERROR | ENOSYS);
        add(LOAD, 0, 0, NUMBER);
        add(JUMP_GREATER, 0, 1, Call.LAST);
        add(RETURN, 0, 0, ERROR | ENOSYS);
    }

    private void refuse(List<Call> calls, int error) {
        for (Call call : calls) {
            call.on(machine).ifPresent(number -> {
                add(JUMP_EQUAL, 0, 1, number);
                add(RETURN, 0, 0, ERROR | error);
            });
        }
    }

    /** Allows opening files only for reading. */
    private void opening() {
        refuse(List.of(new Call("creat", 85, Call.NONE)), EACCES);
        when(Call.OPEN, rule -> rule.refuseAnyBit(1, WRITING, EACCES));
        when(Call.OPENAT, rule -> rule.refuseAnyBit(2, WRITING, EACCES));
    }

    /** Allows starting threads but not processes. */
    private void starting() {
        when(Call.CLONE, rule -> {
            rule.load(0);
            rule.add(JUMP_ANY_BIT, 1, 0, THREAD);
            rule.add(RETURN, 0, 0, ERROR | EPERM);
            rule.refuseAnyBit(0, NAMESPACES, EPERM);
        });
    }

    /** Restricts calls with many functions to the few that a decoder needs. */
    private void asking(int pid) {
        when(Call.TGKILL, rule -> rule.need(0, pid));
        when(Call.PRCTL, rule -> rule.need(0, HARMLESS_PRCTL));
        when(Call.IOCTL, rule -> rule.need(1, HARMLESS_IOCTL));
        when(Call.FCNTL, rule -> {
            rule.load(1);
            for (int command : SIGNALLING_FCNTL) {
                rule.add(JUMP_EQUAL, 0, 1, command);
                rule.add(RETURN, 0, 0, ERROR | EPERM);
            }
        });
        when(
                Call.PRLIMIT64,
                rule -> { // limits may be read, so the address of a new limit must be 0
                    rule.need(2, 0);
                    rule.loadUpper(2);
                    rule.needLoaded(0);
                });
    }

    private void connecting() {
        when(Call.SOCKET, rule -> {
            rule.need(0, INTERNET);
            rule.load(1);
            rule.add(AND, 0, 0, 0xF); // without SOCK_CLOEXEC and SOCK_NONBLOCK
            rule.needLoaded(STREAM_OR_DATAGRAM);
        });
    }

    /** Adds a rule that applies only to this call and ends by allowing it. */
    private void when(Call call, Consumer<Bpf> rule) {
        call.on(machine).ifPresent(number -> {
            Bpf body = new Bpf(machine);
            rule.accept(body);
            body.add(RETURN, 0, 0, ALLOW);
            add(JUMP_EQUAL, 0, body.program.size(), number);
            program.addAll(body.program);
        });
    }

    private void refuseAnyBit(int argument, int bits, int error) {
        load(argument);
        add(JUMP_ANY_BIT, 0, 1, bits);
        add(RETURN, 0, 0, ERROR | error);
    }

    private void need(int argument, int... values) {
        load(argument);
        needLoaded(values);
    }

    private void needLoaded(int... values) {
        for (int i = 0; i < values.length; i++) {
            add(JUMP_EQUAL, values.length - i, 0, values[i]);
        }
        add(RETURN, 0, 0, ERROR | EPERM);
    }

    /** Loads the lower half of an argument, which is the whole of an int. */
    private void load(int argument) {
        add(LOAD, 0, 0, FIRST_ARGUMENT + Long.BYTES * argument);
    }

    private void loadUpper(int argument) {
        add(LOAD, 0, 0, FIRST_ARGUMENT + Long.BYTES * argument + Integer.BYTES);
    }

    private void add(int code, int whenTrue, int whenFalse, int value) {
        if (whenTrue > 0xFF || whenFalse > 0xFF) {
            throw new IllegalStateException("a jump of the filter is too long");
        }
        program.add(code | (long) whenTrue << 16 | (long) whenFalse << 24 | (long) value << 32);
    }
}
