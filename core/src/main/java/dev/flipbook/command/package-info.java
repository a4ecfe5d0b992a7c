/** Commands, standard input and the Raspberry Pi's camera: sources whose pictures come through a pipe. */
package dev.flipbook.command;
