/**
 * Takes rights away from a process before it reads a stranger's bytes: a seccomp filter for system calls, and Landlock
 * for files. See {@code docs/decisions} for why decoding has processes of its own.
 */
package dev.flipbook.confinement;
