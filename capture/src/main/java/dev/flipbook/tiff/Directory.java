package dev.flipbook.tiff;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;

/**
 * The first directory of a TIFF, which says how to read the first picture. Each value was checked to lie within the
 * file. Other directories are never read. Used by one thread.
 */
final class Directory {

    private static final int ENTRY = 12;

    /** Bytes of a value, by the number of its type. Type 0 and types above 13 are not known. */
    private static final int[] SIZES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

    private static final int BYTE = 1;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int UNDEFINED = 7;

    private final ByteBuffer file;
    private final int begin;
    private final Map<Tag, Value> values = new EnumMap<>(Tag.class);

    /**
     * A value of the directory.
     *
     * @param entry where the value's entry begins
     * @param at where its first number is
     */
    private record Value(int entry, int type, int count, int at) {}

    /**
     * Reads the directory.
     *
     * @param file the whole file
     * @throws IOException with a sentence for the user if there is no directory that lies within the file
     */
    Directory(ByteBuffer file) throws IOException {
        this.file = file.order(file.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long offset = file.limit() < 8 ? 0 : file.getInt(4) & 0xFFFFFFFFL;
        if (offset < 8 || offset + 2 > file.limit()) {
            throw new IOException("the TIFF is cut off or damaged: its directory is not in it");
        }
        begin = (int) offset;
        int entries = file.getShort(begin) & 0xFFFF;
        if (begin + 2 + entries * ENTRY + 4 > file.limit()) {
            throw new IOException("the TIFF is cut off or damaged: its directory is not whole");
        }
        for (int i = 0; i < entries; i++) {
            add(begin + 2 + i * ENTRY);
        }
    }

    private void add(int entry) throws IOException {
        Tag tag = Tag.of(file.getShort(entry) & 0xFFFF).orElse(null);
        int type = file.getShort(entry + 2) & 0xFFFF;
        if (tag == null || type == 0 || type >= SIZES.length) {
            return;
        }
        long count = file.getInt(entry + 4) & 0xFFFFFFFFL;
        long bytes = count * SIZES[type];
        long at = bytes <= 4 ? entry + 8 : file.getInt(entry + 8) & 0xFFFFFFFFL;
        if (count == 0 || at + bytes > file.limit()) {
            throw new IOException("the TIFF is cut off or damaged: its " + tag + " is not in it");
        }
        values.putIfAbsent(tag, new Value(entry, type, (int) count, (int) at));
    }

    boolean has(Tag tag) {
        return values.containsKey(tag);
    }

    void forget(Tag tag) {
        values.remove(tag);
    }

    /** How many numbers a tag has; 0 if it is missing. */
    int count(Tag tag) {
        Value value = values.get(tag);
        return value == null ? 0 : value.count;
    }

    /**
     * A number of a tag, not negative.
     *
     * @throws IOException if it is missing or not a number
     */
    long number(Tag tag, int index) throws IOException {
        Value value = values.get(tag);
        if (value == null || index >= value.count) {
            throw new IOException("the TIFF is damaged: it lacks its " + tag);
        }
        return switch (value.type) {
            case BYTE, UNDEFINED -> file.get(value.at + index) & 0xFF;
            case SHORT -> file.getShort(value.at + 2 * index) & 0xFFFF;
            case LONG -> file.getInt(value.at + 4 * index) & 0xFFFFFFFFL;
            default -> throw new IOException("the TIFF is damaged: its " + tag + " is not a number");
        };
    }

    /** The first number of a tag, or this default if the tag is missing. */
    long numberOr(long otherwise, Tag tag) throws IOException {
        return has(tag) ? number(tag, 0) : otherwise;
    }

    /** All bytes of a value that consists of bytes; none otherwise. */
    byte[] bytes(Tag tag) {
        Value value = values.get(tag);
        if (value == null || SIZES[value.type] != 1) {
            return new byte[0];
        }
        byte[] bytes = new byte[value.count];
        file.get(value.at, bytes);
        return bytes;
    }

    /** A copy of the file in which this directory is the only one and has only the values that are known here. */
    byte[] alone() {
        byte[] copy = new byte[file.limit()];
        file.get(0, copy);
        ByteBuffer alone = ByteBuffer.wrap(copy).order(file.order());
        alone.putShort(begin, (short) values.size());
        int to = begin + 2;
        for (Value value : values.values()) { // in the order of the tags' numbers, as the format requires
            file.get(value.entry, copy, to, ENTRY);
            to += ENTRY;
        }
        alone.putInt(to, 0); // no other directory follows
        return copy;
    }
}
