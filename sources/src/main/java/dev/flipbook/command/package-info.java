/** Sources whose pictures come through a pipe: commands, standard input, and the Raspberry Pi's camera. */
package dev.flipbook.command;
