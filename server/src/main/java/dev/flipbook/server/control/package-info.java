/**
 * Changes of feeds over HTTP: adding and removing them, pausing them, setting the controls of their cameras. A
 * {@code Change} is read and carried out on a virtual thread of its own. {@code ChangePolicy} decides who may change
 * something, {@code ChangePlaces} how much at a time. An {@code Administration} is the program's part.
 */
package dev.flipbook.server.control;
