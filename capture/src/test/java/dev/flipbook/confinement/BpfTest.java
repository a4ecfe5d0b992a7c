package dev.flipbook.confinement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.confinement.Confinement.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The filter of system calls, run by an interpreter of the test, so that it is tested for all processors. */
class BpfTest {

    private static final int PID = 4711;
    private static final int X32 = 0x4000_0000;
    private static final int THREAD = 0x3D_0F00; // the flags with which the C library starts threads

    @ParameterizedTest
    @CsvSource({
        "X86_64, 59, EPERM", // execve
        "X86_64, 57, EPERM", // fork
        "X86_64, 62, EPERM", // kill
        "X86_64, 87, EPERM", // unlink
        "X86_64, 85, EACCES", // creat
        "X86_64, 101, EPERM", // ptrace
        "X86_64, 165, EPERM", // mount
        "X86_64, 209, EPERM", // io_submit, the last of the list
        "X86_64, 435, ENOSYS", // clone3
        "X86_64, 437, ENOSYS", // openat2
        "X86_64, 425, ENOSYS", // io_uring_setup
        "X86_64, 451, ENOSYS", // later than the tables
        "X86_64, 0, ALLOW", // read
        "X86_64, 1, ALLOW", // write
        "X86_64, 9, ALLOW", // mmap
        "X86_64, 202, ALLOW", // futex
        "X86_64, 231, ALLOW", // exit_group
        "X86_64, 334, ALLOW", // rseq
        "AARCH64, 221, EPERM", // execve
        "AARCH64, 129, EPERM", // kill
        "AARCH64, 35, EPERM", // unlinkat
        "AARCH64, 34, EPERM", // mkdirat
        "AARCH64, 117, EPERM", // ptrace
        "AARCH64, 40, EPERM", // mount
        "AARCH64, 2, EPERM", // io_submit, the last of the list
        "AARCH64, 435, ENOSYS", // clone3
        "AARCH64, 437, ENOSYS", // openat2
        "AARCH64, 451, ENOSYS", // later than the tables
        "AARCH64, 63, ALLOW", // read
        "AARCH64, 64, ALLOW", // write
        "AARCH64, 222, ALLOW", // mmap
        "AARCH64, 98, ALLOW", // futex
        "AARCH64, 94, ALLOW", // exit_group
        "AARCH64, 293, ALLOW" // rseq
    })
    void callsAreRefusedByNumberOnEachArchitecture(Machine machine, int number, Answer answer) {
        for (Kind kind : Kind.values()) {
            assertThat(answer(machine, kind, number, 0, 0, 0, 0)).isEqualTo(answer);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyListedCallIsRefused(Machine machine) {
        assertThat(Stream.of(Call.FORBIDDEN, Call.SERVING).flatMap(List::stream))
                .filteredOn(call -> call.on(machine).isPresent())
                .allSatisfy(call -> assertThat(ask(machine, Kind.NETWORK, call)).isEqualTo(Answer.EPERM));
        assertThat(Call.NEWER)
                .allSatisfy(call -> assertThat(ask(machine, Kind.FILES, call)).isEqualTo(Answer.ENOSYS));
    }

    @ParameterizedTest
    @EnumSource
    void filesCanOnlyBeOpenedForReading(Machine machine) {
        assertThat(ask(machine, Kind.FILES, Call.OPENAT, -100, 0, 0x8_0000)).isEqualTo(Answer.ALLOW); // O_CLOEXEC
        for (int writing : List.of(1, 2, 0x40, 0x200, 0x400, 0x8_0001)) {
            assertThat(ask(machine, Kind.FILES, Call.OPENAT, -100, 0, writing)).isEqualTo(Answer.EACCES);
        }
        assertThat(ask(Machine.X86_64, Kind.FILES, Call.OPEN, 0, 0)).isEqualTo(Answer.ALLOW);
        assertThat(ask(Machine.X86_64, Kind.FILES, Call.OPEN, 0, 0x241)).isEqualTo(Answer.EACCES);
    }

    @ParameterizedTest
    @EnumSource
    void threadsCanStartAndProcessesCannot(Machine machine) {
        assertThat(ask(machine, Kind.FILES, Call.CLONE, THREAD)).isEqualTo(Answer.ALLOW);
        assertThat(ask(machine, Kind.FILES, Call.CLONE, 0x11)).isEqualTo(Answer.EPERM); // fork, with SIGCHLD
        assertThat(ask(machine, Kind.FILES, Call.CLONE, 0x4111)).isEqualTo(Answer.EPERM); // vfork
        assertThat(ask(machine, Kind.FILES, Call.CLONE, THREAD | 0x1000_0000)).isEqualTo(Answer.EPERM); // CLONE_NEWUSER
    }

    @ParameterizedTest
    @EnumSource
    void processCanSignalItsOwnThreadsOnly(Machine machine) {
        assertThat(ask(machine, Kind.FILES, Call.TGKILL, PID, 4712, 10)).isEqualTo(Answer.ALLOW);
        assertThat(ask(machine, Kind.FILES, Call.TGKILL, PID + 1, 4712, 10)).isEqualTo(Answer.EPERM);
        assertThat(ask(machine, Kind.FILES, Call.FCNTL, 3, 8, 1)).isEqualTo(Answer.EPERM); // F_SETOWN
        assertThat(ask(machine, Kind.FILES, Call.FCNTL, 3, 15, 1)).isEqualTo(Answer.EPERM); // F_SETOWN_EX
        assertThat(ask(machine, Kind.FILES, Call.FCNTL, 3, 3)).isEqualTo(Answer.ALLOW); // F_GETFL
    }

    @ParameterizedTest
    @EnumSource
    void limitsCanBeReadButNotSet(Machine machine) {
        assertThat(ask(machine, Kind.FILES, Call.PRLIMIT64, 0, 7, 0, 0x7FFF_0000_1000L))
                .isEqualTo(Answer.ALLOW);
        assertThat(ask(machine, Kind.FILES, Call.PRLIMIT64, 0, 7, 0x1000)).isEqualTo(Answer.EPERM);
        assertThat(ask(machine, Kind.FILES, Call.PRLIMIT64, 0, 7, 0x7FFF_0000_0000L)) // its lower half is 0
                .isEqualTo(Answer.EPERM);
    }

    @ParameterizedTest
    @EnumSource
    void onlyListedPrctlAndIoctlRequestsAreAllowed(Machine machine) {
        assertThat(ask(machine, Kind.FILES, Call.PRCTL, 15)).isEqualTo(Answer.ALLOW); // PR_SET_NAME
        assertThat(ask(machine, Kind.FILES, Call.PRCTL, 0x5356_4D41)).isEqualTo(Answer.ALLOW); // the last of the list
        assertThat(ask(machine, Kind.FILES, Call.PRCTL, 1)).isEqualTo(Answer.EPERM); // PR_SET_PDEATHSIG
        assertThat(ask(machine, Kind.FILES, Call.IOCTL, 0, 0x541B)).isEqualTo(Answer.ALLOW); // FIONREAD
        assertThat(ask(machine, Kind.FILES, Call.IOCTL, 0, 0x5412)).isEqualTo(Answer.EPERM); // TIOCSTI
    }

    @ParameterizedTest
    @EnumSource
    void filesNeedNoNetwork(Machine machine) {
        for (Call call :
                Stream.concat(Call.SENDING.stream(), Stream.of(Call.SOCKET)).toList()) {
            assertThat(ask(machine, Kind.FILES, call, 2, 1)).as(call.name()).isEqualTo(Answer.EPERM);
        }
    }

    @ParameterizedTest
    @EnumSource
    void streamsCanConnectByTcpAndUdpButNotListen(Machine machine) {
        for (int type : List.of(1, 2, 1 | 0x8_0000, 2 | 0x800)) { // with SOCK_CLOEXEC, SOCK_NONBLOCK
            assertThat(ask(machine, Kind.NETWORK, Call.SOCKET, 2, type)).isEqualTo(Answer.ALLOW);
            assertThat(ask(machine, Kind.NETWORK, Call.SOCKET, 10, type)).isEqualTo(Answer.ALLOW);
            assertThat(ask(machine, Kind.NETWORK, Call.SOCKET, 1, type)).isEqualTo(Answer.EPERM); // AF_UNIX
        }
        assertThat(ask(machine, Kind.NETWORK, Call.SOCKET, 2, 3, 1)).isEqualTo(Answer.EPERM); // SOCK_RAW
        assertThat(ask(machine, Kind.NETWORK, Call.SOCKET, 16, 3, 0)).isEqualTo(Answer.EPERM); // AF_NETLINK
        assertThat(Call.SENDING)
                .allSatisfy(call -> assertThat(ask(machine, Kind.NETWORK, call)).isEqualTo(Answer.ALLOW));
    }

    @Test
    void callsOfOtherSystemCallTablesAreRefused() {
        int i386 = 0x4000_0003;
        assertThat(run(Bpf.filter(Machine.X86_64, Kind.FILES, PID), i386, 1)).isEqualTo(Answer.ENOSYS);
        assertThat(run(Bpf.filter(Machine.X86_64, Kind.FILES, PID), Machine.AARCH64.arch, 63))
                .isEqualTo(Answer.ENOSYS);
        assertThat(run(Bpf.filter(Machine.AARCH64, Kind.FILES, PID), Machine.X86_64.arch, 0))
                .isEqualTo(Answer.ENOSYS);
        assertThat(answer(Machine.X86_64, Kind.NETWORK, X32 | 1)).isEqualTo(Answer.ENOSYS);
        assertThat(answer(Machine.X86_64, Kind.NETWORK, X32 | 520)).isEqualTo(Answer.ENOSYS); // execve of x32
        assertThat(answer(Machine.X86_64, Kind.NETWORK, -1)).isEqualTo(Answer.ENOSYS);
    }

    enum Answer {
        ALLOW(0x7FFF_0000),
        EPERM(0x0005_0001),
        EACCES(0x0005_000D),
        ENOSYS(0x0005_0026);

        private final int value;

        Answer(int value) {
            this.value = value;
        }
    }

    private static Answer ask(Machine machine, Kind kind, Call call, long... arguments) {
        return answer(machine, kind, call.on(machine).orElse(Call.LAST + 1), arguments);
    }

    private static Answer answer(Machine machine, Kind kind, int number, long... arguments) {
        return run(Bpf.filter(machine, kind, PID), machine.arch, number, arguments);
    }

    /** Runs the program as a kernel does. Throws for a jump beyond the end and for an unknown instruction. */
    private static Answer run(long[] program, int arch, int number, long... arguments) {
        int a = 0;
        for (int at = 0; ; at++) {
            int code = (int) (program[at] & 0xFFFF);
            int whenTrue = (int) (program[at] >>> 16 & 0xFF);
            int whenFalse = (int) (program[at] >>> 24 & 0xFF);
            int k = (int) (program[at] >>> 32);
            switch (code) {
                case 0x20 -> a = load(k, arch, number, arguments);
                case 0x54 -> a &= k;
                case 0x15 -> at += a == k ? whenTrue : whenFalse;
                case 0x25 -> at += Integer.compareUnsigned(a, k) > 0 ? whenTrue : whenFalse;
                case 0x45 -> at += (a & k) != 0 ? whenTrue : whenFalse;
                case 0x06 -> {
                    return Stream.of(Answer.values())
                            .filter(answer -> answer.value == k)
                            .findFirst()
                            .orElseThrow();
                }
                default -> throw new IllegalStateException("instruction " + code);
            }
        }
    }

    private static int load(int offset, int arch, int number, long... arguments) {
        if (offset < 16) {
            return offset == 0 ? number : arch;
        }
        int argument = (offset - 16) / 8;
        long value = argument < arguments.length ? arguments[argument] : 0;
        return (int) (offset % 8 == 0 ? value : value >>> 32);
    }
}
