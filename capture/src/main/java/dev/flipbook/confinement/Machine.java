package dev.flipbook.confinement;

import java.util.Locale;
import java.util.Optional;

/** The processors whose system call numbers are known. */
enum Machine {
    X86_64(0xC000_003E),
    AARCH64(0xC000_00B7);

    /** {@code AUDIT_ARCH_…} of linux/audit.h, by which a filter recognizes the processor. */
    final int arch;

    Machine(int arch) {
        this.arch = arch;
    }

    /** The processor of this machine; empty if this is not Linux or the processor is not known. */
    static Optional<Machine> current() {
        if (!isLinux()) {
            return Optional.empty();
        }
        return switch (System.getProperty("os.arch", "")) {
            case "amd64" -> Optional.of(X86_64);
            case "aarch64" -> Optional.of(AARCH64);
            default -> Optional.empty();
        };
    }

    private static boolean isLinux() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux");
    }
}
