package dev.flipbook.decoder;

import java.util.Locale;
import java.util.Optional;

/** The processors whose numbers of kernel calls are known. */
enum Machine {
    X86_64(0xC000_003E),
    AARCH64(0xC000_00B7);

    /** {@code AUDIT_ARCH_…} of linux/audit.h: how the kernel names it to a filter. */
    final int arch;

    Machine(int arch) {
        this.arch = arch;
    }

    /** Empty where this is not Linux, or another processor. */
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
